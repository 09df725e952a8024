/**
 * Loaded into a child (`node --require`) that must not outlive its parent. Descriptor 3 is a pipe whose other end only the
 * parent holds: the kernel closes it however the parent ends, kill -9 included.
 */
const { Socket } = require('node:net');

let pipe;
try {
	pipe = new Socket({ fd: 3, readable: true, writable: false });
} catch {
	// No such pipe: this is not the child itself but a process that it started.
}
if (pipe) {
	const leave = () => {
		process.kill(process.pid, 'SIGTERM');
		setTimeout(() => process.kill(process.pid, 'SIGKILL'), 10_000).unref();
	};
	pipe.on('error', () => undefined);
	pipe.once('close', leave);
	pipe.resume();
	pipe.unref();
}
