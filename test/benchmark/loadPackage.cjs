/**
 * Loads one package in a fresh process with the loader that n8n uses for community packages:
 *
 *   node loadPackage.cjs <folder of the package>
 *
 * Prints how long that took and how much more memory the process has, as JSON.
 */
const { performance } = require('node:perf_hooks');

require('reflect-metadata');
const { PackageDirectoryLoader } = require('n8n-core');

async function main() {
	globalThis.gc();
	const before = process.memoryUsage();
	const begun = performance.now();
	const loader = new PackageDirectoryLoader(process.argv[2]);
	await loader.loadAll();
	const milliseconds = performance.now() - begun;
	if (Object.keys(loader.nodeTypes).length === 0) throw new Error('The package has no nodes.');
	globalThis.gc();
	const after = process.memoryUsage();
	const megabytes = (what) => (after[what] - before[what]) / 2 ** 20;
	process.stdout.write(
		JSON.stringify({
			milliseconds,
			heapMegabytes: megabytes('heapUsed'),
			residentMegabytes: megabytes('rss'),
		}),
	);
}

main();
