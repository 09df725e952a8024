import {
	hasCallbackTag,
	TAG_PARAMETER,
	withCallbackTag,
} from '../../../../nodes/shared/core/callbackTag';

const SECRET = 'a-secret-of-a-credential';
const ADDRESS = 'https://n8n.example/webhook/5f3c/webhook';

/** The query of an address as n8n gives it to a webhook (express, extended). */
function queryOf(url: string): Record<string, string | string[]> {
	const parameters = new URL(url).searchParams;
	return Object.fromEntries(
		[...new Set(parameters.keys())].map((name) => {
			const all = parameters.getAll(name);
			return [name, all.length > 1 ? all : (all[0] ?? '')];
		}),
	);
}

test.each([
	[ADDRESS, `${ADDRESS}?${TAG_PARAMETER}=`],
	[`${ADDRESS}?shop=%e4%BA&b=1+2`, `${ADDRESS}?shop=%e4%BA&b=1+2&${TAG_PARAMETER}=`],
	['HTTPS://N8N.example:443/Webhook', `HTTPS://N8N.example:443/Webhook?${TAG_PARAMETER}=`],
])('%s stays as it was typed, and the tag stands behind it', (typed, begin) => {
	const tagged = withCallbackTag(typed, SECRET);
	expect(tagged.startsWith(begin)).toBe(true);
	expect(tagged.slice(begin.length)).toMatch(/^[\w-]{16}$/);
	expect(hasCallbackTag(queryOf(tagged), [SECRET])).toBe(true);
});

test('a fragment stays at the end: behind it the tag would not be sent', () => {
	const tagged = withCallbackTag(`${ADDRESS}#a#b`, SECRET);
	expect(tagged.endsWith('#a#b')).toBe(true);
	expect(hasCallbackTag(queryOf(tagged), [SECRET])).toBe(true);
});

test('the same address has the same tag each time: else every run would have another idempotency key', () => {
	const tagged = withCallbackTag(ADDRESS, SECRET);
	expect(withCallbackTag(ADDRESS, SECRET)).toBe(tagged);
	expect(withCallbackTag(tagged, SECRET)).toBe(tagged);
});

test('the address of a waiting execution is not changed: n8n would not take it any more', () => {
	const resume = 'https://n8n.example/webhook-waiting/17?signature=0123abcd';
	expect(withCallbackTag(resume, SECRET)).toBe(resume);
});

test('the secret cannot be read from the tag', () => {
	const tagged = withCallbackTag(ADDRESS, SECRET);
	expect(tagged).not.toContain(SECRET);
	expect(tagged).not.toContain(Buffer.from(SECRET).toString('base64url').slice(0, 12));
});

test('after a change of the secret the tag of the previous one still counts', () => {
	const query = queryOf(withCallbackTag(ADDRESS, 'previous'));
	expect(hasCallbackTag(query, ['current', 'previous'])).toBe(true);
	expect(hasCallbackTag(query, ['current'])).toBe(false);
});

test('an address that carries the tags of two secrets is known by either', () => {
	const query = queryOf(withCallbackTag(withCallbackTag(ADDRESS, 'previous'), 'current'));
	expect([hasCallbackTag(query, ['current']), hasCallbackTag(query, ['previous'])]).toEqual([
		true,
		true,
	]);
});

test.each([
	['no query', undefined],
	['no tag', {}],
	['an empty tag', { [TAG_PARAMETER]: '' }],
	['an invented tag', { [TAG_PARAMETER]: 'AAAAAAAAAAAAAAAA' }],
	['an object in place of it', { [TAG_PARAMETER]: { length: 16 } }],
	['a list of anything', { [TAG_PARAMETER]: [null, {}, 1, 'x'] }],
	['a tag under another name', { [`${TAG_PARAMETER}2`]: 'AAAAAAAAAAAAAAAA' }],
])('%s is no tag', (_case, query) => {
	expect(hasCallbackTag(query, [SECRET])).toBe(false);
});

test('without a secret nothing is tagged, and nothing counts as tagged: everybody could make it', () => {
	expect(withCallbackTag(ADDRESS, '')).toBe(ADDRESS);
	const withEmptySecret = queryOf(withCallbackTag(ADDRESS, SECRET));
	expect(hasCallbackTag(withEmptySecret, ['', ' '])).toBe(false);
	expect(hasCallbackTag({ [TAG_PARAMETER]: '' }, [''])).toBe(false);
});
