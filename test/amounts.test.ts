/**
 * Whatever amount is accepted, each provider is sent exactly what a person reads in it: read here by
 * big.js, in nothing of the package's own.
 */
import Big from 'big.js';
import fc from 'fast-check';
import { chingChingPay } from '../nodes/ChingChingPay/chingChingPay.contract';
import { eFundPay } from '../nodes/EFundPay/eFundPay.contract';
import { payfect } from '../nodes/Payfect/payfect.contract';
import type { CheckoutOrder } from '../nodes/shared/core/contract';
import { InputError } from '../nodes/shared/core/inputError';
import {
	readAmount,
	readUnitAmount,
	refuseDecimals,
	sumOfLineItems,
} from '../nodes/shared/core/money';
import { tokenPay } from '../nodes/TokenPay/tokenPay.contract';
import { wooshPay } from '../nodes/WooshPay/wooshPay.contract';

const common = {
	amountUnit: 'major' as const,
	lineItems: [],
	reference: 'order-1',
	description: 'Tea',
	successUrl: 'https://shop.example/ok',
	cancelUrl: 'https://shop.example/no',
	callbackUrl: 'https://n8n.example/webhook/1/callback',
	extraFields: {},
};
type Money = Pick<CheckoutOrder, 'amount' | 'currency' | 'lineItems'>;

/** Where in a request the amount is, as the digits stand there. */
function sentAmount(body: string, name: string): string {
	const [, digits = ''] = new RegExp(`"${name}":"?(\\d+(?:\\.\\d+)?)`).exec(body) ?? [];
	return digits;
}

/** What each provider is sent, in major units. */
const providers: Record<string, { currency: string; sent: (money: Money) => Big }> = {
	Payfect: {
		currency: 'usdt',
		sent: (money) => {
			const { body = '' } = payfect.checkout.call(
				{ ...common, ...money, paymentMethod: null },
				{ apiKey: 'k', callbackSecretKey: '', baseUrl: 'https://api.example' },
			);
			return Big(sentAmount(body, 'unit_amount'));
		},
	},
	EFundPay: {
		currency: 'USD',
		sent: (money) => {
			const { body = '' } = eFundPay.checkout.call(
				{
					...common,
					...money,
					buyer: { name: 'Ada', email: null, more: {} },
					country: null,
					billingDetails: null,
					shippingDetails: null,
					metadata: null,
					attempt: 1,
				},
				{ environment: 'live', secretKey: 'sk_live_1', merchantAccountId: 'm' } as Parameters<
					typeof eFundPay.checkout.call
				>[1],
			);
			return Big(sentAmount(body, 'amount')).div(100);
		},
	},
	WooshPay: {
		currency: 'KWD',
		sent: (money) => {
			const { body = '' } = wooshPay.checkout.call(
				{
					...common,
					...money,
					attempt: 1,
					retry: false,
					metadata: {},
					billingAddressCollection: null,
					captureMethod: null,
					customerEmail: null,
					expiresAt: null,
					merchantUserId: null,
					paymentMethodTypes: [],
				},
				{ environment: 'live', secretKey: 'sk_live_1' },
			);
			return Big(sentAmount(body, 'unit_amount')).div(1000);
		},
	},
	ChingChingPay: {
		currency: 'HKD',
		sent: (money) => {
			const { body = '' } = chingChingPay.checkout.call(
				{
					...common,
					...money,
					merchantId: 'm',
					storeId: null,
					deviceId: null,
					expiresAt: null,
					transactionType: 'sale',
					channelId: '1',
					paymentMethod: 'ANY',
					paymentMethodOption: undefined,
					clientIp: null,
					checkoutId: null,
				},
				{ environment: 'test', signingSecret: 's' } as Parameters<
					typeof chingChingPay.checkout.call
				>[1],
			);
			return Big(sentAmount(body, 'amount')).div(100);
		},
	},
	TokenPay: {
		currency: 'ETH',
		sent: (money) => {
			const { body = '' } = tokenPay.checkout.call(
				{
					...common,
					...money,
					chain: 'ETH',
					coinDecimals: 18,
					expiresInSeconds: 600,
					attach: null,
					locale: null,
					toAddress: null,
				},
				{
					appId: 'a',
					merchantId: '1',
					appSecret: 's',
					baseUrl: 'https://api.example',
					checkoutBaseUrl: 'https://api.example',
				},
			);
			return Big(sentAmount(body, 'amount'));
		},
	},
};

const digits = (most: number) => fc.stringMatching(new RegExp(`^\\d{1,${most}}$`));
/** As people, sheets, computations and accidents write amounts. */
const written = fc.oneof(
	fc.tuple(digits(6), digits(3)).map(([whole, fraction]) => `${whole}.${fraction}`),
	fc.tuple(digits(6), digits(20)).map(([whole, fraction]) => `${whole}.${fraction}`),
	digits(9),
	fc
		.tuple(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 1, max: 99 }))
		.map(([cents, pieces]) => String((cents / 100) * pieces)),
	fc.tuple(digits(3), digits(3), digits(2)).map((parts) => parts.join(',')),
	fc.stringMatching(/^[ 0-9.,eE+-]{1,12}$/),
);

/** Undefined where it is refused in words. */
function sentOr(send: () => Big): Big | undefined {
	try {
		return send();
	} catch (error) {
		if (error instanceof InputError) return undefined;
		throw error;
	}
}

describe.each(Object.entries(providers))('%s', (_name, { currency, sent }) => {
	it('is sent exactly the amount that a person reads', () => {
		let accepted = 0;
		fc.assert(
			fc.property(fc.oneof(written, written.map(Number)), (given) => {
				const amount = sentOr(() =>
					sent({ amount: readAmount(given, 'Amount'), currency, lineItems: [] }),
				);
				if (amount === undefined) return true;
				accepted++;
				return /^\s*\d+(\.\d+)?\s*$/.test(String(given)) && amount.eq(Big(String(given).trim()));
			}),
			{ numRuns: 2000 },
		);
		expect(accepted).toBeGreaterThan(100);
	});

	it('is sent nothing that a computation left unrounded', () => {
		const products = fc
			.tuple(fc.integer({ min: 100, max: 999_999 }), fc.integer({ min: 2, max: 999 }))
			.map(([cents, pieces]) => (cents / 100) * pieces)
			.filter((product) => String(product).length > 15);
		fc.assert(
			fc.property(products, fc.boolean(), (product, asText) => {
				const given = asText ? String(product) : product;
				return (
					sentOr(() => sent({ amount: readAmount(given, 'Amount'), currency, lineItems: [] })) ===
					undefined
				);
			}),
			{ numRuns: 500 },
		);
		expect(
			sentOr(() => sent({ amount: readAmount('12.5', 'Amount'), currency, lineItems: [] })),
		).toEqual(Big('12.5'));
	});
});

describe('line items', () => {
	it('add up to what a person adds up', () => {
		const price = fc.tuple(digits(5), digits(2)).map(([whole, cents]) => `${whole}.${cents}`);
		const lines = fc.array(fc.tuple(price, fc.integer({ min: 1, max: 99 })), {
			minLength: 1,
			maxLength: 8,
		});
		expect(() =>
			fc.assert(
				fc.property(lines, (given) => {
					const items = given.map(([unitAmount, quantity]) => ({
						name: 'Tea',
						unitAmount: readUnitAmount(unitAmount, 'Unit Amount'),
						quantity,
					}));
					const total = given.reduce(
						(sum, [unitAmount, quantity]) => sum.plus(Big(unitAmount).times(quantity)),
						Big(0),
					);
					return Big(sumOfLineItems(items)).eq(total);
				}),
			),
		).not.toThrow();
	});
});

describe('a coin with eighteen decimals', () => {
	it.each([
		'0.123456789012345678',
		'0.012345678901234567',
		'1.000000000000000001',
		'0.000000000000000001',
		'33.333333333333336',
		'1234.567890123456789',
	])('takes %s, which is exact', (amount) => {
		expect(readAmount(amount, 'Amount')).toBe(amount);
		expect(() => refuseDecimals(amount, 18, 'ETH', 'Amount')).not.toThrow();
	});

	it.each([
		'3.3000000000000003',
		'0.30000000000000004',
		'1998.9999999999998',
		'36.599999999999994',
		'99.9999999999986',
		'3.300000000000000266',
	])('does not take %s, which a computation left', (amount) => {
		expect(() => readAmount(amount, 'Amount')).toThrow('the result of a computation');
	});
});
