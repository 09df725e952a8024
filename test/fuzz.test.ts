import fc from 'fast-check';
import { fuzzCallbacks, received } from './fuzz/fuzzCallbacks';
import { DEFAULT, fuzzedProviders, type FuzzedProvider } from './fuzz/genuineCallbacks';
import { mutation } from './fuzz/mutations';
import { throughContext } from './fuzz/throughContext';

/** Always the same ones; the long run, test/fuzz/callbacks.ts, takes new ones each time. */
const seed = 1;

const [usual, inDialects] = [true, false].map((isUsual) =>
	fuzzedProviders.filter(({ dialect }) => (dialect === DEFAULT) === isUsual),
) as [FuzzedProvider[], FuzzedProvider[]];

/** A fault in the trigger: what it should refuse starts with a genuine event of another amount. */
const withFault =
	({ genuine: [first], besides }: FuzzedProvider): typeof received =>
	async (judged, callback) => {
		const outcome = await received(judged, callback);
		const { event } = first ? await received(judged, first) : {};
		return outcome.event || !event || besides.includes(callback)
			? outcome
			: { ...outcome, status: 200, event: { ...event, amount: '0.01' } };
	};

describe.each(usual.map((provider) => [provider.name, provider.proof, provider] as const))(
	'%s, %s',
	(_name, proof, provider) => {
		test('3,000 mutated callbacks start nothing that a genuine one does not say, and none is answered with a 5xx, unless the provider does not know what was signed', async () => {
			const run = await fuzzCallbacks(provider, { count: 3_000, seed });
			expect(run.failure).toBeUndefined();
			// Both kinds were there: what is refused, and what is changed without a change of content. Of
			// what nobody has to sign, much is asked about.
			expect(run.statuses[401]).toBeGreaterThan(proof === 'provider' ? 100 : 1_000);
			expect(run.equal).toBeGreaterThan(50);
		});

		test("100 mutated callbacks over HTTP, in n8n-core's WebhookContext, neither", async () => {
			const { failure } = await throughContext(
				async (way) => await fuzzCallbacks(provider, { count: 100, seed, ...way }),
			);
			expect(failure).toBeUndefined();
		});

		test('would be caught if it let a changed callback through', async () => {
			const run = await fuzzCallbacks(provider, { count: 1_000, seed, judge: withFault(provider) });
			expect(run.failure).toContain('a workflow started with');
		});
	},
);

describe.each(
	inDialects.map(
		(provider) => [provider.name, provider.proof, provider.dialect, provider] as const,
	),
)('%s, %s, %s', (_name, _proof, _dialect, provider) => {
	test('500 mutated callbacks start nothing that a genuine one does not say', async () => {
		const run = await fuzzCallbacks(provider, { count: 500, seed });
		expect(run.failure).toBeUndefined();
		expect(run.statuses[401]).toBeGreaterThan(100);
		expect(run.equal).toBeGreaterThan(20);
	});

	test('would be caught if it let a changed callback through', async () => {
		const run = await fuzzCallbacks(provider, { count: 500, seed, judge: withFault(provider) });
		expect(run.failure).toContain('a workflow started with');
	});
});

test('each part of a callback is changed as often as another: faults far behind its beginning are found', () => {
	const places = fc
		.sample(mutation, { numRuns: 10_000, seed })
		.flatMap((change) => ('at' in change ? [Math.min(7, Math.floor(change.at * 8))] : []));
	const share = (part: number) => places.filter((place) => place === part).length / places.length;
	for (let part = 0; part < 8; part++) expect(share(part)).toBeGreaterThan(0.1);
});
