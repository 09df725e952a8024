const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { dest, parallel, series, src } = require('gulp');
const { bundlePackages, compact, linkHome } = require('./scripts/finishBuild.cjs');

const clean = () => rm('dist', { recursive: true, force: true });

function compile() {
	return spawn(process.execPath, [require.resolve('typescript/bin/tsc')], { stdio: 'inherit' });
}

/** n8n reads an icon relative to the compiled file that names it: `file:../../icons/payfect.svg`. */
const icons = () => src('icons/*.svg', { encoding: false }).pipe(dest('dist/icons'));

/** Codex files (`*.node.json`) and output schemas (`__schema__/`). */
const metadata = () => src('nodes/**/*.json').pipe(dest('dist/nodes'));

/** What only the compiled package has: the code of a package, and the address of its pages. */
async function finish() {
	compact('dist');
	await bundlePackages('dist');
	linkHome('dist', require('./package.json'));
}

exports.build = series(clean, parallel(compile, icons, metadata), finish);
exports.default = exports.build;
