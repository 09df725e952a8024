import type { KeyObject } from 'crypto';
import { acknowledgementOf } from '../shared/core/acknowledgement';
import { withCallbackTag } from '../shared/core/callbackTag';
import { isAbsoluteUrl, readBaseUrl, readPayerLink } from '../shared/core/urls';
import { CallFailure, IN_DOUBT, quotedBody } from '../shared/core/callFailure';
import type {
	AskedFor,
	CallbackProof,
	Checkout,
	CheckoutOrder,
	CheckoutStatus,
	Confirmation,
	HttpCall,
	HttpReply,
	PaymentContract,
	PaymentEventName,
	PaymentEventData,
	Payload,
	ReceivedCallback,
	Refusal,
	Sent,
	SigningInputs,
	Verification,
} from '../shared/core/contract';
import { eventIdOf, eventIdWithAmount } from '../shared/core/eventId';
import {
	ExactNumber,
	isObject,
	mergeExtraFields,
	readJson,
	readUtf8,
	sentBody,
	textOrNull,
	writeJson,
} from '../shared/core/exactJson';
import { readUnixTime } from '../shared/core/unixTime';
import { InputError } from '../shared/core/inputError';
import { omitNull } from '../shared/core/omitNull';
import { checkoutOf } from '../shared/core/outputs';
import { hasRepeatedNames } from '../shared/core/repeatedNames';
import { lookup } from '../shared/core/lookup';
import { namesOf } from '../shared/core/lineItems';
import { fromSmallestUnits, refuseDecimals, withoutFinalZeros } from '../shared/core/money';
import type { CallbackAddress } from '../shared/core/callbackAddress';
import type { MoneyLimits } from '../shared/core/moneyLimits';
import { refusalOf } from './businessCodes';
import { findSetting } from './findSetting';
import { withinLimits } from './tokenPay.limits';
import { deniesOrder, settingsOf, type SettingFields } from './tokenPay.settings';
import { orderAmount, sentAmount } from './orderAmount';
import { REFUSALS, SENTENCES } from './tokenPay.reasons';
import type { Refused, Sentence } from '../shared/core/sentences';
import { openResource } from './encryptedResource';
import {
	hasSignatureHeader,
	isSignedWith,
	readAppSecret,
	readSignedMessage,
	readSignedTime,
	signText,
	type SignedMessage,
} from './signature';
import { verifyWithAny } from '../shared/core/secrets';

/** https://apidoc.tokenpay.me/order/order-creation */
const CREATE = '/v1/transaction/prepayment';
/** https://apidoc.tokenpay.me/order/order-inquiry. POST, although its code samples say GET. */
const QUERY = '/v1/transaction/query';
/** https://apidoc.tokenpay.me/order/order-closure */
const CLOSE = '/v1/transaction/close';
/**
 * The hosted cashier. The current table of order creation lists no other (the old one had
 * `merchant_order`).
 */
const PLATFORM_ORDER = 'platform_order';
/**
 * `original_type` of an order's callback (apidoc.tokenpay.me/description/decrypt-callback); a
 * payout's is another.
 */
const ORDER = 'transaction';
/** https://apidoc.tokenpay.me/error-code/status-code */
const REQUESTS_PER_SECOND = 5;

export interface TokenPayCredentials extends CallbackAddress, MoneyLimits, SettingFields {
	appId: string;
	/** `mch_id`: digits, but a text. */
	merchantId: string;
	appSecret: string;
	appSecretPrevious?: string;
	baseUrl: string;
	/** What `payment_url` is relative to. */
	checkoutBaseUrl: string;
	callbackProof?: CallbackProof;
}

export interface TokenPayOrder extends CheckoutOrder {
	chain: string;
	/** As TokenPay's list of coins states it; absent where it could not be asked or has no such coin. */
	coinDecimals?: number;
	expiresInSeconds: number;
	/** Handed back in the callback, once paid. */
	attach: string | null;
	/** The cashier's language: `en` or `zh_cn`. */
	locale: string | null;
	/** The collecting wallet, for applications that watch a wallet of the merchant's own. */
	toAddress: string | null;
}

/**
 * Source: apidoc.tokenpay.me/description/signature-generation; only POST is signed. Inferred: the
 * scheme word and the commas without blanks, as three public clients have them, and that the header
 * in which the tables want `app_id` is this one: no sample and no client sends one of that name.
 */
function authHeaders(
	credentials: TokenPayCredentials,
	call: HttpCall,
	{ now, nonce }: SigningInputs,
): Record<string, string> {
	if (call.method !== 'POST') return {};
	const key = readAppSecret(credentials.appSecret);
	if (key === undefined)
		throw new InputError(
			SENTENCES.appSecretLength,
			'Copy it again from the TokenPay merchant backend.',
		);
	// Milliseconds, as the page's words say; some of its samples show seconds.
	const timestamp = String(now.getTime());
	const signature = signText(
		[signedPath(call.url, credentials), timestamp, nonce, call.body ?? ''].join('\n'),
		key,
	);
	const { appId, merchantId } = credentials;
	return {
		Authorization: `TTPAY-AES-256-ECB app_id=${appId},mch_id=${merchantId},nonce_str=${nonce},timestamp=${timestamp},signature=${signature}`,
	};
}

/**
 * The path as TokenPay sees it: what a base URL has before `/v1` belongs to a proxy or a sandbox.
 */
function signedPath(url: string, credentials: TokenPayCredentials): string {
	const base = readBaseUrl(credentials.baseUrl);
	if (url.startsWith(`${base}/`)) return url.slice(base.length);
	const { pathname, search } = new URL(url);
	return `${pathname}${search}`;
}

function credentialProblem(credentials: TokenPayCredentials): Sentence | undefined {
	if (!credentials.appId) return SENTENCES.appIdEmpty;
	if (!credentials.merchantId) return SENTENCES.merchantIdEmpty;
	if (!credentials.appSecret) return SENTENCES.appSecretEmpty;
	return readAppSecret(credentials.appSecret) === undefined ? SENTENCES.appSecretLength : undefined;
}

/** A signed request with a JSON body; what a second time would do is for the caller to say. */
export function post(
	path: string,
	body: Record<string, unknown>,
	credentials: TokenPayCredentials,
): Pick<HttpCall, 'method' | 'url' | 'headers' | 'body'> {
	return {
		method: 'POST',
		url: `${readBaseUrl(credentials.baseUrl)}${path}`,
		headers: { 'content-type': 'application/json' },
		body: writeJson(body),
	};
}

function createBody(
	order: TokenPayOrder,
	credentials: TokenPayCredentials,
): Record<string, unknown> {
	if (order.amount === null)
		throw new InputError(
			'A line item has a price ID, which TokenPay does not know',
			'Give name, unitAmount and quantity.',
		);
	refuseUnpayable(order);
	const body = omitNull({
		app_id: credentials.appId,
		mch_id: credentials.merchantId,
		description: order.description ?? namesOf(order.lineItems),
		out_trade_no: order.reference,
		expire_second: order.expiresInSeconds,
		amount: new ExactNumber(orderAmount(order.amount, order, credentials)),
		chain: order.chain,
		currency: order.currency,
		to_address: order.toAddress,
		attach: order.attach,
		locale: order.locale,
		notify_url: notifyUrl(order, credentials),
		return_url: order.successUrl,
		order_type: PLATFORM_ORDER,
	});
	const sent = mergeExtraFields(body, order.extraFields);
	withinLimits({ ...sent, amount: sentAmount(sent.amount, order, credentials) }, credentials);
	return sent;
}

/** With a tag where the callback that comes there is asked about, signed or not. */
function notifyUrl(
	{ callbackUrl }: TokenPayOrder,
	{ appSecret, callbackProof }: TokenPayCredentials,
): string | null {
	return callbackUrl !== null && callbackProof === 'provider'
		? withCallbackTag(callbackUrl, appSecret)
		: callbackUrl;
}

/** Each amount that was typed in, by the decimals of the coin. */
function refuseUnpayable({
	amount,
	lineItems,
	coinDecimals,
	currency,
	chain,
}: TokenPayOrder): void {
	const typed: Array<[string, string]> =
		lineItems.length === 0
			? [[amount ?? '0', 'Amount']]
			: lineItems.map(({ unitAmount }, index) => [
					unitAmount,
					`Line Items ${index + 1}: Unit Amount`,
				]);
	for (const [each, field] of typed)
		refuseDecimals(each, coinDecimals, `${currency} on ${chain}`, field);
}

function createCheckoutCall(order: TokenPayOrder, credentials: TokenPayCredentials): HttpCall {
	// Before an order is made to which no link could be given.
	readBaseUrl(credentials.checkoutBaseUrl, 'Checkout Base URL');
	return {
		...post(CREATE, createBody(order, credentials), credentials),
		// out_trade_no must be unique, but what a repeated one gives is not documented.
		retry: 'never',
		howToFindOut:
			'Use Checkout: Get with this reference: if TokenPay knows the order, it was made.',
	};
}

/**
 * https://apidoc.tokenpay.me/order/order-creation. The answer holds two fields; the rest is what
 * was sent.
 */
function readPrepayment(
	reply: HttpReply,
	{ order, call, credentials }: Sent<TokenPayCredentials, TokenPayOrder>,
): Checkout {
	const data = contentOf(reply);
	const checkoutId = textOrNull(data?.prepay_id);
	const paymentUrl = textOrNull(data?.payment_url);
	const unreadable = (what: string) =>
		new CallFailure(`${what}${quotedBody(reply)}`, {
			advice: `${IN_DOUBT} nevertheless. Use Checkout: Get with this reference before you run this row again.`,
			mayHaveArrived: true,
			made: (checkoutId ?? paymentUrl) !== null,
		});
	if (checkoutId === null) throw unreadable("TokenPay's answer holds no prepay_id");
	if (paymentUrl === null) throw unreadable("TokenPay's answer holds no payment_url");
	const checkoutUrl = cashierAddress(paymentUrl, credentials);
	if (checkoutUrl === null) throw unreadable("TokenPay's payment_url is not an https address");
	const sent = sentBody(call);
	const amount = textOrNull(sentAmount(sent.amount, order, credentials));
	return checkoutOf({
		provider: 'tokenpay',
		checkoutId,
		// The order's own id appears in the query and in the callback only.
		paymentId: null,
		reference: textOrNull(sent.out_trade_no),
		checkoutUrl,
		status: 'open',
		providerStatus: null,
		amount: amount === null ? null : withoutFinalZeros(amount),
		currency: textOrNull(sent.currency),
		expiresAt: expiry(reply, sent.expire_second),
	});
}

/**
 * `payment_url` is relative (`/pay/order?prepay_id=…`). Inferred: it belongs to the API's host,
 * since no page names another.
 */
function cashierAddress(paymentUrl: string, credentials: TokenPayCredentials): string | null {
	const base = readBaseUrl(credentials.checkoutBaseUrl, 'Checkout Base URL');
	const address = isAbsoluteUrl(paymentUrl)
		? paymentUrl
		: `${base}/${paymentUrl.replace(/^\//, '')}`;
	return readPayerLink(address, base);
}

/** Inferred: counted from the answer's own Date header, for which no clock of ours is needed. */
function expiry(reply: HttpReply, seconds: unknown): string | null {
	const answeredAt = Date.parse(reply.headers.date ?? '');
	return Number.isNaN(answeredAt) || typeof seconds !== 'number'
		? null
		: isoTime(answeredAt + seconds * 1000);
}

function isoTime(milliseconds: number): string | null {
	const date = new Date(milliseconds);
	return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

export type OrderKey = { reference: string } | { paymentId: string };

/**
 * Both ids in the body, as in the worked example of the signing page; the table of the query page
 * says query string.
 */
export function getOrderCall(key: OrderKey, credentials: TokenPayCredentials): HttpCall {
	const { appId, merchantId } = credentials;
	const id =
		'reference' in key ? { out_trade_no: key.reference } : { transaction_id: key.paymentId };
	return {
		...post(QUERY, { app_id: appId, mch_id: merchantId, ...id }, credentials),
		retry: 'idempotent',
	};
}

/**
 * `trade_state` of ttpay.io/doc/en/api/intro/structure.html. Inferred: CLOSED is what closing and
 * running out of time both lead to.
 */
const STATES: Record<string, { status: CheckoutStatus; event: PaymentEventName }> = {
	SUCCESS: { status: 'paid', event: 'payment.succeeded' },
	REFUND: { status: 'refunded', event: 'refund.succeeded' },
	NOTPAY: { status: 'open', event: 'payment.pending' },
	CLOSED: { status: 'canceled', event: 'payment.canceled' },
};
const UNKNOWN_STATE = { status: 'unknown', event: 'unknown' } as const;

const stateOf = (word: string | null) => lookup(STATES, word) ?? UNKNOWN_STATE;

/** https://ttpay.io/doc/en/api/intro/structure.html (TransactionDetail) */
export function readOrderReply(reply: HttpReply, credentials: TokenPayCredentials): Checkout {
	const detail = contentOf(reply);
	if (detail === undefined)
		throw new CallFailure("TokenPay's answer holds no order", {
			advice: 'Ask TokenPay, or look into its merchant backend.',
		});
	const providerStatus = textOrNull(detail.trade_state);
	return checkoutOf({
		provider: 'tokenpay',
		checkoutId: null,
		paymentId: textOrNull(detail.transaction_id),
		reference: textOrNull(detail.out_trade_no),
		status: stateOf(providerStatus).status,
		providerStatus,
		...moneyOf(detail, credentials),
		expiresAt: readUnixTime(detail.expire_time),
	});
}

/**
 * Inferred: `amount` counts smallest units, of which a coin has 10^`decimals` (15000000 and 6 are
 * 15 TRX, as the balance page's sample fits too), unless the credential says whole coins.
 */
function moneyOf(
	detail: Payload,
	credentials: TokenPayCredentials,
): { amount: string | null; currency: string | null } {
	// An object in the printed sample; third-party code reads a text.
	const coin = isObject(detail.currency) ? detail.currency : { currency: detail.currency };
	return {
		amount:
			settingsOf(credentials).answerAmounts === 'wholeCoins'
				? decimalText(detail.amount)
				: wholeCoins(detail.amount, detail.decimals ?? coin.decimal),
		currency: textOrNull(coin.currency),
	};
}

/**
 * Smallest units as decimal text in whole coins (9000000 and 6 are "9"); null unless both are whole
 * numbers.
 */
export function wholeCoins(units: unknown, decimals: unknown): string | null {
	const exact = /^\d{1,2}$/.test(textOrNull(decimals) ?? '')
		? fromSmallestUnits(units, Number(decimals))
		: null;
	return exact === null ? null : withoutFinalZeros(exact);
}

function decimalText(value: unknown): string | null {
	const text = textOrNull(value) ?? '';
	return /^\d+(\.\d+)?$/.test(text) ? withoutFinalZeros(text) : null;
}

/** Only by the order's own id: closing by out_trade_no is documented nowhere. */
export function closeOrderCall(paymentId: string, credentials: TokenPayCredentials): HttpCall {
	const { appId, merchantId } = credentials;
	return {
		...post(CLOSE, { app_id: appId, mch_id: merchantId, transaction_id: paymentId }, credentials),
		retry: 'never',
		howToFindOut: 'Use Checkout: Get to see whether the order is closed.',
	};
}

/**
 * Inferred: a success means that the order is closed; the answer has no content. `known` is the
 * order as it was looked up before.
 */
export function readClosedOrder(
	reply: HttpReply,
	paymentId: string,
	known: Checkout | undefined,
): Checkout {
	if (!isSuccess(reply))
		throw new CallFailure(`TokenPay's answer has no code${quotedBody(reply)}`, {
			advice: 'Use Checkout: Get to see whether the order is closed.',
			mayHaveArrived: true,
		});
	return checkoutOf({
		provider: 'tokenpay',
		checkoutId: null,
		paymentId,
		reference: known?.reference ?? null,
		status: 'canceled',
		providerStatus: null,
		amount: known?.amount ?? null,
		currency: known?.currency ?? null,
		expiresAt: known?.expiresAt ?? null,
	});
}

/** `msg` is "ok", "success" or Chinese for it; only `code` tells. */
export function isSuccess(reply: HttpReply): boolean {
	return isObject(reply.body) && textOrNull(reply.body.code) === '0';
}

function contentOf(reply: HttpReply): Payload | undefined {
	return isSuccess(reply) && isObject(reply.body) && isObject(reply.body.data)
		? reply.body.data
		: undefined;
}

/** `code` decides; which HTTP status a refusal has is not documented. */
function failure(reply: HttpReply, credentials: TokenPayCredentials): Refusal | undefined {
	if (!isObject(reply.body)) return undefined;
	const code = textOrNull(reply.body.code);
	const words = textOrNull(reply.body.msg);
	if (code !== null && code !== '0' && /^\d+$/.test(code)) {
		const refusal = refusalOf(code, words);
		return deniesOrder(code, credentials) ? { ...refusal, notFound: true } : refusal;
	}
	// Only a code says that there is no such order.
	return reply.status === 404 ? { message: words ?? '', notFound: false } : undefined;
}

/**
 * Why an API answer's signature does not hold, in words; undefined if it does or if there is none.
 * Verifying answers is only recommended (apidoc.tokenpay.me/description/signature-verification),
 * and what is signed was seen to differ from the page.
 */
export function replySignatureProblem(
	reply: HttpReply,
	credentials: TokenPayCredentials,
): Sentence | undefined {
	if (!hasSignatureHeader(reply.headers)) return undefined;
	const message = readSignedMessage(reply.headers, reply.bytes);
	if (message === undefined) return SENTENCES.replySignatureIncomplete;
	const isSigned = [credentials.appSecret, credentials.appSecretPrevious].some((secret) => {
		const key = secret ? readAppSecret(secret) : undefined;
		return (
			key !== undefined &&
			isSignedWith(key, message, (body) => (isObject(body) ? [body, body.data] : [body]))
		);
	});
	return isSigned ? undefined : SENTENCES.replySignatureMismatch;
}

/**
 * Source: apidoc.tokenpay.me/description/signature-verification and /description/decrypt-callback.
 */
function verify(received: ReceivedCallback, credentials: TokenPayCredentials): Verification {
	const message = readSignedMessage(received.headers, received.rawBody);
	if (message === undefined) return { genuine: false, ...REFUSALS.missing_header };
	return verifyWithAny([credentials.appSecret, credentials.appSecretPrevious], (secret) =>
		verifyMessage(message, secret, credentials),
	);
}

/**
 * The signature is no real authentication (encrypted blocks of two messages can be combined), so
 * the resource must decrypt as well, and only what was decrypted counts.
 */
function verifyMessage(
	message: SignedMessage,
	secret: string,
	credentials: TokenPayCredentials,
): Verification {
	const key = readAppSecret(secret);
	if (key === undefined) return { genuine: false, ...REFUSALS.app_secret_length };
	if (!isSignedWith(key, message, callbackParts)) {
		return { genuine: false, fault: 'noSecretFits', ...REFUSALS.signature_mismatch };
	}
	const signedAt = readSignedTime(message.timestamp);
	if (signedAt === undefined) return { genuine: false, ...REFUSALS.bad_timestamp };
	const opened = openBody(message.rawBody, key, credentials);
	return opened.genuine ? { ...opened, signedAt } : opened;
}

/**
 * Of answers the live service was seen to sign the content alone, so of callbacks it may be the
 * resource alone. Blocks of a payout and of an order can then be joined so that the payout looks like
 * an order: nothing more than the query of orders says comes of it, and that knows no payouts.
 */
const callbackParts = (body: unknown) => (isObject(body) ? [body, body.resource] : []);

/** The content of a body that is meant for this application. */
function openBody(rawBody: Buffer, key: KeyObject, credentials: TokenPayCredentials): Verification {
	const text = readUtf8(rawBody) ?? '';
	const body = readJson(text);
	if (!isObject(body)) return { genuine: false, ...REFUSALS.body_not_json };
	if (hasRepeatedNames(text)) return { genuine: false, ...REFUSALS.repeated_names };
	if (isAnother(body.app_id, credentials.appId))
		return { genuine: false, ...REFUSALS.other_application };
	if (isAnother(body.mch_id, credentials.merchantId))
		return { genuine: false, ...REFUSALS.other_merchant };
	const opened = openResource(body.resource, key);
	if ('code' in opened) {
		const { isUnknownKind, ...refused } = opened;
		return isUnknownKind
			? { genuine: true, payload: { body }, unreadable: refused }
			: { genuine: false, ...refused };
	}
	const { originalType, content, unverified } = opened;
	if (unverified === undefined) return { genuine: true, payload: { originalType, content } };
	// An order's number can be asked about; of anything else nobody can tell what it is worth.
	return originalType === ORDER && confirm.askFor(readFacts(content, credentials)) !== undefined
		? { genuine: true, payload: { originalType, content }, isHint: true }
		: { genuine: true, payload: { body }, unreadable: unverified };
}

/**
 * WeChat Pay, whose format this is, sends neither id. The secret belongs to one application, and the
 * query asks for this merchant's orders only: another merchant's is none that it knows.
 */
function isAnother(id: unknown, own: string): boolean {
	return id !== undefined && textOrNull(id) !== own;
}

/** `payload` is what `verifyMessage` made: the kind of the resource and its decrypted content. */
function readEvent(payload: Payload, credentials: TokenPayCredentials): PaymentEventData {
	// What could not be opened has no content; it is known by its body.
	const content = isObject(payload.content) ? payload.content : payload;
	const facts = readFacts(content, credentials);
	if (payload.originalType === ORDER) return facts;
	// A payout's content has the same fields: money that leaves must never look like a payment that
	// came in.
	return {
		...facts,
		event: 'unknown',
		status: 'unknown',
		eventId: `${textOrNull(payload.originalType) ?? ''}:${facts.eventId}`,
		raw: payload,
	};
}

/**
 * TransactionDetail (ttpay.io/doc/en/api/intro/structure.html). Inferred: it is the content of an
 * order's callback.
 */
function readFacts(detail: Payload, credentials: TokenPayCredentials): PaymentEventData {
	const providerStatus = textOrNull(detail.trade_state);
	const { status, event } = stateOf(providerStatus);
	const facts = {
		provider: 'tokenpay',
		event,
		checkoutId: null,
		paymentId: textOrNull(detail.transaction_id),
		reference: textOrNull(detail.out_trade_no),
		status,
		providerStatus,
		statusReason: null,
		...moneyOf(detail, credentials),
		livemode: null,
		// pay_time is there only once it is paid; when it was refunded is not told.
		occurredAt: status === 'paid' ? readUnixTime(detail.pay_time) : null,
		raw: detail,
	};
	return { ...facts, eventId: eventId(facts) };
}

/**
 * Inferred: no event id is documented, and a state is told once, apart from a success: an order that
 * was paid after its time can be supplemented with another amount
 * (doc.tokenpay.me/tutorials/how-to-submit-supplement).
 */
function eventId(facts: Omit<PaymentEventData, 'eventId'>): string {
	const { paymentId, reference, providerStatus, raw } = facts;
	return eventIdWithAmount(eventIdOf(paymentId ?? reference, providerStatus, raw), facts);
}

/** What was decrypted, whoever sent it and whatever its "signature" says. */
function readUnsigned(
	{ rawBody }: ReceivedCallback,
	credentials: TokenPayCredentials,
): { payload: Payload } | Refused {
	const verdict = verifyWithAny(
		[credentials.appSecret, credentials.appSecretPrevious],
		(secret) => {
			const key = readAppSecret(secret);
			return key === undefined
				? { genuine: false, ...REFUSALS.app_secret_length }
				: openBody(rawBody, key, credentials);
		},
	);
	if (!verdict.genuine) return verdict;
	return verdict.unreadable === undefined ? { payload: verdict.payload } : verdict.unreadable;
}

/** Whether it opens, and names an order that TokenPay can be asked about. */
function namesOrder(received: ReceivedCallback, credentials: TokenPayCredentials): boolean {
	const hint = readUnsigned(received, credentials);
	return 'payload' in hint && confirm.askFor(readEvent(hint.payload, credentials)) !== undefined;
}

function readConfirmed(
	reply: HttpReply,
	about: AskedFor,
	credentials: TokenPayCredentials,
): PaymentEventData {
	const detail = contentOf(reply);
	// Codes deny an order (businessCodes.ts); whatever else comes without one, such as `{}` of a
	// maintenance, is no answer.
	if (detail === undefined || textOrNull(detail.trade_state) === null)
		throw new CallFailure('its answer holds no order', { advice: '' });
	const found = readFacts(detail, credentials);
	const isAsked =
		('paymentId' in about && found.paymentId === about.paymentId) ||
		('reference' in about && found.reference === about.reference);
	if (!isAsked) throw new CallFailure('its answer is about another order', { advice: '' });
	return found;
}

const confirm: Confirmation<TokenPayCredentials> = {
	readUnsigned,
	askFor({ paymentId, reference, raw }) {
		// A payout is no order: what the query of orders says about its number would be about another.
		if (isObject(raw.content)) return undefined;
		if (paymentId !== null) return { paymentId };
		return reference === null ? undefined : { reference };
	},
	call: (about, credentials) =>
		getOrderCall(
			'paymentId' in about ? about : { reference: 'reference' in about ? about.reference : '' },
			credentials,
		),
	facts: readConfirmed,
	eventId,
	timeOf: ({ raw }) => readUnixTime(raw.pay_time),
	// Inferred: `amount` is what was paid, in the callback and in the query, which print the same
	// fields; where they differ the smaller one counts.
	amountIs: 'received',
	nobodys: { reference: 'n8n-credential-test' },
};

export const tokenPay: PaymentContract<TokenPayCredentials, TokenPayOrder> = {
	provider: 'tokenpay',
	displayName: 'TokenPay',
	authHeaders,
	nonSecretFields: [
		'merchantId',
		'callbackProof',
		'orderAmounts',
		'answerAmounts',
		'unknownOrderCodes',
		'acknowledgementBody',
	],
	credentialProblem,
	rateLimit: { requestsPerSecond: REQUESTS_PER_SECOND, scope: (credentials) => credentials.appId },
	checkout: { call: createCheckoutCall, result: readPrepayment },
	failure,
	callback: {
		setupProblem(credentials) {
			if (
				credentials.appSecretPrevious &&
				readAppSecret(credentials.appSecretPrevious) === undefined
			) {
				return SENTENCES.previousAppSecretLength;
			}
			return credentialProblem(credentials);
		},
		verify,
		findSetting: (received, credentials) =>
			findSetting(received, credentials, () => namesOrder(received, credentials)),
		parseEvent: readEvent,
		tagSecrets: ({ appSecret, appSecretPrevious = '' }) => [appSecret, appSecretPrevious],
		// The order's page does not document it, so the credential has it.
		acknowledgement: (credentials) =>
			acknowledgementOf(settingsOf(credentials).acknowledgementBody),
		// GCM proves the content of a callback, but nothing proves its kind (payout or payment), and
		// whoever may use the credential can make the "signature": so the API always has its say.
		events: [
			'payment.succeeded',
			'payment.canceled',
			'payment.pending',
			'refund.succeeded',
			'unknown',
		],
		proofs: ['signatureAndProvider', 'provider'],
		confirm,
	},
};
