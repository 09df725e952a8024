import { existsSync } from 'node:fs';
import path from 'node:path';
import { runQuietly } from '../scripts/longStep.cjs';

// It makes a clone, on a machine that may be busy.
jest.setTimeout(300_000);

async function fresh(script: string) {
	return await runQuietly({
		program: path.join(__dirname, '..', 'scripts', 'fresh.sh'),
		args: ['sh', '-c', script],
		cwd: __dirname,
		environment: { ...process.env, SECRET_OF_THIS_MACHINE: 'left behind' },
	});
}

it('runs a command in a clone of its own, with nothing of this machine, and leaves nothing', async () => {
	const { code, output } = await fresh(
		'pwd; ls package.json; ls -d node_modules; ls "$HOME" "$XDG_CACHE_HOME"; echo "secret: $SECRET_OF_THIS_MACHINE"; npm config get cache; npm --version',
	);
	const [clone = '', ...rest] = output.trim().split('\n');
	const place = path.dirname(clone);
	expect(clone).toMatch(/hosted-checkout-fresh-\w+\/clone$/);
	expect(rest).toEqual(
		expect.arrayContaining(['package.json', 'secret: ', path.join(place, 'npm')]),
	);
	expect(output).toMatch(/node_modules.*No such file/);
	expect(code).toBe(0);
	expect(existsSync(place)).toBe(false);
});

it('ends as the command ends', async () => {
	expect((await fresh('exit 3')).code).toBe(3);
});
