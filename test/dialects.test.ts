/**
 * Whatever the providers turn out to mean where their pages say nothing: no reading that the sandbox
 * can play makes the package take a forged callback, or another amount than was paid.
 */
import { testProviders } from './providers';
import { findProviders } from '../sandbox/providers';
import { PlayedDialect } from './support/dialects';

const playable = testProviders().flatMap(({ folder, name }) => {
	const { dialects = {} } = findProviders().find((provider) => provider.name === name) ?? {};
	return Object.keys(dialects).length === 0 ? [] : [{ folder, dialects: Object.entries(dialects) }];
});

describe.each(playable)('$folder', ({ folder, dialects }) => {
	const readings = dialects.flatMap(([dialect, { readings: words, default: assumed }]) =>
		Object.keys(words).map((reading) => ({ dialect, reading, isAssumed: reading === assumed })),
	);
	const played = PlayedDialect.forEachTest(folder);

	/** What Verify makes of the callback about a payment, and undefined where none is sent. */
	async function verified(dialect: string, reading: string, callback: 'genuine' | 'forged') {
		await played.play({ [dialect]: reading });
		const { json: checkout } = await played.create();
		if (typeof checkout.checkoutId !== 'string') return undefined;
		const [delivery] = await played.act(checkout, 'pay', { callback });
		return delivery && (await played.verify(delivery)).json;
	}

	it('each dialect has two readings at least, and assumes one of them', () => {
		const wrong = dialects.filter(
			([, { readings: words, default: assumed }]) =>
				!Object.hasOwn(words, assumed) || Object.keys(words).length < 2,
		);
		expect(wrong.map(([dialect]) => dialect)).toEqual([]);
	});

	it.each(readings)(
		'$dialect, $reading: no forged callback is a payment',
		async ({ dialect, reading }) => {
			const event = await verified(dialect, reading, 'forged');
			expect(event?.event).not.toBe('payment.succeeded');
		},
	);

	it.each(readings)(
		'$dialect, $reading: what is paid has the amount that was paid',
		async ({ dialect, reading, isAssumed }) => {
			const event = await verified(dialect, reading, 'genuine');
			const isPayment = event?.event === 'payment.succeeded';
			// Of a number without decimals nobody may know what it counts.
			const amount = isPayment ? event.amount : null;
			const paid = Number(played.facts.money.amount);
			expect(amount === null ? paid : Number(amount)).toBe(paid);
			expect(isPayment || !isAssumed).toBe(true);
		},
	);
});
