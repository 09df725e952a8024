import { WooshPayApi } from '../../../credentials/WooshPayApi.credentials';
import { wooshPayProvider } from '../../../nodes/WooshPay/wooshPay.provider';
import { wooshPayCredentialTest } from '../../../nodes/WooshPay/wooshPay.credentialTest';
import { getCheckoutCall } from '../../../nodes/WooshPay/wooshPay.contract';
import { listEndpointsCall } from '../../../nodes/WooshPay/wooshPay.endpoints';
import { apiUrl, type WooshPayCredentials } from '../../../nodes/WooshPay/wooshPay.requests';
import type { HttpReply } from '../../../nodes/shared/core/contract';
import {
	changed,
	plainOrder,
	spellingOfTime,
	valueAt,
	type LiveProvider,
	type Observation,
	type Step,
} from '../provider';
import type { Session } from '../session';
import { createCall, lookUp, remember, requireSuccess, testKey, wrongKey } from '../steps';

const credentialsOf = (session: Session) => session.credentials as unknown as WooshPayCredentials;

const createSession: Step = {
	asks: 'Create a session over 2.00 GBP; if its members are refused, once more without payment_intent_data',
	requests: 2,
	run: async (session) => {
		const call = createCall(session);
		const first = await session.send(call);
		const isRefused = first.status === 400 && first.text.includes('payment_intent_data');
		const reply = isRefused
			? await session.send(changed(call, { payment_intent_data: undefined }))
			: first;
		requireSuccess(session, reply);
		remember(session, call, reply);
		return [
			{
				unknown: 'paymentData',
				found: isRefused ? 'refused' : 'taken',
				means: isRefused
					? 'Set Extra Request Fields of Create to {"payment_intent_data": null}. The reference then comes in metadata.'
					: 'Create works as it is.',
			},
			...readSession(reply),
		];
	},
};

function readSession({ body }: HttpReply): Observation[] {
	const status = `${String(valueAt(body, 'status'))}/${String(valueAt(body, 'payment_status'))}`;
	return [
		{
			unknown: 'times',
			found: spellingOfTime(valueAt(body, 'expires_at') ?? valueAt(body, 'created')),
			means: 'Milliseconds and seconds are read; with anything else expiresAt is empty.',
		},
		{
			unknown: 'amountUnit',
			found: `${String(valueAt(body, 'amount_total'))} for 2.00 GBP, status ${status}`,
			means:
				'Open the payment page: it must show £2.00. If it shows £200 or £0.02, pay nothing and attach the report to an issue.',
		},
	];
}

export const wooshpay: LiveProvider = {
	...wooshPayProvider,
	name: 'wooshpay',
	credential: WooshPayApi,
	test: wooshPayCredentialTest,
	needs: ['secretKey'],
	testHosts: ['apitest.wooshpay.com'],
	address: (credentials) => apiUrl(credentials as unknown as WooshPayCredentials),
	pauseMilliseconds: 200,
	paidWords: { field: 'paidValues', label: 'Paid Values' },
	unknowns: {
		wrongKey: {
			question: 'The status of a wrong key',
			changes: '`judge` in `wooshPay.credentialTest.ts`',
		},
		errors: {
			question: 'Where the words of an error stand',
			changes: '`failure` in `wooshPay.contract.ts`',
		},
		paymentData: {
			question: 'Whether a session takes payment_intent_data',
			changes: '*Extra Request Fields*; `createCheckoutCall` in `wooshPay.contract.ts`',
		},
		times: { question: 'How times are written', changes: '`readUnixTime` in `nodes/shared/core`' },
		amountUnit: {
			question: 'The unit of an amount',
			changes: '*Amount Unit*; `money` calls of `wooshPay.contract.ts`',
		},
		openStatus: {
			question: 'The status of an unpaid session',
			changes: 'field *Paid Values* for the paid one; `readCheckout` in `wooshPay.contract.ts`',
		},
		callback: {
			question: 'How a callback is signed',
			changes: '`SIGNATURE_HEADERS` and `checkSignature` in `signature.ts`',
		},
		callbackBody: { question: 'What a callback says', changes: 'field *Paid Values*; `readEvent`' },
		callbackAmount: {
			question: 'The unit of the amount in a callback',
			changes: '`readEvent` in `wooshPay.contract.ts`',
		},
		acknowledgement: {
			question: 'What acknowledges a callback',
			changes: '`acknowledgement` in `wooshPay.contract.ts`',
		},
	},
	order: (reference, callbackUrl) => {
		const order = {
			...plainOrder(reference, callbackUrl, { amount: '2.00', currency: 'GBP' }),
			metadata: {},
			billingAddressCollection: null,
			captureMethod: null,
			customerEmail: null,
			expiresAt: null,
			merchantUserId: null,
			paymentMethodTypes: [],
			attempt: 1,
			retry: false,
		};
		return order;
	},
	steps: [
		testKey,
		wrongKey('webhook endpoints', { secretKey: 'sk_test_a-key-that-nobody-has' }, (session) =>
			listEndpointsCall(credentialsOf(session)),
		),
		createSession,
		lookUp('openStatus', (session) =>
			getCheckoutCall(session.made?.checkoutId ?? '', credentialsOf(session)),
		),
	],
};
