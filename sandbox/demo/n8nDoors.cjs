/**
 * Loaded into the demo's n8n before n8n itself, which has no such check: it answers only to names of this machine and
 * to those that `--host` added. A page of another address may not use the editor's own interface; webhooks and forms are
 * for everybody, because n8n serves its own forms as pages without an origin.
 */
const { Server } = require('node:http');
const { refusedHost, refusedOrigin } = require('../core/doors.ts');

const added = JSON.parse(process.env.DEMO_HOSTS ?? '[]');
const { emit } = Server.prototype;

const refusal = (request) =>
	refusedHost(request, added) ??
	(request.url.startsWith('/rest/') ? refusedOrigin(request) : undefined);

Server.prototype.emit = function (event, request, response) {
	const reason = event === 'request' || event === 'upgrade' ? refusal(request) : undefined;
	if (reason === undefined) return emit.apply(this, arguments);
	if (event === 'upgrade') response.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
	else response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' }).end(reason);
	return true;
};
