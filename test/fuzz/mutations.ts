import fc from 'fast-check';
import type { ReceivedCallback } from '../../nodes/shared/core/contract';

/**
 * One change to a callback, as plain data, so that a failure can be printed and played again. `at`
 * is a position from 0 to 1.
 */
export type Mutation =
	| { kind: 'flipBit'; at: number; bit: number }
	| { kind: 'cutBody'; at: number }
	| { kind: 'insertBytes'; at: number; bytes: number[] }
	| { kind: 'repeatPart'; at: number; length: number }
	| { kind: 'changeDigit'; at: number; digit: number }
	| { kind: 'changeValue'; at: number; value: string }
	| { kind: 'changeType'; at: number }
	| { kind: 'duplicateKey'; at: number; first: boolean; value: string }
	| { kind: 'addKey'; name: string; value: string; first: boolean }
	| { kind: 'moveBetweenLevels'; at: number; flatten: boolean }
	| { kind: 'joinPairs'; at: number }
	| { kind: 'hideInName'; at: number }
	| { kind: 'writeAnew'; sorted: boolean; indent: number; escape: boolean }
	| { kind: 'nest'; depth: number }
	| { kind: 'blowUp'; kilobytes: number }
	| { kind: 'replaceBody'; with: 'nothing' | 'null' | 'list' | 'text' | 'deep' | 'bom' | 'form' }
	| { kind: 'otherBody'; index: number }
	| { kind: 'otherHeaders'; index: number }
	| { kind: 'foreign'; index: number }
	| { kind: 'spliceField'; at: number; index: number; place: 'instead' | 'before' | 'behind' }
	| { kind: 'spliceMember'; at: number; index: number }
	| { kind: 'spliceInner'; at: number; index: number }
	| { kind: 'spliceBlocks'; header: number; index: number; from: number; to: number }
	| { kind: 'spliceMessage'; index: number; from: number; to: number }
	| { kind: 'flipHeaderBit'; header: number; at: number; bit: number }
	| { kind: 'cutHeader'; header: number; at: number }
	| { kind: 'dropHeader'; header: number }
	| { kind: 'swapHeaders'; one: number; other: number }
	| { kind: 'repeatHeader'; header: number; index: number; first: boolean }
	| { kind: 'setHeader'; header: number; value: string }
	| { kind: 'contentType'; value: string };

/** Each position as likely as any other: of `fc.double`, nine of ten are next to zero. */
const at = fc.noBias(fc.integer({ min: 0, max: 10_000 })).map((share) => share / 10_000);
const header = fc.nat(5);
const index = fc.nat(40);
const bit = fc.nat(7);
const jsonText = fc.constantFrom(
	'"0.01"',
	'1',
	'999999',
	'"succeeded"',
	'"PS"',
	'"SUCCESS"',
	'"paid"',
	'true',
	'null',
	'[]',
	'{}',
	'1e400',
	'-0',
	'"order-9"',
	'""',
);
const name = fc.constantFrom(
	'amount',
	'status',
	'id',
	'currency',
	'payment_status',
	'trade_state',
	'reference',
	'type',
	'__proto__',
	'constructor',
	'toString',
	'',
	'a=b&c',
);
const of = <Kind extends Mutation['kind']>(
	kind: Kind,
	fields: {
		[Name in keyof Omit<Extract<Mutation, { kind: Kind }>, 'kind'>]: fc.Arbitrary<
			Extract<Mutation, { kind: Kind }>[Name]
		>;
	},
) =>
	fc.record({ kind: fc.constant(kind), ...fields } as unknown as Record<
		string,
		fc.Arbitrary<unknown>
	>) as unknown as fc.Arbitrary<Mutation>;

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
	{ weight: 4, arbitrary: of('flipBit', { at, bit }) },
	{ weight: 1, arbitrary: of('cutBody', { at }) },
	{
		weight: 2,
		arbitrary: of('insertBytes', {
			at,
			bytes: fc.array(fc.nat(255), { minLength: 1, maxLength: 8 }),
		}),
	},
	{ weight: 1, arbitrary: of('repeatPart', { at, length: fc.integer({ min: 1, max: 40 }) }) },
	{ weight: 3, arbitrary: of('changeDigit', { at, digit: fc.nat(9) }) },
	{ weight: 4, arbitrary: of('changeValue', { at, value: jsonText }) },
	{ weight: 2, arbitrary: of('changeType', { at }) },
	{ weight: 4, arbitrary: of('duplicateKey', { at, first: fc.boolean(), value: jsonText }) },
	{ weight: 2, arbitrary: of('addKey', { name, value: jsonText, first: fc.boolean() }) },
	{ weight: 3, arbitrary: of('moveBetweenLevels', { at, flatten: fc.boolean() }) },
	{ weight: 3, arbitrary: of('joinPairs', { at }) },
	{ weight: 3, arbitrary: of('hideInName', { at }) },
	{
		weight: 3,
		arbitrary: of('writeAnew', { sorted: fc.boolean(), indent: fc.nat(3), escape: fc.boolean() }),
	},
	{ weight: 1, arbitrary: of('nest', { depth: fc.integer({ min: 1, max: 1000 }) }) },
	{ weight: 1, arbitrary: of('blowUp', { kilobytes: fc.integer({ min: 1, max: 64 }) }) },
	{
		weight: 1,
		arbitrary: of('replaceBody', {
			with: fc.constantFrom('nothing', 'null', 'list', 'text', 'deep', 'bom', 'form'),
		}),
	},
	{ weight: 2, arbitrary: of('otherBody', { index }) },
	{ weight: 2, arbitrary: of('otherHeaders', { index }) },
	{ weight: 1, arbitrary: of('foreign', { index }) },
	{
		weight: 6,
		arbitrary: of('spliceField', {
			at,
			index,
			place: fc.constantFrom('instead', 'before', 'behind'),
		}),
	},
	{ weight: 6, arbitrary: of('spliceMember', { at, index }) },
	{ weight: 6, arbitrary: of('spliceInner', { at, index }) },
	{
		weight: 4,
		arbitrary: of('spliceBlocks', { header, index, from: fc.nat(60), to: fc.nat(60) }),
	},
	{
		weight: 8,
		arbitrary: of('spliceMessage', { index, from: fc.nat(60), to: fc.nat(60) }),
	},
	{ weight: 4, arbitrary: of('flipHeaderBit', { header, at, bit }) },
	{ weight: 2, arbitrary: of('cutHeader', { header, at }) },
	{ weight: 1, arbitrary: of('dropHeader', { header }) },
	{ weight: 2, arbitrary: of('swapHeaders', { one: header, other: header }) },
	{ weight: 2, arbitrary: of('repeatHeader', { header, index, first: fc.boolean() }) },
	{
		weight: 1,
		arbitrary: of('setHeader', {
			header,
			value: fc.constantFrom('', ',', '=', 'null', '[object Object]', 't=1,v1=', 'A'.repeat(4096)),
		}),
	},
	{
		weight: 1,
		arbitrary: of('contentType', {
			value: fc.constantFrom(
				'',
				'text/plain',
				'application/x-www-form-urlencoded',
				'application/octet-stream',
				'application/json; charset=utf-8',
				'application/json; charset=latin1',
			),
		}),
	},
);

/**
 * Applies a change to a copy. Where it does not fit (no number in the body, not JSON), the callback
 * stays as it is.
 */
const PAIR = /"((?:[^"\\]|\\.)*)"\s*:\s*("(?:[^"\\]|\\.)*"|-?[\d.eE+-]+|true|false|null)/g;

/** One field of the text with the value that another genuine callback has there, or with both. */
function withFieldOf(
	own: Buffer,
	other: Buffer,
	{ at: share, place }: Extract<Mutation, { kind: 'spliceField' }>,
): string {
	const text = own.toString('utf8');
	const values = new Map(
		[...other.toString('utf8').matchAll(PAIR)].map(([, name, value]) => [name, value]),
	);
	const pairs = [...text.matchAll(PAIR)].filter(([, name]) => values.has(name));
	const found = pairs[Math.floor(share * (pairs.length - 1))];
	if (found === undefined) return text;
	const taken = `"${found[1] ?? ''}":${values.get(found[1]) ?? 'null'}`;
	const spliced = { instead: [taken], before: [taken, found[0]], behind: [found[0], taken] }[place];
	return text.slice(0, found.index) + spliced.join(',') + text.slice(found.index + found[0].length);
}

/** A number as a text, or the text of a number as that number: what some signed texts do not tell. */
function withOtherType(text: string, share: number): string {
	const found = [...text.matchAll(PAIR)].filter(([, , value = '']) =>
		/^"?(?:0|[1-9]\d*)(?:\.\d+)?"?$/.test(value),
	);
	const [pair = '', name = '', value = ''] = found[Math.floor(share * (found.length - 1))] ?? [];
	const other = value.startsWith('"') ? value.slice(1, -1) : `"${value}"`;
	return pair === '' ? text : text.replace(pair, `"${name}":${other}`);
}

/** One member, whatever it holds, as another genuine callback has it: such as a whole refund. */
function withMemberOf(
	object: Record<string, unknown>,
	other: Buffer,
	share: number,
): Record<string, unknown> {
	const members = membersOf(other);
	const [name, value] = members[Math.floor(share * (members.length - 1))] ?? [];
	return name === undefined ? object : { ...object, [name]: value };
}

/**
 * A member that holds members: its first ones as they are, the others from another genuine callback,
 * such as the encrypted content of a payout behind the kind of an order.
 */
function withInnerOf(
	object: Record<string, unknown>,
	other: Buffer,
	share: number,
): Record<string, unknown> {
	const isInner = (value: unknown) => typeof value === 'object' && value !== null;
	const name = Object.keys(object).find((key) => isInner(object[key]));
	const [, inner] = membersOf(other).find(([key]) => key === name) ?? [];
	if (name === undefined || !isInner(inner)) return object;
	const theirs = Object.entries(inner as object);
	const from = Math.ceil(share * theirs.length);
	const taken = Object.fromEntries(theirs.slice(from)) as object;
	return { ...object, [name]: { ...(object[name] as object), ...taken } };
}

const BLOCK_BYTES = 16;

/** The first blocks of one encrypted text and the last ones of another. */
function withBlocksOf(
	own: string,
	other: string,
	{ from, to }: { from: number; to: number },
): string {
	const [one, two] = [Buffer.from(own, 'base64'), Buffer.from(other, 'base64')];
	return Buffer.concat([
		one.subarray(0, from * BLOCK_BYTES),
		two.subarray(to * BLOCK_BYTES),
	]).toString('base64');
}

/**
 * The same in the encrypted text and in what it encrypts, which whoever has captured both messages
 * knows: blocks that are encrypted one by one fit together however they are joined.
 */
function withBlocksOfMessage(
	own: ReceivedCallback,
	other: ReceivedCallback,
	{ from, to }: { from: number; to: number },
): ReceivedCallback | undefined {
	const prefix = Object.keys(own.headers)
		.find((name) => name.endsWith('-timestamp'))
		?.replace(/timestamp$/, '');
	if (prefix === undefined) return undefined;
	const [one, two] = [own, other].map((message) => signedTextOf(message, prefix));
	if (one === undefined || two === undefined) return undefined;
	const whole = Buffer.concat([
		one.text.subarray(0, from * BLOCK_BYTES),
		two.text.subarray(to * BLOCK_BYTES),
	]);
	const text = whole.subarray(0, -(whole.at(-1) ?? 0)).toString('utf8');
	const [timestamp = '', nonce = '', ...rest] = text.split('\n');
	const signature = `${prefix}signature`;
	const body = rest.join('\n');
	return {
		headers: {
			...own.headers,
			[`${prefix}timestamp`]: timestamp,
			[`${prefix}nonce`]: nonce,
			[signature]: withBlocksOf(own.headers[signature] ?? '', other.headers[signature] ?? '', {
				from,
				to,
			}),
		},
		rawBody: Buffer.from(
			one.member === undefined ? body : `{${JSON.stringify(one.member)}:${body}}`,
		),
	};
}

/**
 * The blocks that a message's signature encrypts: time, nonce, and the body or one member of it;
 * whichever is as long as the signature.
 */
function signedTextOf(
	{ headers, rawBody }: ReceivedCallback,
	prefix: string,
): { text: Buffer; member?: string } {
	const head = `${headers[`${prefix}timestamp`] ?? ''}\n${headers[`${prefix}nonce`] ?? ''}\n`;
	const { length } = Buffer.from(headers[`${prefix}signature`] ?? '', 'base64');
	const body = { text: padded(Buffer.concat([Buffer.from(head), rawBody])) };
	if (body.text.length === length) return body;
	const parts = membersOf(rawBody).map(([member, value]) => ({
		member,
		text: padded(Buffer.from(head + JSON.stringify(value))),
	}));
	return parts.find(({ text }) => text.length === length) ?? body;
}

/** None where the body is no JSON object, such as a form. */
function membersOf(rawBody: Buffer): Array<[string, unknown]> {
	try {
		return Object.entries((JSON.parse(rawBody.toString('utf8')) ?? {}) as object);
	} catch {
		return [];
	}
}

/** PKCS #7 (RFC 5652, section 6.3). */
function padded(text: Buffer): Buffer {
	const missing = BLOCK_BYTES - (text.length % BLOCK_BYTES);
	return Buffer.concat([text, Buffer.alloc(missing, missing)]);
}

export function mutate(
	callback: ReceivedCallback,
	change: Mutation,
	own: readonly ReceivedCallback[],
	foreign: readonly ReceivedCallback[],
): ReceivedCallback {
	const { headers, rawBody } = callback;
	const body = (next: Buffer | string): ReceivedCallback => ({
		headers,
		rawBody: Buffer.from(next),
	});
	const position = (share: number, length: number) =>
		Math.min(length - 1, Math.floor(share * length));
	const signatureHeaders = Object.keys(headers).filter((key) => key !== 'content-type');
	const headerNamed = (number: number) =>
		signatureHeaders[number % Math.max(1, signatureHeaders.length)] ?? 'signature';
	const setHeader = (key: string, value: string): ReceivedCallback => ({
		headers: { ...headers, [key]: value },
		rawBody,
	});
	const pick = (list: readonly ReceivedCallback[], number: number) =>
		list[number % list.length] ?? callback;

	switch (change.kind) {
		case 'flipBit': {
			if (rawBody.length === 0) return callback;
			const bytes = Buffer.from(rawBody);
			const place = position(change.at, bytes.length);
			bytes[place] = (bytes[place] ?? 0) ^ (1 << change.bit);
			return body(bytes);
		}
		case 'cutBody':
			return body(rawBody.subarray(0, position(change.at, rawBody.length)));
		case 'insertBytes': {
			const place = Math.floor(change.at * rawBody.length);
			return body(
				Buffer.concat([
					rawBody.subarray(0, place),
					Buffer.from(change.bytes),
					rawBody.subarray(place),
				]),
			);
		}
		case 'repeatPart': {
			const place = Math.floor(change.at * rawBody.length);
			return body(
				Buffer.concat([
					rawBody.subarray(0, place),
					rawBody.subarray(place, place + change.length),
					rawBody.subarray(place),
				]),
			);
		}
		case 'changeDigit': {
			const text = rawBody.toString('utf8');
			const digits = [...text.matchAll(/\d/g)];
			const found = digits[position(change.at, digits.length)];
			return found === undefined
				? callback
				: body(text.slice(0, found.index) + String(change.digit) + text.slice(found.index + 1));
		}
		case 'changeType':
			return body(withOtherType(rawBody.toString('utf8'), change.at));
		case 'changeValue':
		case 'duplicateKey': {
			const text = rawBody.toString('utf8');
			const pairs = [
				...text.matchAll(
					/"((?:[^"\\]|\\.)*)"\s*:\s*("(?:[^"\\]|\\.)*"|-?[\d.eE+-]+|true|false|null)/g,
				),
			];
			const found = pairs[position(change.at, pairs.length)];
			if (found === undefined) return callback;
			const changed = `"${found[1] ?? ''}":${change.value}`;
			const replacement =
				change.kind === 'changeValue'
					? changed
					: change.first
						? `${changed},${found[0]}`
						: `${found[0]},${changed}`;
			return body(
				text.slice(0, found.index) + replacement + text.slice(found.index + found[0].length),
			);
		}
		case 'addKey': {
			const text = rawBody.toString('utf8');
			const pair = `"${change.name}":${change.value}`;
			return body(
				change.first ? text.replace('{', `{${pair},`) : text.replace(/\}\s*$/, `,${pair}}`),
			);
		}
		case 'moveBetweenLevels':
			return rearranged(callback, (object) => {
				const inner = Object.entries(object).find(
					([, value]) => typeof value === 'object' && value !== null && !Array.isArray(value),
				) as [string, Record<string, unknown>] | undefined;
				if (inner === undefined) return { data: object };
				const [innerName, values] = inner;
				const outer = Object.fromEntries(
					Object.entries(object).filter(([name]) => name !== innerName),
				);
				if (change.flatten) return { ...outer, ...values };
				const names = Object.keys(outer);
				const taken = names[position(change.at, names.length)];
				if (taken === undefined) return object;
				const { [taken]: value, ...rest } = outer;
				return { ...rest, [innerName]: { ...values, [taken]: value } };
			});
		case 'joinPairs':
			// What a signature over name=value&name=value cannot tell apart.
			return rearranged(callback, (object) =>
				joined(object, change.at, (name, value, next, rest) => ({
					[name]: `${value}&${next}=${rest}`,
				})),
			);
		case 'hideInName':
			return rearranged(callback, (object) =>
				joined(object, change.at, (name, value, next, rest) => ({
					[`${name}=${value}&${next}`]: rest,
				})),
			);
		case 'writeAnew':
			return rearranged(callback, (object) => object, change);
		case 'nest':
			return body(
				`${'{"a":'.repeat(change.depth)}${rawBody.toString('utf8')}${'}'.repeat(change.depth)}`,
			);
		case 'blowUp':
			return body(Buffer.concat([rawBody, Buffer.alloc(change.kilobytes * 1024, ' ')]));
		case 'replaceBody':
			return body(
				{
					nothing: '',
					null: 'null',
					list: '[{"status":"succeeded"}]',
					text: '"succeeded"',
					deep: '['.repeat(100_000),
					bom: `\uFEFF${rawBody.toString('utf8')}`,
					form: 'status=succeeded&amount=1',
				}[change.with],
			);
		case 'otherBody':
			return { headers, rawBody: pick(own, change.index).rawBody };
		case 'otherHeaders':
			return { headers: pick(own, change.index).headers, rawBody };
		case 'foreign':
			return pick(foreign, change.index);
		case 'spliceField':
			return body(withFieldOf(rawBody, pick(own, change.index).rawBody, change));
		case 'spliceMember':
			return rearranged(callback, (object) =>
				withMemberOf(object, pick(own, change.index).rawBody, change.at),
			);
		case 'spliceInner':
			return rearranged(callback, (object) =>
				withInnerOf(object, pick(own, change.index).rawBody, change.at),
			);
		case 'spliceBlocks': {
			const key = headerNamed(change.header);
			const other = pick(own, change.index).headers[key] ?? '';
			return setHeader(key, withBlocksOf(headers[key] ?? '', other, change));
		}
		case 'spliceMessage':
			return withBlocksOfMessage(callback, pick(own, change.index), change) ?? callback;
		case 'flipHeaderBit': {
			const key = headerNamed(change.header);
			const bytes = Buffer.from(headers[key] ?? '', 'latin1');
			if (bytes.length === 0) return callback;
			const place = position(change.at, bytes.length);
			bytes[place] = (bytes[place] ?? 0) ^ (1 << change.bit);
			return setHeader(key, bytes.toString('latin1'));
		}
		case 'cutHeader': {
			const key = headerNamed(change.header);
			const value = headers[key] ?? '';
			return setHeader(key, value.slice(0, Math.floor(change.at * value.length)));
		}
		case 'dropHeader': {
			const dropped = headerNamed(change.header);
			return {
				headers: Object.fromEntries(Object.entries(headers).filter(([key]) => key !== dropped)),
				rawBody,
			};
		}
		case 'swapHeaders': {
			const [one, other] = [headerNamed(change.one), headerNamed(change.other)];
			return {
				headers: { ...headers, [one]: headers[other] ?? '', [other]: headers[one] ?? '' },
				rawBody,
			};
		}
		case 'repeatHeader': {
			// As n8n hands over a header that was sent twice.
			const key = headerNamed(change.header);
			const more = pick(own, change.index).headers[key] ?? 'x';
			return setHeader(
				key,
				change.first ? `${more},${headers[key] ?? ''}` : `${headers[key] ?? ''},${more}`,
			);
		}
		case 'setHeader':
			return setHeader(headerNamed(change.header), change.value);
		case 'contentType':
			return setHeader('content-type', change.value);
	}
}

function rearranged(
	callback: ReceivedCallback,
	change: (object: Record<string, unknown>) => Record<string, unknown>,
	{ sorted = false, indent = 0, escape = false } = {},
): ReceivedCallback {
	let parsed: unknown;
	try {
		parsed = JSON.parse(callback.rawBody.toString('utf8'));
	} catch {
		return callback;
	}
	if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return callback;
	const changed = change(parsed as Record<string, unknown>);
	const inOrder = (value: unknown): unknown =>
		typeof value === 'object' && value !== null && !Array.isArray(value)
			? Object.fromEntries(
					Object.entries(value)
						.sort(([left], [right]) => (left < right ? -1 : 1))
						.map(([key, entry]) => [key, inOrder(entry)]),
				)
			: value;
	const text = JSON.stringify(sorted ? inOrder(changed) : changed, null, indent);
	return {
		headers: callback.headers,
		rawBody: Buffer.from(
			escape
				? text.replace(
						/[a-z]/,
						(letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
					)
				: text,
		),
	};
}

/**
 * Makes one field of a pair and its neighbour in the order of names: of {"a":"1","b":"2"} either
 * {"a":"1&b=2"} or {"a=1&b":"2"}.
 */
function joined(
	object: Record<string, unknown>,
	share: number,
	join: (name: string, value: string, next: string, rest: string) => Record<string, string>,
): Record<string, unknown> {
	const levels: Array<Record<string, unknown>> = [
		object,
		...(Object.values(object).filter(
			(value) => typeof value === 'object' && value !== null && !Array.isArray(value),
		) as Array<Record<string, unknown>>),
	];
	const level = levels[Math.min(levels.length - 1, Math.floor(share * levels.length))] ?? object;
	const names = Object.keys(level)
		.filter((key) => typeof level[key] !== 'object')
		.sort();
	const place = Math.floor(((share * levels.length) % 1) * Math.max(1, names.length - 1));
	const [first, second] = [names[place], names[place + 1]];
	if (first === undefined || second === undefined) return object;
	const { [first]: value, [second]: next, ...rest } = level;
	const merged = { ...rest, ...join(first, String(value), second, String(next)) };
	if (level === object) return merged;
	return Object.fromEntries(
		Object.entries(object).map(([key, entry]) => [key, entry === level ? merged : entry]),
	);
}
