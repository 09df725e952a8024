/**
 * What the providers' pages leave open, in the tables of docs/providers: nobody can try it without a
 * live account, so whoever has one must be able to adapt without a new version of this package.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pageOf, readProvider } from '../scripts/providerTables';
import { testProviders } from './providers';
import { fieldLabels, formLabels } from './support/formLabels';

/** Of each provider, how many questions are known, and the letter that they are numbered with. */
const QUESTIONS = {
	Payfect: ['P', 6],
	EFundPay: ['E', 14],
	WooshPay: ['W', 9],
	ChingChingPay: ['C', 8],
	TokenPay: ['T', 8],
} as const;

type Provider = keyof typeof QUESTIONS;
const providers = Object.keys(QUESTIONS) as Provider[];

/** Questions whose answer may need a new version. The list may only get shorter, down to four. */
const WITHOUT_SETTING = ['P1', 'E13'];
/** The number may only grow. */
const WITH_SETTING = 43;

interface Row {
	id: string;
	question: string;
	documented: string;
	assumed: string;
	setting: string;
	/** How many cells it has. */
	width: number;
}

function rowsOf(provider: Provider): Row[] {
	const page = readFileSync(path.join(__dirname, '..', pageOf(provider)), 'utf8');
	const section = page.split('\n## What its pages leave open\n')[1]?.split('\n## ')[0] ?? '';
	const rows = section.split('\n').filter((line) => /^\| [A-Z]\d+ \|/.test(line));
	return rows.map((line) => {
		const cells = line.split('|').slice(1, -1);
		const [id = '', question = '', documented = '', assumed = '', setting = ''] = cells.map(
			(cell) => cell.trim(),
		);
		return { id, question, documented, assumed, setting, width: cells.length };
	});
}

const labelsIn = (setting: string) =>
	[...setting.replace(/`[^`]*`/g, '').matchAll(/\*([^*]+)\*/g)].map(([, label = '']) => label);

const rows = providers.flatMap(rowsOf);
const lacksSetting = ({ setting }: Row) => /\bnone (yet|needed)\b/.test(setting);

describe('what the pages of the providers leave open', () => {
	it('is known of every provider', () => {
		expect([...providers].sort()).toEqual(
			testProviders()
				.map(({ folder }) => folder)
				.sort(),
		);
	});

	it.each(providers)('%s: each question is there once', (provider) => {
		const [letter, count] = QUESTIONS[provider];
		const ids = Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
		expect(rowsOf(provider).map(({ id }) => id)).toEqual(ids);
	});

	it.each(rows)('$id has an entry in each column', (row) => {
		expect(row.width).toBe(5);
		expect(Object.entries(row).filter(([, cell]) => cell === '')).toEqual([]);
	});

	it.each(providers)('%s: each setting stands so in its forms', async (provider) => {
		const known = new Set([...formLabels(await readProvider(provider)), 'automatic']);
		const labels = rowsOf(provider).flatMap(({ setting }) => labelsIn(setting));
		expect(labels.filter((label) => !known.has(label))).toEqual([]);
	});

	it.each(providers)('%s: what adapts is a field or the node itself', async (provider) => {
		const adapting = new Set([...fieldLabels(await readProvider(provider)), 'automatic']);
		const empty = rowsOf(provider).filter(
			(row) => !lacksSetting(row) && !labelsIn(row.setting).some((label) => adapting.has(label)),
		);
		expect(empty.map(({ id }) => id)).toEqual([]);
	});

	it.each(rows.filter(lacksSetting))('$id says why no setting adapts to it', ({ setting }) => {
		expect(setting).toMatch(/\bnone (yet|needed)( for [^:;.]+)?: \S/);
	});

	it('has a setting, or adapts by itself, except where that is listed above', () => {
		const without = rows.filter(lacksSetting).map(({ id }) => id);
		expect({ without, with: rows.length - without.length }).toEqual({
			without: WITHOUT_SETTING,
			with: WITH_SETTING,
		});
	});
});
