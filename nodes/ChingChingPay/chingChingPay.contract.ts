import { acknowledgementOf } from '../shared/core/acknowledgement';
import { listOf } from '../shared/core/listOf';
import type { Switched } from '../shared/core/otherSettings';
import { withCallbackTag } from '../shared/core/callbackTag';
import {
	blankIn,
	isAbsoluteUrl,
	isPathPart,
	pathPart,
	readBaseUrl,
	readPayerLink,
	withoutFinalSlashes,
} from '../shared/core/urls';
import { CallFailure, IN_DOUBT, quotedBody } from '../shared/core/callFailure';
import type {
	AskedFor,
	CallbackProof,
	Checkout,
	CheckoutOrder,
	Confirmation,
	HttpCall,
	Hint,
	HttpReply,
	PaymentContract,
	PaymentEventData,
	Payload,
	ReceivedCallback,
	Refusal,
	Sent,
	SigningInputs,
	Verification,
} from '../shared/core/contract';
import { eventIdOf } from '../shared/core/eventId';
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
import { omitNull } from '../shared/core/omitNull';
import { checkoutOf } from '../shared/core/outputs';
import { readUnixTime } from '../shared/core/unixTime';
import { InputError } from '../shared/core/inputError';
import { namesOf } from '../shared/core/lineItems';
import { fromMinorUnits, smallestUnits } from '../shared/core/money';
import type { CallbackAddress } from '../shared/core/callbackAddress';
import { sentDecimal, type MoneyLimits } from '../shared/core/moneyLimits';
import { withinLimits } from './chingChingPay.limits';
import { REFUSALS, SENTENCES } from './chingChingPay.reasons';
import type { Refused, Sentence } from '../shared/core/sentences';
import { findSetting } from './findSetting';
import { hintIn, readForm, readHint } from './hints';
import { settingsOf, type OtherSettings } from './chingChingPay.settings';
import {
	furtherHeaders,
	judgeSignature,
	partOfRequestsOnly,
	provesBody,
	signRequest,
	type SigningScheme,
} from './signature';
import { schemeOf, signingKey } from './signingScheme';
import { truncate, quote } from '../shared/core/quote';
import { verifyWithAny } from '../shared/core/secrets';

/*
 * Pages of the documentation, https://apifox.com/apidoc/shared/d926d8a5-fa35-415d-8dcb-d6564b19980a, are named below by their last
 * part: …/api-208767284 is the page of `payments/checkout`.
 */

/** The only host that any page shows; the live one is unknown. */
const TEST_BASE_URL = 'https://test-api.chingchingpay.com/gateway';

/** api-208767284 */
const CHECKOUT = '/api/v1/payments/checkout';
/** api-219518553 */
const QUERY = '/api/v1/payments/transactions/query';
/** api-205804629 */
const PAYMENT_DETAIL = '/api/v1/payments/detail/';
/** api-208767284: HKD or CNY. The page of the link names no list. */
const CHECKOUT_CURRENCIES = ['HKD', 'CNY'];
/** api-208767284: minor units, 10 at the least. */
const LEAST_AMOUNT = 10n;
/** Of the service's own words in an error, which may get into n8n's log. */
const LONGEST_WORDS = 300;
/** Inferred: longer than any order number; what is longer in a callback is not looked up. */
const LONGEST_REFERENCE = 200;
/** Inferred: a reference that nobody has. */
export const NOBODYS_REFERENCE = 'n8n-credential-test-no-such-order';

export interface ChingChingPayCredentials
	extends CallbackAddress, MoneyLimits, Switched<OtherSettings> {
	environment: 'test' | 'custom';
	baseUrl: string;
	apiKey: string;
	signingSecret: string;
	signingSecretPrevious?: string;
	merchantId: string;
	callbackProof: CallbackProof;
	/** Comma- or line-separated. */
	paidValues: string;
}

/** What a checkout and a link have in common. */
export interface ChingChingPayLinkOrder extends CheckoutOrder {
	/** Null: the credential's. */
	merchantId: string | null;
	storeId: string | null;
	deviceId: string | null;
	/** A timestamp as text, passed on as given: its unit is unknown. */
	expiresAt: string | null;
	/** `link` or `checkout` (api-201789332); what the difference is, no page says. */
	paymentType: string | null;
}

export interface ChingChingPayOrder extends Omit<ChingChingPayLinkOrder, 'paymentType'> {
	/**
	 * `sale`, or `command` for requests that move no money, such as getting an authorization code
	 * (api-208767284).
	 */
	transactionType: string;
	/** An integer as text. */
	channelId: string;
	paymentMethod: string;
	/** Sent as a JSON-encoded text. */
	paymentMethodOption: unknown;
	clientIp: string | null;
	/** An order that exists and is to be paid; null makes a new one. */
	checkoutId: string | null;
}

/**
 * The address of the API, without a slash at its end. No page names a live one, so that is a custom
 * one.
 *
 * @throws InputError when a custom one is no absolute URL
 */
export function baseUrlOf({ environment, baseUrl }: ChingChingPayCredentials): string {
	return environment === 'custom' ? readBaseUrl(baseUrl) : TEST_BASE_URL;
}

/**
 * folder-34819081: every request carries both. What is signed is a setting.
 *
 * @throws InputError where the settings cannot sign
 */
function authHeaders(
	credentials: ChingChingPayCredentials,
	call: HttpCall,
	stamp: SigningInputs,
): Record<string, string> {
	const scheme = schemeOf(credentials);
	if ('problem' in scheme) throw new InputError(scheme.problem, 'Correct the credential.');
	const request = { call, basePath: basePathOf(credentials), stamp };
	return {
		...furtherHeaders(request, scheme),
		'x-api-key': credentials.apiKey,
		'x-signature': signRequest(request, scheme),
	};
}

function basePathOf(credentials: ChingChingPayCredentials): string {
	return withoutFinalSlashes(new URL(baseUrlOf(credentials)).pathname);
}

function credentialProblem(credentials: ChingChingPayCredentials): Sentence | undefined {
	const { environment, baseUrl, apiKey } = credentials;
	if (!apiKey) return SENTENCES.apiKeyEmpty;
	if (!signingKey(credentials)) return SENTENCES.signingSecretEmpty;
	const scheme = schemeOf(credentials);
	if ('problem' in scheme) return scheme.problem;
	if (environment !== 'custom' || isAbsoluteUrl(baseUrl)) return undefined;
	const blank = blankIn(baseUrl);
	return blank === undefined ? SENTENCES.baseUrlNotAbsolute : SENTENCES.baseUrlBlank(blank);
}

/** A signed request with a JSON body. `rest` says what a second time would do. */
export function post(
	credentials: ChingChingPayCredentials,
	path: string,
	body: Record<string, unknown>,
	rest: Pick<HttpCall, 'retry' | 'howToFindOut'>,
): HttpCall {
	return {
		method: 'POST',
		url: `${baseUrlOf(credentials)}${path}`,
		headers: { 'content-type': 'application/json' },
		body: writeJson(body),
		...rest,
	};
}

/** A request that only reads. */
export function get(credentials: ChingChingPayCredentials, path: string): HttpCall {
	return { method: 'GET', url: `${baseUrlOf(credentials)}${path}`, retry: 'idempotent' };
}

/**
 * The number is unique (api-219518553), but what a second request with it does is unknown, so it is
 * not repeated.
 */
export const ONCE = {
	retry: 'never',
	howToFindOut:
		"Look it up with the operation 'Get a Transaction' and this reference before you run this row again.",
} as const;

function createCheckoutCall(
	order: ChingChingPayOrder,
	credentials: ChingChingPayCredentials,
): HttpCall {
	if (order.reference === null && order.checkoutId === null) {
		throw new InputError(
			"'Reference' is empty",
			"Enter your own order number, a new one for each order; only with 'Checkout ID' can it be left out.",
		);
	}
	if (!/^\d+$/.test(order.channelId))
		throw new InputError(
			`'Channel ID' is not a whole number: ${quote(order.channelId)}`,
			'Enter the number that ChingChingPay gave you for the channel.',
		);
	if (order.paymentMethod === '')
		throw new InputError(
			"'Payment Method' is empty",
			"Enter a value of ChingChingPay's list of methods.",
		);
	const amount = order.amount === null ? null : minorUnits(order);
	const currency = order.currency === '' ? null : order.currency.toUpperCase();
	refuseMoneyNotTaken(amount, order.currency);
	const body = omitNull({
		...commonFields(order, credentials, amount),
		currency,
		channel_id: new ExactNumber(order.channelId.replace(/^0+(?=\d)/, '')),
		client_ip: order.clientIp,
		payment_id: order.checkoutId,
		payment_method: order.paymentMethod,
		// api-208767284: a JSON-encoded text and not an object.
		payment_method_option:
			order.paymentMethodOption === undefined ? null : JSON.stringify(order.paymentMethodOption),
		transaction_type: order.transactionType,
	});
	return post(
		credentials,
		CHECKOUT,
		withinLimits(mergeExtraFields(body, order.extraFields), credentials),
		ONCE,
	);
}

/** Of the checkout only; `amount` is in the smallest unit. */
function refuseMoneyNotTaken(amount: string | null, currency: string): void {
	if (currency !== '' && !CHECKOUT_CURRENCIES.includes(currency.toUpperCase()))
		throw new InputError(
			`'Currency' ${quote(currency)} is not offered here`,
			`ChingChingPay's checkout takes ${CHECKOUT_CURRENCIES.join(' and ')}.`,
		);
	if (amount !== null && BigInt(amount) < LEAST_AMOUNT)
		throw new InputError(
			`'Amount' is below ChingChingPay's minimum of ${LEAST_AMOUNT.toString()} in the smallest unit (0.10 ${currency.toUpperCase()})`,
			'Raise the amount.',
		);
}

/**
 * What the bodies of a checkout (api-208767284) and a link have in common.
 *
 * @param amount whole number of the smallest unit
 * @throws InputError for a price ID, and where no merchant is named
 */
export function commonFields(
	order: Omit<ChingChingPayLinkOrder, 'paymentType'>,
	credentials: ChingChingPayCredentials,
	amount: string | null,
): Record<string, unknown> {
	// Their amounts are not known here, so the sum would be too small.
	if (order.lineItems.some(({ price }) => price !== undefined)) {
		throw new InputError(
			"'Line Items' hold a price ID",
			'ChingChingPay has no price list: give name, unitAmount and quantity.',
		);
	}
	return {
		amount: amount === null ? null : new ExactNumber(amount),
		currency: order.currency.toUpperCase(),
		merchant_id: merchantIdOf(order.merchantId, credentials),
		merchant_reference: order.reference,
		description: order.description ?? namesOf(order.lineItems),
		complete_url: order.successUrl,
		cancel_url: order.cancelUrl,
		callback_url: taggedCallbackUrl(order.callbackUrl, credentials),
		device_id: order.deviceId,
		store_id: order.storeId,
		expires_at: order.expiresAt,
	};
}

/** With a tag, since the callback that comes there may carry no signature. */
export function taggedCallbackUrl(
	callbackUrl: string | null,
	credentials: ChingChingPayCredentials,
): string | null {
	return callbackUrl === null ? null : withCallbackTag(callbackUrl, signingKey(credentials));
}

function merchantIdOf(own: string | null, { merchantId }: ChingChingPayCredentials): string {
	const id = own ?? merchantId;
	if (!id)
		throw new InputError(
			"'Merchant ID' is empty",
			'Enter it here, or once for all in the credential.',
		);
	return id;
}

/**
 * The whole order in the currency's smallest unit; each line item is converted on its own, so that
 * nothing hides in a sum.
 */
export function minorUnits({ amount, lineItems, amountUnit, currency }: CheckoutOrder): string {
	if (lineItems.length === 0) return smallestUnits(amount ?? '0', amountUnit, currency, 'Amount');
	const units = lineItems.map(
		(item, index) =>
			BigInt(
				smallestUnits(
					item.unitAmount,
					amountUnit,
					currency,
					`Line Items ${index + 1}: Unit Amount`,
				),
			) * BigInt(item.quantity),
	);
	return units.reduce((sum, part) => sum + part, 0n).toString();
}

/**
 * Give the merchant's number where there is one: the page calls the other field "payment ID" in its
 * text (api-219518553).
 */
export function getTransactionCall(
	by: { reference: string } | { paymentId: string },
	credentials: ChingChingPayCredentials,
): HttpCall {
	const body =
		'reference' in by ? { merchant_reference: by.reference } : { transaction_id: by.paymentId };
	return post(credentials, QUERY, body, { retry: 'idempotent' });
}

/** api-205804629 */
export function getPaymentCall(
	checkoutId: string,
	credentials: ChingChingPayCredentials,
): HttpCall {
	return get(credentials, `${PAYMENT_DETAIL}${pathPart(checkoutId, 'Checkout ID')}`);
}

/** `{ code, data, message }`, the same on every page that shows an answer. */
export function dataOf({ body }: HttpReply): Record<string, unknown> {
	return isObject(body) && isObject(body.data) ? body.data : {};
}

/**
 * Inferred: 0 is success; the examples hold 0, but they are placeholders, so the credential can
 * name other codes.
 */
export function succeeded({ body }: HttpReply, credentials: ChingChingPayCredentials): boolean {
	const code = isObject(body) ? textOrNull(body.code) : null;
	const named = listOf(settingsOf(credentials).successCodes);
	return code === null || (named.length === 0 ? ['0'] : named).includes(code);
}

/**
 * The data of an answer to a question. An error may repeat the number that was asked for, or all of
 * an older state: that is no answer.
 */
function answeredData(
	reply: HttpReply,
	credentials: ChingChingPayCredentials,
): Record<string, unknown> {
	if (succeeded(reply, credentials)) return dataOf(reply);
	const words = answerInWords(reply) ?? '';
	throw new CallFailure(`ChingChingPay refused the request: ${words}`, {
		advice: ERROR_ADVICE,
		notFound: saysUnknownTransaction(words),
	});
}

/** Whether a member of an answer says nothing. */
export function isEmpty(value: unknown): boolean {
	return (
		value === null ||
		value === undefined ||
		value === '' ||
		(typeof value === 'object' && Object.keys(value).length === 0)
	);
}

/**
 * What the service says in words and code; undefined if the body is not its envelope. No error code
 * is documented, so they are shown as they come.
 */
export function answerInWords({ body }: HttpReply): string | undefined {
	if (!isObject(body)) return undefined;
	const code = textOrNull(body.code);
	const words = textOrNull(body.message) ?? textOrNull(dataOf({ body } as HttpReply).message);
	if (code === null && words === null) return undefined;
	return [
		(words ?? 'no words').slice(0, LONGEST_WORDS),
		code === null ? '' : `(code ${truncate(code)})`,
	]
		.filter(Boolean)
		.join(' ');
}

/**
 * Inferred: words that deny a transaction, and speak of no key, signature or merchant. The codes
 * are documented nowhere.
 */
export function saysUnknownTransaction(words: string): boolean {
	const thing = '(transaction|order|payment|refund|record|reference|交易|訂單|订单|記錄|记录)';
	const denied = new RegExp(
		`${thing}\\W[^.,;]{0,30}(not found|not exist|doesn't exist|unknown)|(no such|unknown) ${thing}|${thing}[^。，]{0,4}(不存在|未找到|找不到)`,
		'i',
	);
	return (
		denied.test(words) &&
		!/sign|api.?key|secret|auth|merchant(?!.?reference)|商[戶户]|簽|签/i.test(words)
	);
}

function failure(reply: HttpReply, credentials: ChingChingPayCredentials): Refusal | undefined {
	const refused =
		reply.status >= 400 ||
		(!succeeded(reply, credentials) && isEmpty(isObject(reply.body) ? reply.body.data : undefined));
	if (!refused) return undefined;
	const words = answerInWords(reply);
	// Not of itself "not found": a wrong base URL gives a 404, too.
	if (words === undefined)
		return reply.status === 404
			? {
					message: 'there is no such address',
					advice: "Check 'Environment' and 'Base URL' in the credential.",
					notFound: false,
				}
			: undefined;
	if (/sign|簽|签/i.test(words) || reply.status === 401 || reply.status === 403)
		return { message: words, advice: signatureAdvice(credentials), notFound: false };
	return {
		message: words,
		advice: reply.status < 400 ? ERROR_ADVICE : undefined,
		notFound: saysUnknownTransaction(words),
	};
}

const ERROR_ADVICE =
	"Correct what ChingChingPay names, then run it again. If its words mean success, switch on 'My Provider Told Me Other Settings' in the credential and add the code to 'Success Codes'.";

/** What to do about words on the key or the signature. */
export function signatureAdvice({ otherSettings }: ChingChingPayCredentials): string {
	const set = "set 'Request Key', 'Signed Text' and 'Signature Encoding' as they say";
	const how =
		otherSettings === true
			? set
			: `switch on 'My Provider Told Me Other Settings' in the credential, and ${set}; while it is off, the standard values count, whatever was entered before`;
	return `If this is about the key or the signature, check 'API Key' and 'Signing Secret' in the credential. If they are right, ask ChingChingPay how requests are signed, since no readable copy of its documentation tells, then ${how}.`;
}

function readCheckout(
	reply: HttpReply,
	{ order, call, credentials }: Sent<ChingChingPayCredentials, ChingChingPayOrder>,
): Checkout {
	const data = dataOf(reply);
	const nextAction = isObject(data.next_action) ? data.next_action : null;
	const paymentId = paymentIdOf(reply, credentials);
	return checkoutOf({
		...made(sentBody(call), credentials),
		checkoutId: paymentId,
		paymentId: textOrNull(data.transaction_id),
		reference: textOrNull(data.merchant_reference) ?? order.reference,
		...whereToPay(nextAction, credentials),
		// Inferred: where the payer still has something to do, it is open. The values of `result` are
		// unknown, so it never means paid.
		status: nextAction === null ? 'unknown' : 'open',
		providerStatus: textOrNull(data.result),
		nextAction,
	});
}

/** What the answer does not repeat, as it was sent, Extra Request Fields included. */
export function made(
	sent: Record<string, unknown>,
	credentials: ChingChingPayCredentials,
): Pick<Checkout, 'provider' | 'amount' | 'currency' | 'expiresAt' | 'livemode'> {
	return {
		provider: 'chingchingpay',
		amount: fromMinorUnits(sentDecimal(sent.amount), sent.currency),
		currency: textOrNull(sent.currency),
		expiresAt: readUnixTime(sent.expires_at),
		livemode: livemodeOf(credentials),
	};
}

/**
 * Where it lacks, an answer that says success and holds anything else tells of something that was
 * made.
 */
export function paymentIdOf(reply: HttpReply, credentials: ChingChingPayCredentials): string {
	const data = dataOf(reply);
	const paymentId = textOrNull(data.payment_id);
	if (paymentId === null)
		throw unreadable('payment_id', reply, succeeded(reply, credentials) && !isEmpty(data));
	return paymentId;
}

/** @param isMade the answer says success and holds something of what was made */
export function unreadable(field: string, reply: HttpReply, isMade = false): CallFailure {
	const words = answerInWords(reply);
	return new CallFailure(
		`ChingChingPay's answer holds no ${field}${words === undefined ? quotedBody(reply) : `: ${words}`}`,
		{
			advice: `${IN_DOUBT} nevertheless. ${ONCE.howToFindOut}`,
			mayHaveArrived: true,
			made: isMade,
		},
	);
}

function livemodeOf({ environment }: ChingChingPayCredentials): boolean | null {
	return environment === 'test' ? false : null;
}

/**
 * The one link or text out of `next_action` (api-208767284). Which object is filled in counts, not
 * `type`, whose values are unknown. Inferred: a redirect by POST, or one with parameters, is no
 * link that could be sent; it stays in `nextAction`.
 */
function whereToPay(
	nextAction: Record<string, unknown> | null,
	credentials: ChingChingPayCredentials,
): Pick<Checkout, 'checkoutUrl' | 'qrCode'> {
	const redirect = isObject(nextAction?.redirect_to_url) ? nextAction.redirect_to_url : {};
	const display = isObject(nextAction?.display_qr_code) ? nextAction.display_qr_code : {};
	const isLink =
		/^(get)?$/i.test(textOrNull(redirect.http_method) ?? '') &&
		/^(\{\s*\})?$/.test(textOrNull(redirect.params) ?? '');
	const qrCode = textOrNull(display.qr_code);
	return {
		checkoutUrl:
			(isLink ? readPayerLink(redirect.url, baseUrlOf(credentials)) : null) ??
			readPayerLink(display.url, baseUrlOf(credentials)),
		// Whether it is the text or a picture of it is unknown; a picture cannot be drawn as a QR code.
		qrCode: qrCode !== null && /^data:/i.test(qrCode) ? null : qrCode,
	};
}

/** The member at `a.b.c`, own members only. */
function memberAt(fields: Record<string, unknown>, path: string): unknown {
	return path
		.split('.')
		.reduce<unknown>(
			(value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
			fields,
		);
}

function paidValuesOf({ paidValues }: ChingChingPayCredentials): string[] {
	return listOf(paidValues);
}

/** The words of a credential field, separated by commas or lines. */
/** A transaction in the common words (core/contract.ts), from the `data` of a query or from a callback. */
interface Transaction {
	reference: string | null;
	/** The merchant's number of the payment that a refund belongs to. */
	originalReference: string | null;
	transactionId: string | null;
	paymentId: string | null;
	providerStatus: string | null;
	/** The merchant has said that this word means success. */
	successful: boolean;
	kind: 'payment' | 'refund' | 'other';
	amount: string | null;
	currency: string | null;
}

/**
 * Fields of api-219518553 as far as it can be read. Inferred: `transaction_id`, `payment_id` and
 * `transaction_type`, which api-208767284 has.
 */
export function readTransaction(
	data: Record<string, unknown>,
	credentials: ChingChingPayCredentials,
): Transaction {
	const providerStatus = textOrNull(memberAt(data, settingsOf(credentials).statusPath || 'status'));
	const type = textOrNull(data.transaction_type);
	const originalReference = textOrNull(data.original_merchant_reference);
	// The two fields of the original payment are there on refunds only.
	const isRefund =
		type === 'refund' ||
		originalReference !== null ||
		textOrNull(data.original_payment_reference) !== null;
	const kind = type === null || type === 'sale' ? 'payment' : 'other';
	return {
		reference: textOrNull(data.merchant_reference),
		originalReference,
		transactionId: textOrNull(data.transaction_id),
		paymentId: textOrNull(data.payment_id),
		providerStatus,
		successful: providerStatus !== null && paidValuesOf(credentials).includes(providerStatus),
		kind: isRefund ? 'refund' : kind,
		amount: fromMinorUnits(data.amount, data.currency),
		currency: textOrNull(data.currency),
	};
}

/** `unknown` for every status that the merchant has not classified: no value is documented. */
function statusOf({ successful, kind }: Transaction): 'paid' | 'refunded' | 'unknown' {
	if (!successful || kind === 'other') return 'unknown';
	return kind === 'refund' ? 'refunded' : 'paid';
}

const EVENT_OF_STATUS = {
	paid: 'payment.succeeded',
	refunded: 'refund.succeeded',
	unknown: 'unknown',
} as const;

function factsOf(
	data: Record<string, unknown>,
	credentials: ChingChingPayCredentials,
): PaymentEventData {
	const transaction = readTransaction(data, credentials);
	const status = statusOf(transaction);
	// However many words mean paid, a payment is paid once: where one follows the other, the id stays
	// the same.
	const state =
		status === 'unknown'
			? transaction.providerStatus
			: (paidValuesOf(credentials)[0] ?? transaction.providerStatus);
	return {
		provider: 'chingchingpay',
		event: EVENT_OF_STATUS[status],
		eventId: eventIdOf(transaction.transactionId ?? transaction.reference, state, data),
		checkoutId: transaction.paymentId,
		paymentId: transaction.transactionId,
		reference: transaction.reference,
		status,
		providerStatus: transaction.providerStatus,
		statusReason: null,
		amount: transaction.amount,
		currency: transaction.currency,
		livemode: livemodeOf(credentials),
		// `created_at` is when it was begun; nothing that could be read tells when it was paid.
		occurredAt: null,
		raw: data,
	};
}

/** The transaction of a query, as a checkout. */
export function readQueried(reply: HttpReply, credentials: ChingChingPayCredentials): Checkout {
	const data = answeredData(reply, credentials);
	const transaction = readTransaction(data, credentials);
	if (transaction.reference === null && transaction.transactionId === null)
		throw new CallFailure(
			`ChingChingPay's answer holds no transaction${inWords(reply)}`,
			NOT_FOUND,
		);
	return checkoutOf({
		provider: 'chingchingpay',
		checkoutId: transaction.paymentId,
		paymentId: transaction.transactionId,
		reference: transaction.reference,
		status: statusOf(transaction),
		providerStatus: transaction.providerStatus,
		amount: transaction.amount,
		currency: transaction.currency,
		livemode: livemodeOf(credentials),
	});
}

/**
 * api-205804629. Its `status` values are unknown and need not be the transaction's, so it never
 * means paid; the amount's name was not readable.
 */
export function readPayment(reply: HttpReply, credentials: ChingChingPayCredentials): Checkout {
	const data = answeredData(reply, credentials);
	const paymentId = textOrNull(data.payment_id);
	if (paymentId === null)
		throw new CallFailure(`ChingChingPay's answer holds no payment${inWords(reply)}`, NOT_FOUND);
	return checkoutOf({
		provider: 'chingchingpay',
		checkoutId: paymentId,
		paymentId: null,
		reference: textOrNull(data.merchant_reference),
		status: 'unknown',
		providerStatus: textOrNull(data.status),
		amount: null,
		currency: textOrNull(data.currency),
		expiresAt: readUnixTime(data.expires_at),
		livemode: livemodeOf(credentials),
	});
}

function inWords(reply: HttpReply): string {
	const words = answerInWords(reply);
	return words === undefined ? '' : `: ${words}`;
}

const NOT_FOUND = {
	advice:
		'Check the number you look for, and that it was made in the environment of this credential.',
	notFound: true,
};

/** Whether a callback is signed is documented nowhere. Inferred: if so, like a request. */
function verify(
	{ headers, rawBody }: ReceivedCallback,
	credentials: ChingChingPayCredentials,
): Verification {
	const signature = headers['x-signature'] ?? '';
	if (signature === '') {
		return {
			genuine: false,
			...REFUSALS.signature_missing,
		};
	}
	return verifyWithAny([signingKey(credentials), credentials.signingSecretPrevious], (key) => {
		const scheme = schemeOf(credentials, key);
		// Then `signatureProblem` says what is wrong with the credential.
		if ('problem' in scheme) return { genuine: false, ...REFUSALS.signature_mismatch };
		const judged = judgeSignature(signature, { headers, rawBody }, scheme);
		return judged === 'right' ? readSigned(rawBody, scheme) : refusedSignature(judged, scheme);
	});
}

function readSigned(rawBody: Buffer, scheme: SigningScheme): Verification {
	const text = readUtf8(rawBody) ?? '';
	// Sorted pairs leave out where a value ends: `a=1&b=2` may be one field or two.
	if (!provesBody(scheme))
		return { genuine: true, isHint: true, ...(readHint(rawBody) ?? { payload: { text } }) };
	const payload = readJson(text);
	return isObject(payload)
		? { genuine: true, payload }
		: {
				genuine: true,
				payload: readForm(text) ?? { text },
				unreadable: REFUSALS.malformed_body,
			};
}

function refusedSignature(
	judged: 'malformed' | 'mismatch' | 'stampMissing',
	{ encoding }: SigningScheme,
): Verification {
	if (judged === 'stampMissing') return { genuine: false, ...REFUSALS.stamp_missing };
	if (judged === 'malformed')
		return {
			genuine: false,
			...REFUSALS.signature_malformed(encoding === 'base64' ? 'base64' : 'hexadecimal'),
		};
	return {
		genuine: false,
		fault: 'noSecretFits',
		...REFUSALS.signature_mismatch,
	};
}

function readUnsigned({ rawBody }: ReceivedCallback): Hint | Refused {
	return readHint(rawBody) ?? REFUSALS.malformed_unsigned_body;
}

/** What the credential lacks for verifying by the signature alone or among others. */
function signatureProblem(credentials: ChingChingPayCredentials): Sentence | undefined {
	const problem = credentialProblem(credentials);
	if (problem !== undefined) return problem;
	// Of the previous one, where there is one: the current one is looked at already.
	const scheme = schemeOf(credentials, credentials.signingSecretPrevious || undefined);
	if ('problem' in scheme) return scheme.problem;
	const part = partOfRequestsOnly(scheme);
	if (part !== undefined) return SENTENCES.textOfRequests(part);
	return credentials.callbackProof === 'signature' && !provesBody(scheme)
		? SENTENCES.textAlone
		: undefined;
}

/** An object that has one of these is about a transaction of its own. */
const TRANSACTION_FIELDS = [
	'merchant_reference',
	'transaction_id',
	'transaction_type',
	'original_merchant_reference',
	'original_payment_reference',
];

/**
 * Inferred: the names of the query's answer, at the top or under `data`; no page shows a callback.
 * All of it from one of the two, the top first: a refund may hold the data of the sale, whose amount
 * and status are not the refund's.
 */
function readEvent(payload: Payload, credentials: ChingChingPayCredentials): PaymentEventData {
	const isAtTop = TRANSACTION_FIELDS.some((name) => textOrNull(payload[name]) !== null);
	const fields = !isAtTop && isObject(payload.data) ? payload.data : payload;
	return { ...factsOf(fields, credentials), raw: payload };
}

function askFor({ reference, paymentId, raw }: PaymentEventData): AskedFor | undefined {
	if (reference !== null || paymentId !== null) return askForFirst([reference, paymentId, null]);
	// Also of a signed one, which says no more than `unknown` then; of two nobody knows which is meant.
	const hint = hintIn(raw);
	return hint === undefined || hint.besides !== undefined
		? undefined
		: askForFirst(
				[hint.payload.merchant_reference, hint.payload.transaction_id, hint.payload.payment_id].map(
					textOrNull,
				),
			);
}

function askForFirst([reference, paymentId, checkoutId]: Array<string | null>):
	AskedFor | undefined {
	if (reference) return isShort(reference) ? { reference } : undefined;
	if (paymentId) return isShort(paymentId) ? { paymentId } : undefined;
	return checkoutId && isShort(checkoutId) && isPathPart(checkoutId) ? { checkoutId } : undefined;
}

function isShort(id: string): boolean {
	return id.length <= LONGEST_REFERENCE;
}

function readConfirmed(
	reply: HttpReply,
	about: AskedFor,
	credentials: ChingChingPayCredentials,
): PaymentEventData | undefined {
	if ('checkoutId' in about) return readDetail(reply, about.checkoutId, credentials);
	const data = answeredData(reply, credentials);
	const found = factsOf(data, credentials);
	// Only an answer that says "no such thing" in the documented envelope denies a payment; anything
	// else is no answer.
	if (found.reference === null) {
		if (isObject(reply.body) && 'data' in reply.body && isEmpty(reply.body.data)) return undefined;
		throw new CallFailure(`its answer holds no merchant_reference${inWords(reply)}`, {
			advice: '',
		});
	}
	if ('reference' in about && found.reference !== about.reference)
		throw new CallFailure('its answer is about another transaction', { advice: '' });
	if (!('paymentId' in about)) return found;
	if (found.paymentId !== null && found.paymentId !== about.paymentId)
		throw new CallFailure('its answer is about another transaction', { advice: '' });
	// Inferred: that the answer repeats this number.
	return { ...found, paymentId: about.paymentId };
}

/** The order's number, to ask for its transaction; whether it is paid a detail does not tell. */
function readDetail(
	reply: HttpReply,
	asked: string,
	credentials: ChingChingPayCredentials,
): PaymentEventData {
	const { checkoutId, reference } = readPayment(reply, credentials);
	if (checkoutId !== asked)
		throw new CallFailure('its answer is about another payment', { advice: '' });
	const facts = factsOf({ payment_id: checkoutId, merchant_reference: reference }, credentials);
	return { ...facts, raw: dataOf(reply) };
}

function questionCall(about: AskedFor, credentials: ChingChingPayCredentials): HttpCall {
	if ('checkoutId' in about) return getPaymentCall(about.checkoutId, credentials);
	return getTransactionCall(
		'paymentId' in about
			? { paymentId: about.paymentId }
			: { reference: 'reference' in about ? about.reference : '' },
		credentials,
	);
}

/** Each row may name a merchant of its own; what the credential names is what is compared. */
function contradiction(
	{ raw }: PaymentEventData,
	{ merchantId }: ChingChingPayCredentials,
): Refused | undefined {
	const merchant = textOrNull(raw.merchant_id);
	return merchant === null || !merchantId || merchant === merchantId
		? undefined
		: REFUSALS.other_merchant;
}

const confirm: Confirmation<ChingChingPayCredentials> = {
	readUnsigned,
	askFor,
	call: questionCall,
	facts: readConfirmed,
	thenAskFor: ({ reference }, about) =>
		'checkoutId' in about && reference !== null && isShort(reference) ? { reference } : undefined,
	contradiction,
	timeOf: ({ raw }) => readUnixTime(raw.created_at),
	// Inferred: the amount of a transaction is what moved.
	amountIs: 'received',
	nobodys: { reference: NOBODYS_REFERENCE },
	// How it denies a transaction is documented nowhere: any refusal in its own words that is not
	// about the key or the signature has understood the question.
	isUnderstood: ({ httpStatus = 0, advice }) =>
		httpStatus >= 200 && httpStatus < 500 && advice === ERROR_ADVICE,
};

export const chingChingPay: PaymentContract<ChingChingPayCredentials, ChingChingPayOrder> = {
	provider: 'chingchingpay',
	displayName: 'ChingChingPay',
	authHeaders,
	// Not the template and the headers: a secret may have been written into them.
	nonSecretFields: [
		'environment',
		'merchantId',
		'requestKeySource',
		'requestSignedText',
		'requestAlgorithm',
		'requestEncoding',
		'callbackProof',
		'successCodes',
		'paidValues',
		'statusPath',
		'acknowledgementBody',
	],
	credentialProblem,
	checkout: { call: createCheckoutCall, result: readCheckout },
	failure,
	callback: {
		setupProblem: signatureProblem,
		verify,
		findSetting,
		parseEvent: readEvent,
		tagSecrets: (credentials) => [signingKey(credentials), credentials.signingSecretPrevious ?? ''],
		// Documented nowhere, so the credential has it.
		acknowledgement: (credentials) =>
			acknowledgementOf(settingsOf(credentials).acknowledgementBody),
		waitProblem: (credentials) =>
			paidValuesOf(credentials).length > 0 ? undefined : SENTENCES.paidValuesEmpty,
		events: ['payment.succeeded', 'refund.succeeded', 'unknown'],
		proofs: ['provider', 'signature', 'signatureAndProvider'],
		confirm,
	},
};
