import { TokenPayApi } from '../../../credentials/TokenPayApi.credentials';
import { tokenPayProvider } from '../../../nodes/TokenPay/tokenPay.provider';
import { tokenPayCredentialTest } from '../../../nodes/TokenPay/tokenPay.credentialTest';
import { getOrderCall, type TokenPayCredentials } from '../../../nodes/TokenPay/tokenPay.contract';
import { textOrNull } from '../../../nodes/shared/core/exactJson';
import type { HttpReply } from '../../../nodes/shared/core/contract';
import {
	placesOf,
	plainOrder,
	Stop,
	valueAt,
	type LiveProvider,
	type Observation,
	type Step,
} from '../provider';
import type { Session } from '../session';
import { create } from '../steps';

const credentialsOf = (session: Session) => session.credentials as unknown as TokenPayCredentials;
const codeOf = ({ body }: HttpReply) => textOrNull(valueAt(body, 'code')) ?? 'none';
const query = (session: Session, reference = session.reference) =>
	getOrderCall({ reference }, credentialsOf(session));

/** Those that the package knows without a setting. */
const KNOWN_AS_MISSING = ['0', '12002', '12003'];

/** What is wrong with application, signature or clock (businessCodes.ts). */
const OF_CREDENTIAL = ['100', '103', '104', '11003', '20000', '20001', '20005'];

const unknownOrder: Step = {
	asks: 'Look up an order that does not exist',
	requests: 1,
	run: async (session) => {
		const code = codeOf(await session.send(query(session, `${session.reference}-nobody`)));
		if (code === 'none' || OF_CREDENTIAL.includes(code))
			throw new Stop(
				`The credential does not work: TokenPay answered with code ${code}; its words are in the report. Check TOKENPAY_APP_ID, TOKENPAY_MERCHANT_ID, TOKENPAY_APP_SECRET, this machine's clock and the application's IP whitelist. Nothing more was sent.`,
			);
		const isKnown = KNOWN_AS_MISSING.includes(code);
		return [
			{
				unknown: 'unknownOrder',
				found: `code ${code}`,
				means: isKnown
					? 'It is known: set nothing.'
					: `If the words beside it say that there is no such order: switch on 'My Provider Told Me Other Settings' and enter ${code} in 'Codes of Unknown Orders'.`,
				...(!isKnown && { settings: { otherSettings: true, unknownOrderCodes: code } }),
			},
		];
	},
};

const lookUpAmount: Step = {
	asks: 'Look up what was made',
	requests: 1,
	run: async (session) => {
		const { body } = await session.send(query(session));
		const place = placesOf(body, (_value, name) => name === 'amount')[0] ?? '';
		const amount = textOrNull(valueAt(body, place)) ?? 'none';
		const decimals = placesOf(body, (_value, name) => /^decimals?$/.test(name))[0] ?? '';
		const word = placesOf(body, (_value, name) => name === 'trade_state')[0] ?? '';
		return [
			amountObservation(amount, textOrNull(valueAt(body, decimals)) ?? '6'),
			{
				unknown: 'openStatus',
				found: textOrNull(valueAt(body, word)) ?? 'none',
				means: 'This is the word while nobody has paid.',
			},
		];
	},
};

/** 1 USDT was sent as whole coins. */
function amountObservation(amount: string, decimals: string): Observation {
	const found = `${amount} with ${decimals} decimals`;
	if (amount === `1${'0'.repeat(Number(decimals))}`)
		return {
			unknown: 'amount',
			found,
			means:
				'Orders count whole coins and answers the smallest unit, as the package has it: set nothing.',
		};
	if (Number(amount) === 1)
		return {
			unknown: 'amount',
			found,
			means:
				"Open the payment page before anybody pays. If it asks for 1 USDT, switch on 'My Provider Told Me Other Settings' and set 'Amounts in Answers and Callbacks' to Whole Coins. If it asks for 0.000001 USDT, set 'Amounts in Orders' to Smallest Unit in place of that.",
		};
	if (Number(amount) * 10 ** Number(decimals) === 1)
		return {
			unknown: 'amount',
			found,
			means:
				"Open the payment page: it must ask for 0.000001 USDT. Then switch on 'My Provider Told Me Other Settings', and set 'Amounts in Orders' to Smallest Unit and 'Amounts in Answers and Callbacks' to Whole Coins. If it asks for anything else, attach the report to an issue.",
			settings: { otherSettings: true, orderAmounts: 'smallestUnit', answerAmounts: 'wholeCoins' },
		};
	return {
		unknown: 'amount',
		found,
		means:
			'This is neither unit: create nothing until TokenPay has told you, and attach the report to an issue.',
	};
}

const MINUTE = 60_000;
const clock: Step = {
	asks: 'Look up an order signed 1, 5 and 10 minutes ago',
	requests: 3,
	run: async (session) => {
		const codes: string[] = [];
		for (const minutes of [1, 5, 10]) {
			const now = new Date(Date.now() - minutes * MINUTE);
			codes.push(`${minutes} min: ${codeOf(await session.send(query(session), { now }))}`);
		}
		return [
			{
				unknown: 'clock',
				found: codes.join(', '),
				means: "Code 104 means too old: this server's clock must be right to less than that.",
			},
		];
	},
};

export const tokenpay: LiveProvider = {
	...tokenPayProvider,
	name: 'tokenpay',
	credential: TokenPayApi,
	test: tokenPayCredentialTest,
	needs: ['appId', 'merchantId', 'appSecret'],
	testHosts: [],
	address: ({ baseUrl }) => String(baseUrl),
	// Five a second are documented.
	pauseMilliseconds: 250,
	unknowns: {
		unknownOrder: {
			question: 'The code for an order that does not exist',
			changes: 'field *Codes of Unknown Orders*; `businessCodes.ts`',
		},
		amount: {
			question: 'What an amount counts',
			changes:
				'fields *Amounts in Orders*, *Amounts in Answers and Callbacks*; `STANDARD` in `tokenPay.settings.ts`',
		},
		openStatus: {
			question: 'The status of an unpaid order',
			changes: '`STATES` in `tokenPay.contract.ts`',
		},
		paymentUrl: { question: "Host of the payer's link", changes: 'field *Checkout Base URL*' },
		clock: { question: 'How old a signature may be', changes: '`docs/providers/tokenpay.md`' },
		callback: {
			question: 'How a callback is signed',
			changes: 'field *When a Callback Comes*; `signature.ts`, `encryptedResource.ts`',
		},
		callbackBody: {
			question: 'What a callback says',
			changes: '`readEvent` in `tokenPay.contract.ts`',
		},
		callbackAmount: {
			question: 'The unit of the amount in a callback',
			changes: 'field *Amounts in Answers and Callbacks*',
		},
		acknowledgement: {
			question: 'What acknowledges a callback',
			changes: 'field *Acknowledgement Body*',
		},
	},
	order: (reference, callbackUrl) => ({
		...plainOrder(reference, callbackUrl, { amount: '1', currency: 'USDT' }),
		chain: 'TRON',
		expiresInSeconds: 3600,
		attach: null,
		locale: null,
		toAddress: null,
	}),
	amountSettings: [{ otherSettings: true, answerAmounts: 'wholeCoins' }],
	steps: [
		unknownOrder,
		create('an order over 1 USDT on TRON', ({ body }) => {
			const place = placesOf(body, (_value, name) => name === 'payment_url')[0] ?? '';
			const url = textOrNull(valueAt(body, place)) ?? 'none';
			return [
				{
					unknown: 'paymentUrl',
					found: url.startsWith('/') ? 'relative' : (/^https?:\/\/[^/]+/.exec(url)?.[0] ?? 'none'),
					means:
						"Open the payer's link: if it is no payment page, ask TokenPay for its host and enter it in 'Checkout Base URL'.",
				},
			];
		}),
		lookUpAmount,
		clock,
	],
};
