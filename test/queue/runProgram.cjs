/**
 * Runs a program that is not a Node program, so that it too ends with the process that wanted it (see leaveWithParent.cjs).
 * One argument, as JSON: { program, args, user?: { uid, gid }, stopSignal }. SIGTERM stops the program in order.
 */
const { spawn } = require('node:child_process');

const { program, args, user, stopSignal } = JSON.parse(process.argv[2]);
const child = spawn(program, args, { ...user, cwd: '/', stdio: ['ignore', 'inherit', 'inherit'] });
child.once('error', (error) => {
	console.error(`"${program}" could not be started: ${error.message}`);
	process.exit(1);
});
child.once('exit', (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(stopSignal));
