import { PayfectApi } from '../../../credentials/PayfectApi.credentials';
import { payfectProvider } from '../../../nodes/Payfect/payfect.provider';
import { payfectCredentialTest } from '../../../nodes/Payfect/payfect.credentialTest';
import { getCheckoutCall, type PayfectCredentials } from '../../../nodes/Payfect/payfect.contract';
import type { HttpReply } from '../../../nodes/shared/core/contract';
import {
	placeOfWords,
	placesOf,
	plainOrder,
	spellingOfTime,
	valueAt,
	type LiveProvider,
	type Observation,
	type Step,
	Stop,
} from '../provider';
import type { Session } from '../session';
import { create, lookUp, wrongKey } from '../steps';

const NOBODYS = '00000000-0000-4000-8000-000000000000';

const credentialsOf = (session: Session) => session.credentials as unknown as PayfectCredentials;

/** No call that only checks a key is documented, and n8n's Test knows but one form of error. */
const unknownCheckout: Step = {
	asks: 'A look-up of a checkout that does not exist, with your key',
	requests: 1,
	run: async (session) => {
		const reply = await session.send(getCheckoutCall(NOBODYS, credentialsOf(session)));
		if (reply.status === 401 || reply.status === 403 || reply.status >= 500)
			throw new Stop(
				`The credential does not work: Payfect answered HTTP ${reply.status}. Check PAYFECT_API_KEY; the callback secret key is a different one. If the key is right, attach the report to an issue. Nothing more was sent.`,
			);
		return [
			{
				unknown: 'unknownCheckout',
				found: `HTTP ${reply.status}, words in ${placeOfWords(reply)}`,
				means: "400 and 404 count as 'not found'; anything else is reported as a refusal.",
			},
		];
	},
};

function readCreated({ body }: HttpReply): Observation[] {
	const merchant = valueAt(body, 'merchant.id') ?? valueAt(body, 'merchant');
	const reference = valueAt(body, 'clientReferenceId');
	const amount = valueAt(body, 'amountTotal');
	return [
		{
			unknown: 'reference',
			found: typeof reference === 'string' ? 'shown' : 'absent',
			means: 'Create gives your reference in either case.',
		},
		{
			unknown: 'amounts',
			found: typeof amount === 'string' ? 'text' : typeof amount,
			means: 'Both are read exactly.',
		},
		{
			unknown: 'merchant',
			found: typeof valueAt(body, 'merchant'),
			means: 'With When a Callback Comes: Ask Payfect, enter this merchant in Merchant ID.',
			...(typeof merchant === 'string' && { settings: { merchantId: merchant } }),
		},
		{
			unknown: 'expiresAt',
			found: spellingOfTime(valueAt(body, 'expiresAt')),
			means:
				'The three spellings milliseconds, seconds and iso are read; otherwise expiresAt is empty.',
		},
		{
			unknown: 'networks',
			found: placesOf(body, (_value, name) => /payment_?method_?options/i.test(name))[0] ?? 'none',
			means: 'What stands there are the coins and networks to offer.',
		},
	];
}

export const payfect: LiveProvider = {
	...payfectProvider,
	name: 'payfect',
	credential: PayfectApi,
	test: payfectCredentialTest,
	needs: ['apiKey'],
	testHosts: [],
	address: ({ baseUrl }) => String(baseUrl),
	pauseMilliseconds: 200,
	unknowns: {
		wrongKey: {
			question: 'The status of a wrong key',
			changes: '`judge` in `payfect.credentialTest.ts`',
		},
		errors: {
			question: 'Where the words of an error stand',
			changes: '`failure` in `payfect.contract.ts`',
		},
		unknownCheckout: {
			question: 'The status for a checkout that does not exist',
			changes: '`judge` in `payfect.credentialTest.ts`, `confirm` in `payfect.contract.ts`',
		},
		reference: {
			question: "Whether Create's answer holds the reference",
			changes: '`readCreatedCheckout` in `payfect.contract.ts`',
		},
		amounts: {
			question: 'Amounts as text or number',
			changes: '`readCheckout` in `payfect.contract.ts`',
		},
		merchant: {
			question: 'How an answer names the merchant',
			changes: 'field *Merchant ID*; `confirm`',
		},
		expiresAt: {
			question: 'How expiry is written',
			changes: '`readTime` in `payfect.contract.ts`',
		},
		networks: {
			question: 'Which coins and networks there are',
			changes: '`currencies.fields.ts`, `docs/providers/payfect.md`',
		},
		openStatus: {
			question: 'The status of an unpaid checkout',
			changes: '`CHECKOUT_STATUS` in `payfect.contract.ts`',
		},
		callback: { question: 'How a callback is signed', changes: '`signature.ts`, `findSetting.ts`' },
		callbackBody: {
			question: 'What a callback says',
			changes: '`readEvent` in `payfect.contract.ts`',
		},
		callbackAmount: {
			question: 'The unit of the amount in a callback',
			changes: '`readEvent` in `payfect.contract.ts`',
		},
		acknowledgement: {
			question: 'What acknowledges a callback',
			changes: 'field *Acknowledgement Body*',
		},
	},
	order: (reference, callbackUrl) => ({
		...plainOrder(reference, callbackUrl, { amount: '1.00', currency: 'usdt' }),
		paymentMethod: null,
	}),
	steps: [
		unknownCheckout,
		wrongKey('a checkout that does not exist', { apiKey: 'a-key-that-nobody-has' }, (session) =>
			getCheckoutCall(NOBODYS, credentialsOf(session)),
		),
		create('a checkout over 1.00 USDT', readCreated),
		lookUp('openStatus', (session) =>
			getCheckoutCall(session.made?.checkoutId ?? '', credentialsOf(session)),
		),
	],
};
