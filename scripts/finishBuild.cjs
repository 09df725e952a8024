/** What the build does to the compiled package. */
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const esbuild = require('esbuild');

const root = path.dirname(__dirname);

/**
 * The one file that imports a package gets the package's code in place of the import, with its
 * licence: n8n installs no dependencies.
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
		// Its names stay.
		minifyWhitespace: true,
		charset: 'utf8',
		banner: { js: `/*\nWith code of "uqr":\n\n${licence.trim()}\n*/` },
		logLevel: 'warning',
	});
}

/**
 * Takes the white space out of the compiled files, a tenth of the tarball. Names stay, so that an
 * error's stack says where it comes from.
 */
function compact(dist) {
	for (const file of filesIn(dist)) {
		const text = readFileSync(file, 'utf8');
		writeFileSync(
			file,
			file.endsWith('.json')
				? JSON.stringify(JSON.parse(text))
				: esbuild.transformSync(text, { minifyWhitespace: true, charset: 'utf8' }).code,
		);
	}
}

/** The code and metadata, as absolute paths. */
function filesIn(dist) {
	const folder = path.resolve(root, dist);
	return readdirSync(folder, { recursive: true })
		.filter((name) => /\.(js|json)$/.test(name))
		.map((name) => path.join(folder, name));
}

/**
 * Where the sources say that this package is at home. The linters read literals, so the real address
 * is written into the compiled files.
 */
const NEUTRAL_HOME = 'https://hosted-checkout-nodes.example';

/** In the compiled files, makes the addresses of this package's own pages those of its `homepage`. */
function linkHome(dist, packageJson) {
	const home = addressOfFiles(packageJson);
	for (const file of filesIn(dist)) {
		const text = readFileSync(file, 'utf8');
		const linked = text.replaceAll(`${NEUTRAL_HOME}/`, `${home}/`);
		if (linked !== text) writeFileSync(file, linked);
	}
}

/** The pages of the version that is installed: at GitHub those of its tag, which `publish.yml` builds from. */
function addressOfFiles({ homepage, version }) {
	const home = homepage.replace(/#.*$/, '').replace(/\/+$/, '');
	return /^https:\/\/github\.com\/[^/]+\/[^/]+$/.test(home) ? `${home}/blob/v${version}` : home;
}

module.exports = { bundlePackages, compact, linkHome, NEUTRAL_HOME };
