import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

interface Locked {
	version: string;
	optionalDependencies?: Record<string, string>;
}

const versions = path.join(__dirname, 'versions');

/** Where Node would look for a package that the one in this folder asks for, the nearest first. */
function placesFor(name: string, from: string): string[] {
	const parents = from.split('/node_modules/');
	return [
		...parents.map((_, depth) =>
			[...parents.slice(0, parents.length - depth), name].join('/node_modules/'),
		),
		`node_modules/${name}`,
	];
}

// Without them "npm ci" refuses the lock file, and "npm install" moves other packages to newer
// versions.
it.each(readdirSync(versions).filter((name) => /^\d/.test(name)))(
	'the lock file of n8n %s holds each optional package of every platform',
	(version) => {
		const file = path.join(versions, version, 'package-lock.json');
		const { packages } = JSON.parse(readFileSync(file, 'utf8')) as {
			packages: Record<string, Locked>;
		};
		const asked = Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
			Object.keys(optionalDependencies).map((name) => ({ from, name })),
		);
		expect(asked.length).toBeGreaterThan(0);
		expect(
			asked
				.filter(({ from, name }) => !placesFor(name, from).some((place) => place in packages))
				.map(({ from, name }) => `${from} asks for ${name}`),
		).toEqual([]);
	},
);
