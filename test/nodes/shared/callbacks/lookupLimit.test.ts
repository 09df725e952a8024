import {
	mayLookUp,
	mayLookUpFor,
	PAUSE_OF_AN_EXECUTION_MILLISECONDS,
	type CountedBy,
	type Lane,
} from '../../../../nodes/shared/callbacks/lookupLimit';

const start = Date.UTC(2030, 0, 1);
let scopes = 0;
const undocumented = (): CountedBy => ({ scope: `scope-${++scopes}` });
const documented = (requestsPerSecond: number): CountedBy => ({
	...undocumented(),
	requestsPerSecond,
});

/** How many of these questions are allowed: so many a second, for so many seconds. */
function ask(countedBy: CountedBy, lane: Lane, perSecond: number, seconds: number): number {
	return Array.from({ length: perSecond * seconds }, (_, index) =>
		mayLookUp(countedBy, lane, start + (index * 1000) / perSecond),
	).filter(Boolean).length;
}

it.each([5, 10, 50, 3])(
	'of %i documented requests a second, callbacks without a tag take at most one in five',
	(requestsPerSecond) => {
		const minute = 60;
		const allowed = ask(documented(requestsPerSecond), 'untagged', 100, minute);
		expect(allowed).toBeLessThanOrEqual((requestsPerSecond / 5) * minute + 1);
		expect(allowed).toBeGreaterThanOrEqual((requestsPerSecond / 5) * minute - 1);
	},
);

it('where no limit is documented, a flood without a tag is bounded as well', () => {
	expect(ask(undocumented(), 'untagged', 100, 60)).toBeLessThanOrEqual(50 + 60 * 5);
});

it('fifty orders that are paid in one moment are all asked about', () => {
	const shop = undocumented();
	const answers = Array.from({ length: 50 }, () => mayLookUp(shop, 'untagged', start));
	expect(answers).not.toContain(false);
});

it.each([
	['no documented limit', undocumented()],
	['a documented limit', documented(5)],
])('twenty invented references a second silence no callback with a tag: %s', (_case, shop) => {
	for (let second = 0; second < 60; second++) {
		for (let invented = 0; invented < 20; invented++)
			mayLookUp(shop, 'untagged', start + second * 1000 + invented * 50);
		expect(mayLookUp(shop, 'tagged', start + second * 1000 + 999)).toBe(true);
	}
});

it('is bounded for callbacks with a tag too: an address can be seen by others', () => {
	expect(ask(documented(5), 'tagged', 100, 60)).toBeLessThanOrEqual(4 * 60 + 32);
	expect(ask(undocumented(), 'tagged', 100, 60)).toBeLessThanOrEqual(20 * 60 + 160);
});

it('does not count the questions that were not asked: after a flood the next one is asked at once', () => {
	const shop = documented(5);
	for (let index = 0; index < 10_000; index++) mayLookUp(shop, 'untagged', start);
	expect(mayLookUp(shop, 'untagged', start + 1000)).toBe(true);
});

it('counts each scope by itself', () => {
	const [one, another] = [documented(5), documented(5)];
	mayLookUp(one, 'untagged', start);
	expect(mayLookUp(one, 'untagged', start)).toBe(false);
	expect(mayLookUp(another, 'untagged', start)).toBe(true);
});

describe('at the address of a waiting execution', () => {
	it('the provider is asked once in ten seconds, however many callbacks come', () => {
		const asked = Array.from({ length: 600 }, (_, index) =>
			mayLookUpFor('execution-1', start + index * 100),
		).filter(Boolean);
		expect(asked).toHaveLength(6);
	});

	it('a flood there does not keep another execution from being asked for', () => {
		mayLookUpFor('flooded', start + 100_000);
		expect(mayLookUpFor('flooded', start + 100_001)).toBe(false);
		expect(mayLookUpFor('other', start + 100_001)).toBe(true);
	});

	it('one that was asked for is not forgotten because another one was', () => {
		mayLookUpFor('early', start + 200_000);
		mayLookUpFor('late', start + 200_000 + PAUSE_OF_AN_EXECUTION_MILLISECONDS - 1);
		expect(mayLookUpFor('late', start + 200_000 + PAUSE_OF_AN_EXECUTION_MILLISECONDS)).toBe(false);
		expect(mayLookUpFor('early', start + 200_000 + PAUSE_OF_AN_EXECUTION_MILLISECONDS)).toBe(true);
	});
});
