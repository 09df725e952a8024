import { existsSync, statSync } from 'node:fs';
import { marked } from 'marked';

/** What npm's page would not show of this README, each with the way out. */
export function readmeProblems(readme, { repository }) {
	const address = (typeof repository === 'string' ? repository : repository?.url) ?? '';
	const targets = targetsIn(readme);
	const problems = targets.map(problemOf).filter((problem) => problem !== undefined);
	const relative = targets.filter(({ url }) => isRelative(url));
	// npm makes them addresses of the repository's default branch, where that is at GitHub.
	if (
		relative.length > 0 &&
		!/^(github:|(git\+)?(https|ssh):\/\/(git@)?github\.com\/)/.test(address)
	)
		problems.push(
			`${relative.length} relative links and pictures, such as "${relative[0].url}", are dead on npm's page, which knows the files of repositories at GitHub only: enter one as "repository" in package.json, or write whole addresses.`,
		);
	return [...new Set(problems)].map((problem) => `README.md: ${problem}`);
}

/** Links and pictures, in Markdown and in HTML. */
function targetsIn(readme) {
	const targets = [];
	const note = (kind, url) => targets.push({ kind, url });
	marked.walkTokens(marked.lexer(readme), (token) => {
		if (token.type === 'link') note('link', token.href);
		else if (token.type === 'image') note('picture', token.href);
		else if (token.type === 'html')
			for (const [, name, , url] of token.text.matchAll(
				/<(a|img|source|video)\b[^>]*?\s(href|src|srcset|poster)\s*=\s*["']?([^"'\s>]+)/gi,
			))
				note(name.toLowerCase() === 'a' ? 'link' : 'picture', url);
	});
	return targets;
}

const hasScheme = (url) => /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(url);
const isRelative = (url) => !hasScheme(url) && !url.startsWith('#');

function problemOf({ kind, url }) {
	if (isRelative(url)) return problemOfFile(kind, url);
	if (kind === 'link' && /^(#|mailto:)/.test(url)) return undefined;
	if (!/^(https?:)?\/\//.test(url))
		return `npm's page takes out the ${kind} "${short(url)}": write an https address or the path of a file.`;
	return problemOfAddress(kind, url);
}

function problemOfFile(kind, url) {
	const file = decodeURI(url.replace(/[?#].*$/, ''));
	if (file.startsWith('/') || file.split('/').includes('..'))
		return `"${url}" does not lead to a file below this folder: write the path from README.md on, without a slash in front.`;
	if (!existsSync(file) || (kind === 'picture' && !statSync(file).isFile()))
		return `there is no file "${file}", so the ${kind} would be dead on npm's page: correct its path.`;
	return undefined;
}

function problemOfAddress(kind, url) {
	const { hostname, protocol } = new URL(url, 'https://npmjs.com');
	if (/(^|\.)example(\.(com|net|org))?$/.test(hostname))
		return `the ${kind} ${url} leads to a placeholder: write the real address.`;
	if (kind === 'picture' && protocol !== 'https:')
		return `the picture ${url} does not load on npm's page, which shows none over http: write https.`;
	return undefined;
}

const short = (url) => (url.length > 60 ? `${url.slice(0, 60)}…` : url);
