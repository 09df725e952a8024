/**
 * Loads every node and credential of an unpacked package with nothing around it: whatever its files require besides
 * each other, `n8n-workflow` and `crypto` is refused. Prints `{ loaded, refused }`.
 */
const Module = require('node:module');
const path = require('node:path');

const folder = path.resolve(process.argv[2]);
const n8nWorkflow = require.resolve('n8n-workflow');
const refused = [];
const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
	if (!parent?.filename?.startsWith(folder + path.sep))
		return resolve.call(this, request, parent, ...rest);
	if (request === 'n8n-workflow') return n8nWorkflow;
	if (request === 'crypto') return request;
	const file = request.startsWith('.') && path.resolve(path.dirname(parent.filename), request);
	if (file && file.startsWith(folder + path.sep))
		return resolve.call(this, request, parent, ...rest);
	refused.push(`${path.relative(folder, parent.filename)} requires ${request}`);
	throw new Error(`"${request}" is not there.`);
};

const { n8n } = require(path.join(folder, 'package.json'));
let loaded = 0;
for (const file of [...n8n.nodes, ...n8n.credentials]) {
	const [className] = path.basename(file).split('.');
	try {
		const { [className]: Class } = require(path.join(folder, file));
		new Class();
		loaded += 1;
	} catch (error) {
		if (!refused.length) refused.push(`${file}: ${error.message}`);
	}
}
process.stdout.write(JSON.stringify({ refused, loaded }));
