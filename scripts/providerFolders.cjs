'use strict';
/** Used by ESLint, the tests and the scripts that write docs. Its types are in providerFolders.d.cts. */
const { readdirSync } = require('node:fs');
const path = require('node:path');

exports.providerFolders = () =>
	readdirSync(path.join(__dirname, '..', 'nodes'), { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && entry.name !== 'shared')
		.map(({ name }) => name);
