/**
 * What the suites over every provider cannot know by themselves: an order that the provider
 * accepts, parameters of its other operations that get as far as a request, and where its form
 * differs from those of the others. Keyed by folder; names and values that are alike everywhere are
 * made up by the suites.
 */
import type { IDataObject } from 'n8n-workflow';

export interface ProviderSamples {
	/**
	 * Parameters of Create Checkout, without reference and callback; the order is 20.50 of this
	 * currency.
	 */
	order: IDataObject;
	/** What the order shows in the checkout and in the payment event. */
	money: { amount: string; currency: string };
	/**
	 * The payload of a genuine callback about a paid order, with a status that the provider does not
	 * have.
	 */
	withStatus(payload: Record<string, unknown>, word: string): Record<string, unknown>;
	/** Header in which the proof of a callback stands. */
	signatureHeader: string;
	/** Where cards are taken: a number that may be in no output either. */
	cardNumber?: string;
	/** Sample values of parameters by name, where the suite's own would not be accepted. */
	values?: IDataObject;
	/** By resource, as saved workflows name them; those of product.md section 2. */
	operations: Record<string, string[]>;
	/** Choices of 'Amount Unit': none where the provider takes decimals. */
	amountUnits: string[];
	/**
	 * Choices of 'Callback' at Create Checkout: none where the provider has no callback address per
	 * checkout.
	 */
	callback: string[];
	/** Options of Create Checkout. */
	createOptions: string[];
	/** Options of the trigger. */
	triggerOptions: string[];
}

/** The payload with this word wherever the field occurs. */
function replaced(
	payload: Record<string, unknown>,
	field: string,
	word: string,
): Record<string, unknown> {
	return JSON.parse(JSON.stringify(payload), (name, value: unknown) =>
		name === field ? word : value,
	) as Record<string, unknown>;
}

export const samples: Record<string, ProviderSamples> = {
	Payfect: {
		order: { amount: '20.50', currency: 'usdt', description: 'One box of tea' },
		money: { amount: '20.50', currency: 'usdt' },
		withStatus: (payload, word) => replaced(payload, 'status', word),
		signatureHeader: 'x-payfect-signature',
		operations: { checkout: ['create', 'get', 'waitForPayment'], callback: ['compare', 'verify'] },
		amountUnits: [],
		callback: ['none', 'resumeExecution', 'url'],
		createOptions: ['requestsInParallel'],
		triggerOptions: ['confirmWithProvider', 'maximumAge', 'respond'],
	},
	EFundPay: {
		order: {
			amount: '20.50',
			currency: 'HKD',
			description: 'One box of tea',
			successUrl: 'https://shop.example/ok',
			buyerName: 'Ada Lovelace',
		},
		money: { amount: '20.50', currency: 'HKD' },
		withStatus: (payload, word) => replaced(payload, 'payment_status', word),
		signatureHeader: 'signature',
		cardNumber: '4000000000000002',
		values: {
			cardNumber: '4000000000000002',
			cardExpirationDate: '12/39',
			cardSecurityCode: '123',
			buyerIp: '203.0.113.7',
			method: 'alipay',
		},
		operations: {
			checkout: ['create', 'waitForPayment'],
			transaction: ['create', 'get', 'getAll'],
			refund: ['create', 'get', 'getAll'],
			callback: ['compare', 'verify'],
		},
		amountUnits: ['major', 'smallest'],
		callback: ['resumeExecution', 'url'],
		createOptions: ['attempt', 'requestsInParallel'],
		triggerOptions: ['respond'],
	},
	WooshPay: {
		order: {
			amount: '20.50',
			currency: 'GBP',
			description: 'One box of tea',
			successUrl: 'https://shop.example/ok',
			cancelUrl: 'https://shop.example/no',
		},
		money: { amount: '20.50', currency: 'GBP' },
		withStatus: (payload, word) => replaced(payload, 'type', `payment_intent.${word}`),
		signatureHeader: 'wooshpay-signature',
		values: { updateFields: { nickname: 'Winter' } },
		operations: {
			checkout: ['create', 'get'],
			product: ['create'],
			price: ['create', 'get', 'update'],
			payment: ['get'],
			refund: ['create', 'get'],
			callback: ['compare', 'verify'],
		},
		amountUnits: ['major', 'smallest'],
		callback: [],
		createOptions: ['attempt', 'requestsInParallel', 'retry'],
		triggerOptions: ['additionalProviderEvents', 'confirmWithProvider', 'maximumAge', 'respond'],
	},
	ChingChingPay: {
		order: {
			amount: '20.50',
			currency: 'HKD',
			description: 'One box of tea',
			channelId: '1',
			paymentMethod: 'ANY_METHOD',
		},
		money: { amount: '20.50', currency: 'HKD' },
		withStatus: (payload, word) => replaced(payload, 'status', word),
		signatureHeader: 'x-signature',
		operations: {
			checkout: ['create', 'createLink', 'waitForPayment'],
			transaction: ['get'],
			payment: ['get'],
			refund: ['create'],
			settlement: ['getAll', 'download'],
			callback: ['compare', 'verify'],
		},
		amountUnits: ['major', 'smallest'],
		callback: ['none', 'resumeExecution', 'url'],
		createOptions: ['requestsInParallel'],
		triggerOptions: ['confirmWithProvider', 'respond'],
	},
	TokenPay: {
		order: { amount: '20.50', chain: 'TRON', currency: 'USDT', description: 'One box of tea' },
		money: { amount: '20.5', currency: 'USDT' },
		withStatus: (payload, word) => replaced(payload, 'trade_state', word),
		signatureHeader: 'ttpay-signature',
		operations: {
			checkout: ['create', 'get', 'close', 'waitForPayment'],
			currency: ['getAll'],
			balance: ['get'],
			callback: ['compare', 'verify'],
		},
		amountUnits: [],
		callback: ['none', 'resumeExecution', 'url'],
		createOptions: ['requestsInParallel'],
		triggerOptions: ['confirmWithProvider', 'maximumAge', 'respond'],
	},
};
