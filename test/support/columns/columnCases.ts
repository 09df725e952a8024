/**
 * Rows and saved parameters that are read without n8n's engine, or look as if they could be. The
 * same cases are held against each of n8n's engines: `compareWithN8n` says where they differ.
 */
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { columnReader } from '../../../nodes/shared/items/column';
import { decode, encode, type Reading } from './ColumnProbe.node';

export interface ColumnCase {
	/** A parameter as the workflow holds it. */
	saved: unknown;
	/** The item's `json`. */
	row: IDataObject;
}

/** n8n-workflow 2.41.0, utils.ts, `unsafeObjectProperties`. */
export const UNSAFE_NAMES = [
	'__proto__',
	'prototype',
	'constructor',
	'getPrototypeOf',
	'setPrototypeOf',
	'getOwnPropertyDescriptor',
	'getOwnPropertyDescriptors',
	'defineProperty',
	'defineProperties',
	'mainModule',
	'binding',
	'_linkedBinding',
	'_load',
	'prepareStackTrace',
	'__lookupGetter__',
	'__lookupSetter__',
	'__defineGetter__',
	'__defineSetter__',
	'caller',
	'callee',
	'arguments',
	'getBuiltinModule',
	'dlopen',
	'execve',
	'loadEnvFile',
];
export const INHERITED_NAMES = Object.getOwnPropertyNames(Object.prototype);

const ORDINARY_NAMES = [
	'amount',
	'Amount',
	'order_no',
	'_private',
	'Amount (USD)',
	'price, net',
	'1st',
	'0',
	'50%',
	'#',
	'a-b',
	'a.b',
	'e-mail@shop',
	'订单号',
	'größe',
	'Ордер',
	'🧾 receipt',
	'\uFEFFreference',
	'zero\u200Bwidth',
	'no\u00A0break',
	' blank around ',
	"it's",
	'say "x"',
	'`',
];
const TRICKY_NAMES = [
	'',
	'\\',
	'back\\nslash',
	'tab\tname',
	'line\nend',
	'line\u2028end',
	'{',
	'}}',
	'a}}b',
	'{{ 1 }}',
	'${x}',
	'$',
	'$json',
	'$now',
	'a$b',
	'//',
	'/* a',
	'"]["b',
	"'] + ['b",
	'.constructor',
	'a.constructor',
	'a. constructor',
	'constructors',
	'x.length()',
	'a.round(2)',
	'$if(',
	'\uD83D',
	'a\uDC00b',
	'\u0000',
];
/** What engines, proxies and messages across an isolate know by name. */
const TECHNICAL_NAMES = [
	'this',
	'class',
	'null',
	'true',
	'undefined',
	'NaN',
	'length',
	'keys',
	'name',
	'then',
	'toJSON',
	'isProxy',
	'json',
	'data',
	'extend',
	'global',
	'process',
	'__sanitize',
	'__isError',
	'__isObject',
	'__isArray',
	'__keys',
	'__n8nType',
];

const name = fc.oneof(
	{ weight: 6, arbitrary: fc.constantFrom(...ORDINARY_NAMES) },
	{ weight: 3, arbitrary: fc.constantFrom(...TECHNICAL_NAMES) },
	{ weight: 2, arbitrary: fc.constantFrom(...TRICKY_NAMES) },
	{ weight: 1, arbitrary: fc.constantFrom(...UNSAFE_NAMES, ...INHERITED_NAMES) },
	{ weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
	{ weight: 1, arbitrary: fc.stringMatching(/^[A-Za-z_$][\w$]{0,4}$/) },
);

const VALUES: unknown[] = [
	'',
	' ',
	' 12.50 ',
	'12.50',
	'=1+1',
	'={{ $json.amount }}',
	'{{ 1 + 1 }}',
	'\uD800',
	'\uFEFF12',
	'line\nend',
	'null',
	0,
	-0,
	12.5,
	36.599999999999994,
	12_345_678_901_234_567_000,
	1e21,
	5e-324,
	NaN,
	Infinity,
	-Infinity,
	true,
	false,
];
const LEFT_TO_N8N: unknown[] = [null, undefined, new Date(0), [], ['a', 1], {}, { amount: 1 }];

const value = fc.oneof(
	{ weight: 9, arbitrary: fc.constantFrom(...VALUES) },
	{ weight: 2, arbitrary: fc.constantFrom(...LEFT_TO_N8N) },
	{ weight: 1, arbitrary: fc.double() },
	{ weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);

const step = fc.tuple(name, fc.constantFrom('.', '"', "'", 'fitting', 'fitting'));
const path = fc.oneof(
	{ weight: 4, arbitrary: fc.tuple(step) },
	{ weight: 2, arbitrary: fc.tuple(step, step) },
	{ weight: 1, arbitrary: fc.tuple(step, step, step) },
) as fc.Arbitrary<Array<[name: string, style: string]>>;

const written = (steps: ReadonlyArray<readonly [string, string]>): string =>
	steps
		.map(([each, style]) => {
			const sign = style === 'fitting' ? fitting(each) : style;
			return sign === '.' ? `.${each}` : `[${sign}${each}${sign}]`;
		})
		.join('');

/** As n8n's editor writes a column that is dragged into a field. */
const fitting = (each: string): string => (/^[A-Za-z_]\w*$/.test(each) ? '.' : "'");

/** What stands around a path: mostly exactly what is read as a column. */
const frame = fc.oneof(
	{
		weight: 12,
		arbitrary: fc.constantFrom<[string, string]>(
			['={{ $json', ' }}'],
			['={{$json', '}}'],
			['={{\n\t$json', '\u00A0\uFEFF\u2028}}'],
		),
	},
	{
		weight: 3,
		arbitrary: fc.constantFrom<[string, string]>(
			['= {{ $json', ' }}'],
			['={{ $json', ' }} '],
			['={{ $json', ' }}\n'],
			['=order-{{ $json', ' }}'],
			['={{ $json', ' }}{{ $json.amount }}'],
			['==', ''],
			['{{ $json', ' }}'],
			['={{ $json', ''],
			['={{ $json', '.length }}'],
			['={{ $json', '.toString() }}'],
			['={{ $json?', ' }}'],
			['={{ $json ', ' }}'],
			['={{ $JSON', ' }}'],
			['={{ $input.item.json', ' }}'],
			['={{ ($json', ') }}'],
			['={{ !$json', ' }}'],
			['={{ $json', '; }}'],
			['={{ $json', ' // }}'],
		),
	},
);

/** A parameter that is one text, and a row in which its path leads to a value. */
const text: fc.Arbitrary<ColumnCase> = fc
	.tuple(path, frame, value, fc.integer({ min: 0, max: 9 }))
	.map(([steps, [before, after], end, chance]) => ({
		saved: `${before}${written(steps)}${after}`,
		row: rowWith(chance > 0 ? steps.map(([each]) => each) : ['another'], end),
	}));

const fixed = fc.constantFrom<unknown>('Tea', '', 'a {{ b }}', 5, true, null);

/** A collection, or a collection of rows: columns and fixed values beside one another. */
const collection: fc.Arbitrary<ColumnCase> = fc
	.tuple(
		fc.array(fc.tuple(fc.constantFrom('name', 'price', 'quantity', '__proto__'), text), {
			minLength: 1,
			maxLength: 3,
		}),
		fixed,
		fc.boolean(),
	)
	.map(([members, beside, asRows]) => {
		const saved = { ...withOwn(members.map(([each, one]) => [each, one.saved])), fixed: beside };
		const row = Object.assign({}, ...members.map(([, one]) => one.row)) as IDataObject;
		return { saved: asRows ? { item: [saved, { name: 'Tea' }] } : saved, row };
	});

function rowWith(names: readonly string[], end: unknown): IDataObject {
	const within = names.reduceRight<unknown>((inner, each) => withOwn([[each, inner]]), end);
	return within as IDataObject;
}

/** Own properties, whatever they are called. */
function withOwn(members: ReadonlyArray<readonly [string, unknown]>): object {
	return Object.fromEntries(members);
}

/** Every kind of name and value at least once, by itself. */
const one = (each: string, end: unknown = '12.50'): ColumnCase[] =>
	['.', '"', "'"].map((style) => ({
		saved: `={{ $json${written([[each, style]])} }}`,
		row: rowWith([each], end),
	}));

/** The same ones each time. */
export const columnCases: readonly ColumnCase[] = [
	...[...ORDINARY_NAMES, ...TRICKY_NAMES, ...TECHNICAL_NAMES].flatMap((each) => one(each)),
	...[...UNSAFE_NAMES, ...INHERITED_NAMES].flatMap((each) => one(each)),
	...[...VALUES, ...LEFT_TO_N8N].flatMap((end) => one('amount', end)),
	...fc.sample(fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: collection }), {
		seed: 20_410_010,
		numRuns: 2000,
	}),
];

/**
 * The cases that are read here and evaluated by n8n to something else, in words.
 *
 * @param readings of `columnCases`, in their order
 */
export function compareWithN8n(readings: readonly Reading[]): string[] {
	return columnCases.flatMap(({ saved }, index) => {
		const { row, value: given } = readings[index] as Reading;
		const read = columnReader(saved)?.(decode(row) as IDataObject);
		if (read === undefined) return [];
		const [ours, theirs] = [encode(read), given].map((each) => JSON.stringify(each));
		return ours === theirs
			? []
			: [`${JSON.stringify(saved)} of ${JSON.stringify(row)}: read ${ours}, n8n gives ${theirs}`];
	});
}
