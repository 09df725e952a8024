/**
 * Says what the package holds that npm would publish, and with a tag whether it may be published
 * under it:
 *
 *   node scripts/release.mjs            the bill of the tarball, as a Markdown table
 *   node scripts/release.mjs v0.2.0     the same, and fails if this commit is no release 0.2.0
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { NEUTRAL_HOME } from './finishBuild.cjs';
import { readmeProblems } from './readmeProblems.mjs';

const [tag] = process.argv.slice(2);
const packageJson = JSON.parse(readFileSync('package.json', 'utf8'));

const [{ filename, files, size, unpackedSize, integrity }] = JSON.parse(
	execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], {
		encoding: 'utf8',
	}),
);
const folders = new Map();
for (const { path, size: bytes } of files) {
	const folder = path.split('/').slice(0, 3).slice(0, -1).join('/') || '.';
	const sum = folders.get(folder) ?? { files: 0, bytes: 0 };
	folders.set(folder, { files: sum.files + 1, bytes: sum.bytes + bytes });
}
const rows = [...folders]
	.sort(([left], [right]) => left.localeCompare(right))
	.map(([folder, sum]) => `| ${folder} | ${sum.files} | ${sum.bytes} |`);
console.log(
	`## ${filename}\n\n| folder | files | bytes |\n|---|---|---|\n${rows.join('\n')}\n| all | ${files.length} | ${unpackedSize} |\n\n${size} bytes packed, ${integrity}\n`,
);
console.log(files.map(({ path, size: bytes }) => `- ${path} (${bytes})`).join('\n'));

if (tag !== undefined) {
	const { version, repository, homepage, author } = packageJson;
	const problems = [];
	if (tag !== `v${version}`)
		problems.push(
			`The tag is ${tag}, but package.json has version ${version}: the tag must be v${version}.`,
		);
	if (
		!readFileSync('CHANGELOG.md', 'utf8')
			.split('\n')
			.some((line) => line === `## ${version}` || line.startsWith(`## ${version} `))
	)
		problems.push(`CHANGELOG.md has no heading "## ${version}": take ", unreleased" out of it.`);
	const neutral = Object.entries({ repository, homepage, author }).filter(([, value]) =>
		/\.example\b/.test(JSON.stringify(value ?? '')),
	);
	if (neutral.length > 0)
		problems.push(
			`package.json still has the neutral ${neutral.map(([name]) => name).join(', ')}: enter the real ones. npm compares the repository with the one that publishes.`,
		);
	const linked = files.filter(
		({ path }) => /\.(js|json|md)$/.test(path) && readFileSync(path, 'utf8').includes(NEUTRAL_HOME),
	);
	if (neutral.length === 0 && linked.length > 0)
		problems.push(
			`${linked[0].path} still holds the neutral ${NEUTRAL_HOME}, and ${linked.length} files do: run "npm run build", which writes homepage in its place, and correct by hand what is not made by it.`,
		);
	problems.push(
		...(existsSync('README.md')
			? readmeProblems(readFileSync('README.md', 'utf8'), packageJson)
			: ["There is no README.md: npm's page would be empty. Write one."]),
	);
	if (problems.length > 0) {
		console.error(`\n${problems.join('\n')}`);
		process.exit(1);
	}
}
