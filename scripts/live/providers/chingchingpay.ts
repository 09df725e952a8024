import { ChingChingPayApi } from '../../../credentials/ChingChingPayApi.credentials';
import { chingChingPayProvider } from '../../../nodes/ChingChingPay/chingChingPay.provider';
import { chingChingPayCredentialTest } from '../../../nodes/ChingChingPay/chingChingPay.credentialTest';
import {
	answerInWords,
	baseUrlOf,
	chingChingPay,
	getTransactionCall,
	NOBODYS_REFERENCE,
	saysUnknownTransaction,
	type ChingChingPayCredentials,
	type ChingChingPayLinkOrder,
} from '../../../nodes/ChingChingPay/chingChingPay.contract';
import { chingChingPayLink } from '../../../nodes/ChingChingPay/chingChingPay.links';
import { listSettlementsCall } from '../../../nodes/ChingChingPay/chingChingPay.settlements';
import { textOrNull } from '../../../nodes/shared/core/exactJson';
import type { HttpReply } from '../../../nodes/shared/core/contract';
import {
	changed,
	placesOf,
	plainOrder,
	Stop,
	valueAt,
	type Fields,
	type LiveProvider,
	type Observation,
	type Step,
} from '../provider';
import type { Session } from '../session';

const credentialsOf = (session: Session) =>
	session.credentials as unknown as ChingChingPayCredentials;

const HEX = ['hexLower', 'hexUpper'];
const ENCODINGS = [...HEX, 'base64'];
const STAMPED = 'x-timestamp: {timestamp}\nx-nonce: {nonce}';
/** What payment services sign, the likeliest first; with the further headers that tell of it. */
const TEXTS: Array<[template: string, headers: string]> = [
	['{body}', ''],
	['{sortedPairs}', ''],
	['{sortedPairs}&key={secret}', ''],
	['{sortedJson}', ''],
	['{pathAndQuery}{body}', ''],
	['{apiPath}{body}', ''],
	['{method}{pathAndQuery}{body}', ''],
	['{key}{body}', ''],
	['{timestamp}.{nonce}.{body}', STAMPED],
	['{timestamp}{nonce}{body}', STAMPED],
	['{timestamp}.{body}', STAMPED],
	['{method}\n{pathAndQuery}\n{timestamp}\n{nonce}\n{body}\n', STAMPED],
];
const HASHED = ['{body}{secret}', '{secret}{body}', '{sortedPairs}&key={secret}'];
const OTHER_KEYS = ['apiKey', 'signingSecretHex', 'signingSecretBase64'];

/** Each way of signing that is tried, as settings of the credential; at most 60. */
export const WAYS: Fields[] = [
	...TEXTS.flatMap(([text, headers]) =>
		ENCODINGS.map((encoding) => way(text, { headers, encoding })),
	),
	...OTHER_KEYS.flatMap((key) => ENCODINGS.map((encoding) => way('{body}', { key, encoding }))),
	...HASHED.flatMap((text) => HEX.map((encoding) => way(text, { algorithm: 'sha256', encoding }))),
];

function way(
	template: string,
	{ headers = '', encoding = '', key = 'signingSecret', algorithm = 'hmacSha256' },
): Fields {
	const named = { '{body}': 'rawBody', '{sortedPairs}': 'sortedPairs' }[template];
	return {
		otherSettings: true,
		requestKeySource: key,
		requestSignedText: named ?? 'template',
		requestTemplate: named === undefined ? template : '',
		requestAlgorithm: algorithm,
		requestEncoding: encoding,
		requestHeaders: headers,
	};
}

/** Two members that are not in order, or sorted JSON would be the body as it is. */
async function ask(
	session: Session,
	credentials: Fields = session.credentials,
): Promise<HttpReply> {
	const call = getTransactionCall(
		{ paymentId: NOBODYS_REFERENCE },
		credentials as unknown as ChingChingPayCredentials,
	);
	return await session.send(changed(call, { merchant_reference: NOBODYS_REFERENCE }), {
		credentials,
	});
}

/** Words that speak of the signature or the key, in English and Chinese. */
const OF_SIGNATURE = /sign|signature|api.?key|unauthor|签名|簽名|验签|驗簽|密钥|密鑰/i;

/**
 * What an answer says of the signature. Its words decide where they tell; else whether they are the
 * same as for a signature that is certainly wrong.
 */
function isAboutSignature(reply: HttpReply, wrong: HttpReply): boolean {
	const words = answerInWords(reply) ?? reply.text;
	if (saysUnknownTransaction(words)) return false;
	return OF_SIGNATURE.test(words) || words === (answerInWords(wrong) ?? wrong.text);
}

const signing: Step = {
	asks: `Look up a transaction that nobody has: once with a wrong signature, then in one way of signing after the other, until one is not refused for its signature`,
	requests: WAYS.length + 2,
	run: async (session) => {
		const asSet = await ask(session);
		if (asSet.status === 429 || asSet.status >= 500)
			throw new Stop(
				`ChingChingPay answered HTTP ${asSet.status}. Run it again later. Nothing more was sent.`,
			);
		if (asSet.status < 300 && saysUnknownTransaction(answerInWords(asSet) ?? ''))
			return found(session, asSet, {});
		const wrong = await ask(session, {
			...session.credentials,
			signingSecret: 'a-secret-that-nobody-has',
		});
		if (!isAboutSignature(asSet, wrong)) return found(session, asSet, {});
		for (const settings of WAYS) {
			const credentials = { ...session.credentials, ...settings };
			if (chingChingPay.credentialProblem?.(credentials as never) !== undefined) continue;
			const reply = await ask(session, credentials);
			if (reply.status === 429)
				throw new Stop(
					'ChingChingPay asks to slow down. Ask it before you run this again, so that your key is not blocked. Nothing more was sent.',
				);
			if (!isAboutSignature(reply, wrong)) return found(session, reply, settings);
		}
		throw new Stop(
			"Every known way of signing was refused. Check 'API Key' and 'Signing Secret'; if they are right, ask ChingChingPay for an example of a signed request. Nothing more was sent.",
		);
	},
};

function found(session: Session, reply: HttpReply, settings: Fields): Observation[] {
	session.credentials = { ...session.credentials, ...settings };
	const isAsSet = Object.keys(settings).length === 0;
	const {
		requestKeySource,
		requestSignedText,
		requestTemplate,
		requestAlgorithm,
		requestEncoding,
	} = settings;
	return [
		{
			unknown: 'signing',
			found: isAsSet
				? 'as set'
				: [
						requestKeySource,
						requestTemplate || requestSignedText,
						requestAlgorithm,
						requestEncoding,
					].join(' '),
			means: isAsSet
				? 'Requests are signed as the credential has it: set nothing.'
				: "Switch on 'My Provider Told Me Other Settings' and enter what stands under 'Set this in the credential'.",
			settings,
		},
		{
			unknown: 'refusals',
			found: `HTTP ${reply.status}, code ${textOrNull(valueAt(reply.body, 'code')) ?? 'none'}, words in ${wordsAt(reply)}`,
			means: saysUnknownTransaction(answerInWords(reply) ?? '')
				? 'It is understood as: no such transaction.'
				: 'Its words are not understood as: no such transaction. Read them in the report and attach it to an issue.',
		},
	];
}

const wordsAt = ({ body }: HttpReply) =>
	typeof valueAt(body, 'message') === 'string' ? 'message' : 'data.message';

const createLink: Step = {
	asks: 'Create a payment link over 0.10 HKD',
	requests: 1,
	run: async (session) => {
		const { provider, reference, callbackUrl, credentials } = session;
		const order = provider.order(reference, callbackUrl, credentials) as ChingChingPayLinkOrder;
		const call = chingChingPayLink.checkout.call(order, credentialsOf(session));
		const reply = await session.send(call);
		const link = placesOf(
			valueAt(reply.body, 'data'),
			(value) => typeof value === 'string' && /^https?:/.test(value),
		)[0];
		if (reply.status >= 300 || link === undefined)
			throw new Stop(
				`ChingChingPay made no link (HTTP ${reply.status}); its words are in the report. Correct what it names. Nothing more was sent.`,
			);
		const code = textOrNull(valueAt(reply.body, 'code')) ?? 'none';
		const isKnown = code === 'none' || code === '0';
		if (!isKnown)
			session.credentials = { ...session.credentials, otherSettings: true, successCodes: code };
		session.made = chingChingPayLink.checkout.result(reply, {
			order,
			call,
			credentials: credentialsOf(session),
		});
		return [
			{
				unknown: 'successCode',
				found: code,
				means: isKnown
					? 'It counts as success: set nothing.'
					: `Switch on 'My Provider Told Me Other Settings' and enter ${code} in 'Success Codes'.`,
				...(!isKnown && { settings: { otherSettings: true, successCodes: code } }),
			},
			{
				unknown: 'link',
				found: link,
				means:
					"The payer's link is read from payment_link; if it stands elsewhere, attach the report to an issue.",
			},
		];
	},
};

const readBack: Step = {
	asks: 'Look up what was made',
	requests: 1,
	run: async (session) => {
		const { body } = await session.send(
			getTransactionCall({ reference: session.reference }, credentialsOf(session)),
		);
		const data = valueAt(body, 'data');
		const place = placesOf(
			data,
			(value, name) =>
				/^(status|state|\w+_(status|state))$/i.test(name) && typeof value !== 'object',
		)[0];
		if (place === undefined)
			return [
				{
					unknown: 'statusField',
					found: 'none',
					means: 'No status yet: run --listen, pay, and read the callback.',
				},
			];
		const isUsual = place === 'status';
		return [
			{
				unknown: 'statusField',
				found: `${place}: ${String(valueAt(data, place))}`,
				means: isUsual
					? 'The status is read from there. The word that stands there after a payment belongs into Paid Values.'
					: `Switch on 'My Provider Told Me Other Settings' and enter ${place} in 'Status Field'.`,
				...(!isUsual && { settings: { otherSettings: true, statusPath: place } }),
			},
		];
	},
};

const settlements: Step = {
	asks: 'List one settlement, which has no body to sign',
	requests: 1,
	run: async (session) => {
		const reply = await session.send(
			listSettlementsCall({} as never, 1, 1, credentialsOf(session)),
		);
		const isRefused = OF_SIGNATURE.test(answerInWords(reply) ?? '') || reply.status === 401;
		return [
			{
				unknown: 'getSigning',
				found: isRefused ? 'refused' : 'fits',
				means: isRefused
					? 'Settlement: Get Many and Payment: Get do not work with these settings: attach the report to an issue.'
					: 'Requests without a body are signed in the same way.',
			},
		];
	},
};

export const chingchingpay: LiveProvider = {
	...chingChingPayProvider,
	name: 'chingchingpay',
	credential: ChingChingPayApi,
	test: chingChingPayCredentialTest,
	needs: ['apiKey', 'signingSecret', 'merchantId'],
	testHosts: ['test-api.chingchingpay.com'],
	address: (credentials) => baseUrlOf(credentials as unknown as ChingChingPayCredentials),
	pauseMilliseconds: 1000,
	warning:
		'this tries ways of signing, most of which are wrong. ChingChingPay might block a key for that: use a test key, and tell ChingChingPay first.',
	paidWords: { field: 'paidValues', label: 'Paid Values' },
	unknowns: {
		signing: {
			question: 'How requests are signed',
			changes:
				'fields *Request Key* to *Further Headers*; `STANDARD` in `chingChingPay.settings.ts`',
		},
		refusals: {
			question: 'How a request is refused',
			changes: '`answerInWords`, `saysUnknownTransaction`',
		},
		successCode: { question: 'The code of success', changes: 'field *Success Codes*' },
		link: {
			question: "Place of the payer's link",
			changes: '`readLink` in `chingChingPay.links.ts`',
		},
		statusField: {
			question: 'Where the status stands',
			changes: 'fields *Status Field*, *Paid Values*',
		},
		getSigning: {
			question: 'How a request without a body is signed',
			changes: '`sortedPairs` in `signature.ts`',
		},
		callback: {
			question: 'How a callback is signed',
			changes: 'field *When a Callback Comes*; `findSetting.ts`',
		},
		callbackBody: { question: 'What a callback says', changes: 'field *Paid Values*; `hints.ts`' },
		callbackAmount: {
			question: 'The unit of the amount in a callback',
			changes: '`readEvent` in `chingChingPay.contract.ts`',
		},
		acknowledgement: {
			question: 'What acknowledges a callback',
			changes: 'field *Acknowledgement Body*',
		},
	},
	order: (reference, callbackUrl) => ({
		...plainOrder(reference, callbackUrl, { amount: '0.10', currency: 'HKD' }),
		merchantId: null,
		storeId: null,
		deviceId: null,
		expiresAt: null,
		paymentType: null,
	}),
	steps: [signing, createLink, readBack, settlements],
};
