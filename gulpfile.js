const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { dest, parallel, series, src } = require('gulp');
const { bundlePackages } = require('./scripts/finishBuild.cjs');

const clean = () => rm('dist', { recursive: true, force: true });

function compile() {
	return spawn(process.execPath, [require.resolve('typescript/bin/tsc')], { stdio: 'inherit' });
}

/** n8n reads an icon relative to the compiled file that names it: `file:../../icons/payfect.svg`. */
const icons = () => src('icons/*.svg', { encoding: false }).pipe(dest('dist/icons'));

/** Codex files (`*.node.json`) and output schemas (`__schema__/`). */
const metadata = () => src('nodes/**/*.json').pipe(dest('dist/nodes'));

exports.build = series(
	clean,
	parallel(
		series(compile, () => bundlePackages('dist')),
		icons,
		metadata,
	),
);
exports.default = exports.build;
