import { fuzzCallbacks, received } from './fuzz/fuzzCallbacks';
import { fuzzedProviders } from './fuzz/genuineCallbacks';
import { throughContext } from './fuzz/throughContext';

/** Always the same ones; the long run, test/fuzz/callbacks.ts, takes new ones each time. */
const seed = 1;

describe.each(
	fuzzedProviders.map((provider) => [provider.name, provider.proof, provider] as const),
)('%s, %s', (_name, proof, provider) => {
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
		const first = provider.genuine[0];
		const run = await fuzzCallbacks(provider, {
			count: 1_000,
			seed,
			judge: async (judged, callback) => {
				const outcome = await received(judged, callback);
				const { event } = first ? await received(judged, first) : {};
				return outcome.event || !event || provider.besides.includes(callback)
					? outcome
					: { ...outcome, status: 200, event: { ...event, amount: '0.01' } };
			},
		});
		expect(run.failure).toContain('a workflow started with');
	});
});
