/** What the build does to the compiled package. */
const { readFileSync } = require('node:fs');
const path = require('node:path');
const esbuild = require('esbuild');

const root = path.dirname(__dirname);

/**
 * The one file that imports a package gets the package's code in place of the import, readable and
 * with its licence: n8n installs no dependencies.
 */
async function bundlePackages(dist) {
	const licence = readFileSync(path.join(root, 'node_modules/uqr/LICENSE'), 'utf8');
	await esbuild.build({
		absWorkingDir: root,
		entryPoints: ['nodes/shared/checkout/qrMatrix.ts'],
		outfile: path.resolve(root, dist, 'nodes/shared/checkout/qrMatrix.js'),
		bundle: true,
		format: 'cjs',
		platform: 'neutral',
		mainFields: ['module', 'main'],
		target: 'es2022',
		banner: { js: `/*\nWith code of "uqr":\n\n${licence.trim()}\n*/` },
		logLevel: 'warning',
	});
}

module.exports = { bundlePackages };
