import { spawn } from 'node:child_process';
import path from 'node:path';
import { startSandbox, sandboxCredentials } from '../../sandbox/sandbox';

const root = path.join(__dirname, '..', '..');

/**
 * Runs `npm run sandbox`'s program; interrupts it once it says that it runs. Without tsx's own command in between, which
 * gives a program 30 ms to take the signal before it ends it by itself: too little on a busy machine.
 */
async function run(...args: string[]): Promise<{ code: number | null; output: string }> {
	const child = spawn(
		process.execPath,
		['--import', 'tsx', path.join(root, 'sandbox', 'start.ts'), ...args],
		{ cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
	);
	let output = '';
	let interrupted = false;
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (chunk: Buffer) => {
			output += chunk.toString('utf8');
			// Once: a second one means that it shall not wait for its end.
			if (interrupted || !output.includes('Stop it with Ctrl-C')) return;
			interrupted = true;
			child.kill('SIGINT');
		});
	}
	const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
	return { code, output };
}

test('prints the addresses and credentials, and stops cleanly on Ctrl-C', async () => {
	const { code, output } = await run('--port', '0');
	const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
	expect(code).toBe(0);
	expect(output).toContain(`Dashboard   ${url}/`);
	expect(output).toContain('Callback Secret Key: cGF5');
	expect(output).toContain(`Base URL: ${url}/payfect/api/v1`);
	expect(output).toContain('The sandbox has stopped.');
});

test('a port that is taken is named with the way out', async () => {
	const sandbox = await startSandbox();
	const port = new URL(sandbox.url).port;
	const { code, output } = await run('--port', port);
	await sandbox.close();
	expect(code).toBe(1);
	expect(output).toContain(`Port ${port} is taken`);
	expect(output).toContain(`--port ${Number(port) + 1}`);
	expect(output).not.toContain('    at ');
});

test('an option that cannot be is refused with the usage', async () => {
	const { code, output } = await run('--port', 'http');
	expect(code).toBe(1);
	expect(output).toContain('--port cannot be "http"');
	expect(output).toContain('--latency');
});

test('two sandboxes in one process know nothing of each other, and can be closed twice', async () => {
	const [one, other] = await Promise.all([startSandbox(), startSandbox()]);
	expect(one.url).not.toBe(other.url);
	await Promise.all([one.close(), other.close()]);
	await one.close();
	await expect(fetch(one.url)).rejects.toThrow('fetch failed');
});

test('every credential points at the sandbox', () => {
	for (const { data } of sandboxCredentials('http://127.0.0.1:4100'))
		expect(JSON.stringify(data)).toContain('http://127.0.0.1:4100/');
});

test.each([
	[['--host', 'http://sandbox'], 'without http:// and without a port'],
	[['--listen', '127.0.0.2'], 'add --host'],
	[['--listen', '0.0.0.0', '--host', 'sandbox'], 'Name the one address'],
	[['--listen', '192.0.2.1', '--host', 'sandbox'], 'does not have the address'],
])('%s is refused with the way out', async (args, words) => {
	const { code, output } = await run('--port', '0', ...args);
	expect(code).toBe(1);
	expect(output).toContain(words);
	expect(output).not.toContain('    at ');
});

test('another name and address are taken, and stand in the credentials', async () => {
	const another = process.platform === 'darwin' ? '::1' : '127.0.0.2';
	const { code, output } = await run(
		...['--port', '0', '--host', 'host.docker.internal', '--listen', another],
	);
	expect(code).toBe(0);
	expect(output).toMatch(/Base URL: http:\/\/host\.docker\.internal:\d+\/payfect\/api\/v1/);
	expect(output).toMatch(/Dashboard {3}http:\/\/127\.0\.0\.1:\d+\//);
});
