import { EFundPayApi } from '../../../credentials/EFundPayApi.credentials';
import { eFundPayProvider } from '../../../nodes/EFundPay/eFundPay.provider';
import { eFundPayCredentialTest } from '../../../nodes/EFundPay/eFundPay.credentialTest';
import {
	baseUrlOf,
	getTransactionCall,
	type EFundPayCredentials,
} from '../../../nodes/EFundPay/eFundPay.contract';
import { listTransactionsCall } from '../../../nodes/EFundPay/eFundPay.transactions';
import type { HttpReply } from '../../../nodes/shared/core/contract';
import {
	changed,
	placesOf,
	plainOrder,
	type LiveProvider,
	type Observation,
	type Step,
} from '../provider';
import type { Session } from '../session';
import { create, createCall, lookUp, testKey, wrongKey } from '../steps';

const credentialsOf = (session: Session) => session.credentials as unknown as EFundPayCredentials;
const list = (session: Session) => listTransactionsCall({}, 1, null, credentialsOf(session));

const withoutAccount: Step = {
	asks: 'The list of transactions without the header x-merchant-account-id',
	requests: 1,
	run: async (session) => {
		const { status } = await session.send(list(session), { without: 'x-merchant-account-id' });
		return [
			{
				unknown: 'merchantAccount',
				found: status < 300 ? 'optional' : 'required',
				means: status < 300 ? 'Merchant Account ID may stay empty.' : 'Enter Merchant Account ID.',
			},
		];
	},
};

const wrongRequest: Step = {
	asks: 'Create a checkout without a currency, which is refused',
	requests: 1,
	run: async (session) => {
		const { status } = await session.send(
			changed(createCall(session, '-wrong'), { currency: undefined }),
		);
		return [
			{
				unknown: 'wrongRequest',
				found: { 400: 'badRequest', 422: 'unprocessable' }[status] ?? `HTTP ${status}`,
				means:
					'A status from 400 to 499 is a refusal; with any other, attach the report to an issue.',
			},
		];
	},
};

const withoutCart: Step = {
	asks: 'Create a second checkout over 1.00 USD, without cart_items',
	requests: 1,
	run: async (session) => {
		const { status } = await session.send(
			changed(createCall(session, '-without-cart'), { cart_items: undefined }),
		);
		return [
			{
				unknown: 'cartItems',
				found: status < 300 ? 'optional' : 'required',
				means:
					status < 300
						? 'Description may stay empty.'
						: 'Fill in Description or Line Items in every Create Checkout.',
			},
		];
	},
};

function readCreated({ body }: HttpReply): Observation[] {
	const links = placesOf(body, (value) => typeof value === 'string' && /^https?:/.test(value));
	const link =
		links.find((place) => /payment_url|approval_url|link/i.test(place)) ?? links[0] ?? '';
	const path = link.split('.');
	return [
		{
			unknown: 'linkName',
			found: path.at(-1) ?? '',
			means: 'The names payment_url_link, payment_url and approval_url are read.',
		},
		{
			unknown: 'linkPlace',
			found: path.length > 1 ? (path.at(-2) ?? '') : 'top',
			means:
				'If checkoutUrl is empty in n8n although a link stands there, switch Simplify off and attach the report to an issue.',
		},
	];
}

const otherUnits = (callbackAmounts: string) => ({ otherSettings: true, callbackAmounts });

export const efundpay: LiveProvider = {
	...eFundPayProvider,
	name: 'efundpay',
	credential: EFundPayApi,
	test: eFundPayCredentialTest,
	needs: ['secretKey'],
	testHosts: ['sandbox.efundpay.com'],
	address: (credentials) => baseUrlOf(credentials as unknown as EFundPayCredentials),
	pauseMilliseconds: 200,
	paidWords: { field: 'paidStatuses', label: 'Paid Statuses' },
	amountSettings: [otherUnits('major'), otherUnits('smallest')],
	unknowns: {
		wrongKey: {
			question: 'The status of a wrong key',
			changes: '`judge` in `eFundPay.credentialTest.ts`',
		},
		errors: {
			question: 'Where the words of an error stand',
			changes: '`failure` in `eFundPay.contract.ts`',
		},
		merchantAccount: {
			question: 'Whether the merchant account has to be named',
			changes: 'field *Merchant Account ID*',
		},
		wrongRequest: {
			question: 'The status of a wrong request',
			changes: '`failure` in `eFundPay.contract.ts`',
		},
		linkName: {
			question: "Name of the payer's link",
			changes: '`payerLink` in `eFundPay.contract.ts`',
		},
		linkPlace: {
			question: "Place of the payer's link",
			changes: '`payerLink` in `eFundPay.contract.ts`',
		},
		cartItems: {
			question: 'Whether a checkout needs cart_items',
			changes: 'field *Description*; `createCheckoutCall` in `eFundPay.contract.ts`',
		},
		openStatus: { question: 'The status of an unpaid transaction', changes: '`statuses.ts`' },
		callback: {
			question: 'How a callback is signed',
			changes: 'fields *Signature Hash*, *Signed Text*; `signature.ts`',
		},
		callbackBody: {
			question: 'What a callback says',
			changes: 'field *Paid Statuses*; `statuses.ts`',
		},
		callbackAmount: {
			question: 'The unit of the amount in a callback',
			changes: 'field *Amounts in Callbacks*',
		},
		acknowledgement: {
			question: 'What acknowledges a callback',
			changes: '`acknowledgement` in `eFundPay.contract.ts`',
		},
	},
	order: (reference, callbackUrl) => ({
		// Its checkouts have to name one; nobody listens there.
		...plainOrder(reference, callbackUrl ?? 'https://example.com/callback', {
			amount: '1.00',
			currency: 'USD',
		}),
		buyer: { name: 'Live Check', email: 'live-check@example.com', more: {} },
		country: null,
		billingDetails: null,
		shippingDetails: null,
		metadata: null,
		attempt: 1,
	}),
	steps: [
		testKey,
		wrongKey('transactions', { secretKey: 'sk_test_a-key-that-nobody-has' }, list),
		withoutAccount,
		create('a checkout over 1.00 USD', readCreated),
		lookUp('openStatus', (session) =>
			getTransactionCall(session.made?.checkoutId ?? '', credentialsOf(session)),
		),
		wrongRequest,
		withoutCart,
	],
};
