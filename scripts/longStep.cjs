/**
 * Runs npm for minutes and says how far it is; used by run.mjs before there are any dependencies,
 * and by test/n8n/bringing. Plain JavaScript without dependencies. Its types are in longStep.d.cts.
 */
const { spawn } = require('node:child_process');
const { statfs } = require('node:fs/promises');

const tickMilliseconds = 5000;

function clock(milliseconds) {
	const seconds = Math.round(milliseconds / 1000);
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

async function freeBytes(folder) {
	const { bavail, bsize } = await statfs(folder);
	return bavail * bsize;
}

/**
 * npm unpacks into many folders at once and counts nothing, so what moves from the first second is
 * the disk.
 */
async function writtenSince(before, folder) {
	const megabytes = (before - (await freeBytes(folder).catch(() => before))) / 1024 ** 2;
	const size =
		megabytes < 1024
			? `${Math.max(0, Math.round(megabytes))} MB`
			: `${(megabytes / 1024).toFixed(1)} GB`;
	return `${size} more on the disk`;
}

function killGroup(pid) {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch {
		// It has ended already, or never began.
	}
}

/** Runs a program to its end. What it prints is kept, so that an error message can quote it. */
function runQuietly({ program, args, cwd, environment }) {
	return new Promise((resolve) => {
		const child = spawn(program, args, {
			cwd,
			env: environment,
			stdio: ['ignore', 'pipe', 'pipe'],
			// A group of its own, so that what it started ends with it.
			detached: true,
		});
		// At once: told to stop, npm first waits for its downloads, for minutes, while the next run
		// works in the same folder.
		const stopChild = () => killGroup(child.pid);
		process.once('exit', stopChild);
		let output = '';
		const keep = (chunk) => (output = (output + chunk.toString('utf8')).slice(-20_000));
		child.stdout.on('data', keep);
		child.stderr.on('data', keep);
		const end = (code, more = '') => {
			process.off('exit', stopChild);
			resolve({ code, output: output + more });
		};
		child.on('error', (error) => end(null, `\n${error.message}`));
		child.on('close', (code) => end(code));
	});
}

async function runStep({ title, say, ...program }) {
	const begun = Date.now();
	const before = await freeBytes(program.cwd);
	say(title);
	const ticker = setInterval(() => {
		void writtenSince(before, program.cwd).then((written) =>
			say(`  ${clock(Date.now() - begun)}  ${written}`),
		);
	}, tickMilliseconds);
	const ran = await runQuietly(program).finally(() => clearInterval(ticker));
	say(`  ${ran.code === 0 ? 'done' : 'did not succeed'} after ${clock(Date.now() - begun)}`);
	return ran;
}

/** In the order in which they count: a full disk breaks connections too. */
const lacks = [
	['disk', /ENOSPC|EDQUOT|no space left/i],
	['permission', /EACCES|EPERM|EROFS/],
	[
		'network',
		/ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR|socket hang up|network (?:aborted|timeout)|premature close|Invalid response body|npm error code E(?:401|403|5\d\d)|self.signed|UNABLE_TO_|CERT_/i,
	],
];

const waysOut = {
	disk: 'The disk is full: free some space, or put both folders on a larger disk (XDG_CACHE_HOME for n8n, npm_config_cache for what npm downloads). Then run the command again: what npm has downloaded is kept.',
	permission:
		'A folder may not be written to: npm names it above. Give yourself the right to it, or choose another one (XDG_CACHE_HOME for n8n, npm_config_cache for what npm downloads). Then run the command again.',
	network:
		'The npm registry did not answer as it should. Run "npm ping" until it succeeds (a proxy is set with "npm config set proxy"), then run the command again: what npm has downloaded is kept.',
};

function lackOf(output) {
	return lacks.find(([, words]) => words.test(output))?.[0];
}

function lastLines(output, count = 15) {
	return output.trim().split('\n').slice(-count).join('\n');
}

/**
 * Ctrl-C leaves nothing behind that works on: `process.exit` ends what runs. Gives the way back to
 * what was before.
 */
function exitOnSignals() {
	const exit = () => {
		console.error('\nStopped. Run the command again to go on: what npm has downloaded is kept.');
		process.exit(130);
	};
	const signals = ['SIGINT', 'SIGTERM'];
	for (const signal of signals) process.once(signal, exit);
	return () => signals.forEach((signal) => process.off(signal, exit));
}

/** A step as a point, what is said of it below. */
function tell(line) {
	console.error(line.startsWith(' ') ? line : `• ${line}`);
}

module.exports = {
	clock,
	exitOnSignals,
	freeBytes,
	lackOf,
	lastLines,
	runQuietly,
	runStep,
	tell,
	waysOut,
};
