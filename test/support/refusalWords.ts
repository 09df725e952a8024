import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Refused } from '../../nodes/shared/core/sentences';

const root = path.join(__dirname, '..', '..');
/** Stands for a value in a sentence. No sentence holds it. */
const VALUE = '\u0000';

type Entry<Said> = Said | ((...values: string[]) => Said);

/** The tables of one module, as the functions of nodes/shared/core/sentences.ts make them. */
interface Tables {
	REFUSALS?: Record<string, Entry<Refused>>;
	SENTENCES?: Record<string, Entry<string>>;
}

/** The files that make a table, from the project's root. */
export function filesWithTables(): string[] {
	return readdirSync(path.join(root, 'nodes'), { recursive: true, encoding: 'utf8' })
		.map((file) => path.posix.join('nodes', file.split(path.sep).join('/')))
		.filter((file) => file.endsWith('.ts') && tablesMadeIn(file).length > 0)
		.sort();
}

/** The names of the tables that a file makes; '' for one that nobody can import. */
export function tablesMadeIn(file: string): string[] {
	const source = readFileSync(path.join(root, file), 'utf8');
	return [...source.matchAll(/(?:^export const (\w+) = )?\b(?:sentences|refusals)\(/gm)].map(
		([, name = '']) => name,
	);
}

/**
 * Every text that the refusals and sentences of a file are made of, as far as it is fixed: of one
 * that is made of values the parts between them. The log shows a provider's refusal with its code.
 *
 * @param file from the project's root
 */
export function refusalWords(file: string): string[] {
	const { REFUSALS = {}, SENTENCES = {} } = tablesOf(file);
	const refused = Object.values(REFUSALS).map(said);
	const showsCodes = !file.startsWith('nodes/shared/');
	const texts = [
		...refused.flatMap(({ code, message }) => {
			if (!showsCodes) return [message];
			// Where several codes have one message, a page may say it once.
			const isAlone = refused.filter((other) => other.message === message).length === 1;
			return [code, message, ...(isAlone ? [`${code}: ${message}`] : [])];
		}),
		...Object.values(SENTENCES).map(said),
	];
	const parts = texts
		.flatMap((text) => text.split(VALUE))
		.map((text) => text.replace(/^[\s.,;:()"]+|[\s.,;:("]+$/g, ''))
		.filter((text) => /[A-Za-z]{3}/.test(text));
	return [...new Set(parts)];
}

/**
 * The sentences of all tables as the log says them, with their code where it says that. Values are
 * left out, but for the first one of a shared sentence, which is who speaks.
 */
export function loggedSentences(): string[] {
	return filesWithTables().flatMap((file) => {
		const { REFUSALS = {}, SENTENCES = {} } = tablesOf(file);
		const refused = Object.values(REFUSALS).map(said);
		return [
			...refused.flatMap(({ code, message }) => [message, `${code}: ${message}`]),
			...Object.values(SENTENCES).map(said),
		].map((text) => text.replace(VALUE, file.startsWith('nodes/shared/') ? 'Trigger' : VALUE));
	});
}

function tablesOf(file: string): Tables {
	// eslint-disable-next-line @typescript-eslint/no-require-imports
	return require(path.join(root, file)) as Tables;
}

function said<Said extends string | Refused>(entry: Entry<Said>): Said {
	return typeof entry === 'function' ? entry(...Array<string>(9).fill(VALUE)) : entry;
}
