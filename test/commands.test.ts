import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '..');
const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
	scripts: Record<string, string>;
};

/**
 * What Jest does with what `npm run <script> -- <given>` hands to it, without the set-up before it.
 */
function jest(script: string, ...given: string[]): { status: number | null; output: string } {
	const [, own = ''] = / jest (.*)$/.exec(scripts[script] ?? '') ?? [];
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		[path.join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...own.split(' '), ...given],
		// Should a path be lost again, all would run here, and this test within itself.
		{ cwd: root, encoding: 'utf8', timeout: 90_000, killSignal: 'SIGKILL' },
	);
	// What it says before, such as "Running one project", goes to the error output or stands in a
	// line of its own.
	return { status, output: `${stdout}${status === 0 ? '' : stderr}` };
}

/** The configuration that all files of such a run share. */
const globalConfig = (script: string, ...given: string[]) =>
	(JSON.parse(jest(script, ...given, '--showConfig').output) as { globalConfig: object })
		.globalConfig;

const commands = [
	['test', 'test/subtitles.test.ts'],
	['test:e2e', 'test/e2e/payfect.test.ts'],
	['test:e2e:n8n1', 'test/compatibility/n8n1.test.ts'],
	['test:queue', 'test/queue/queue.test.ts'],
] as const;

// The list of projects once swallowed the path, and everything ran.
test.each(commands)('npm run %s -- %s runs that file and no other', (script, file) => {
	const { output } = jest(script, file, '--listTests');
	expect(output.match(/^\/.*$/gm)).toEqual([path.join(root, file)]);
});

test.each(commands)('npm run %s takes a flag of Jest beside a path', (script, file) => {
	expect(globalConfig(script, '-t', 'a name', file)).toMatchObject({
		testNamePattern: 'a name',
		testPathPatterns: [file],
	});
});

test.each(commands)('npm run %s with a path that no test has is an error', (script) => {
	const { status, output } = jest(script, 'test/no-such-file.test.ts');
	expect(output).toContain('No tests found, exiting with code 1');
	expect(status).toBe(1);
});

// A project's own setting is ignored by Jest, and its five seconds are too few on a busy machine.
test.each(commands)('npm run %s gives each test two minutes', (script) => {
	expect(globalConfig(script)).toMatchObject({ testTimeout: 120_000 });
});
