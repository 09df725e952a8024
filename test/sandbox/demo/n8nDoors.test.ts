import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import path from 'node:path';

const doors = path.join(__dirname, '..', '..', '..', 'sandbox', 'demo', 'n8nDoors.cjs');
/** Stands for n8n: a server that answers everything with "inside". */
const program = `
const { createServer } = require('node:http');
const server = createServer((request, response) => response.end('inside'));
server.on('upgrade', (request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n'));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

let server: ChildProcess;
let port: number;
beforeAll(async () => {
	server = spawn(process.execPath, ['--require', doors, '-e', program], {
		env: { ...process.env, DEMO_HOSTS: JSON.stringify(['demo.test']) },
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const [line] = (await once(server.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
	port = Number(line.toString());
});
afterAll(() => server.kill('SIGKILL'));

async function ask(
	target: string,
	method: string,
	headers: Record<string, string>,
): Promise<{ status: number | undefined; body: string }> {
	return await new Promise((resolve, reject) => {
		const asked = request(`http://127.0.0.1:${port}${target}`, { method, headers }, (response) => {
			let body = '';
			response.setEncoding('utf8');
			response.on('data', (chunk: string) => (body += chunk));
			response.on('end', () => resolve({ status: response.statusCode, body }));
		});
		asked.on('upgrade', ({ statusCode }, socket) => {
			socket.destroy();
			resolve({ status: statusCode, body: '' });
		});
		asked.on('error', reject).end();
	});
}

const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };

test.each(['127.0.0.1', 'localhost:5678', '[::1]', 'demo.test:80'])(
	"the demo's n8n answers to %s",
	async (host) => {
		expect(await ask('/rest/settings', 'GET', { host })).toEqual({ status: 200, body: 'inside' });
		expect((await ask('/rest/push', 'GET', { host, ...upgrade })).status).toBe(101);
	},
);

test.each(['evil.example', 'localhost.evil.example:5678'])(
	"the demo's n8n does not answer to %s, and says how it would",
	async (host) => {
		const [name = ''] = host.split(':');
		const { status, body } = await ask('/rest/owner/setup', 'POST', { host });
		expect(status).toBe(403);
		expect(body).toContain(`npm run demo -- --host ${name}`);
		expect((await ask('/rest/push', 'GET', { host, ...upgrade })).status).toBe(403);
	},
);

test.each<Record<string, string>>([
	{ 'sec-fetch-site': 'cross-site' },
	{ origin: 'https://evil.example' },
])("a page with %j cannot use the editor's interface", async (headers) => {
	expect((await ask('/rest/owner/setup', 'POST', headers)).status).toBe(403);
});

// n8n serves its forms as pages without an origin, and providers call from anywhere.
test.each(['/webhook/one', '/form/one', '/webhook-waiting/1'])(
	'%s takes what any page sends',
	async (target) => {
		const headers = { 'sec-fetch-site': 'cross-site', origin: 'null' };
		expect((await ask(target, 'POST', headers)).status).toBe(200);
	},
);

test('the editor itself and programs can use its interface', async () => {
	const own: Record<string, string>[] = [{}, { 'sec-fetch-site': 'same-origin' }];
	for (const headers of own) expect((await ask('/rest/login', 'POST', headers)).status).toBe(200);
});
