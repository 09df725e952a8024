import path from 'node:path';
import { startProcess } from './supervisedProcess';

const endless = () =>
	startProcess({
		node: process.execPath,
		args: ['-e', 'setInterval(() => {}, 1000)'],
		environment: process.env,
		logFile: path.join(process.env.N8N_USER_FOLDER ?? '', 'log'),
	});

// Otherwise a Redis that the crash campaign had just killed was taken for one that runs, and was
// not started again.
test.each([
	['kill', 'ended by SIGKILL'],
	['stop', 'ended by SIGTERM'],
] as const)('after %s it is known at once how a process ended', async (end, how) => {
	for (let time = 0; time < 10; time++) {
		const supervised = endless();
		await supervised[end]();
		expect(supervised.ended()).toBe(how);
	}
});
