import {
	blankIn,
	isAbsoluteUrl,
	isPathPart,
	pathPart,
	readBaseUrl,
	readPayerLink,
} from '../shared/core/urls';
import { CallFailure, IN_DOUBT, quotedBody } from '../shared/core/callFailure';
import type {
	AskedFor,
	Checkout,
	CheckoutOrder,
	CheckoutStatus,
	HttpCall,
	HttpReply,
	PaymentContract,
	PaymentEventData,
	Payload,
	Question,
	ReceivedCallback,
	Refusal,
	Sent,
} from '../shared/core/contract';
import {
	ExactNumber,
	isObject,
	mergeExtraFields,
	sentBody,
	textOrNull,
	writeJson,
} from '../shared/core/exactJson';
import { eventIdOf } from '../shared/core/eventId';
import { idempotencyKey } from '../shared/core/idempotencyKey';
import { InputError } from '../shared/core/inputError';
import { omitNull } from '../shared/core/omitNull';
import { checkoutOf } from '../shared/core/outputs';
import { fromMinorUnits, smallestUnits } from '../shared/core/money';
import { utcOfWallTime } from '../shared/core/zonedTime';
import { readPlatformKey } from './rsaKeys';
import { SENTENCES } from './eFundPay.reasons';
import type { Sentence } from '../shared/core/sentences';
import type { CallbackAddress } from '../shared/core/callbackAddress';
import { minorUnitsWithinLimits, type MoneyLimits } from '../shared/core/moneyLimits';
import { verifyCallbackSignature, type SignatureSettings } from './signature';
import { quote } from '../shared/core/quote';
import { findSetting } from './findSetting';
import { settingsOf, type CallbackUnit } from './otherSettings';
import { requestSignature, requestSigningProblem } from './requestSigning';
import { documentedAsUnpaid, paymentMeaning, refundMeaning, transactionStatus } from './statuses';

/** docs.efundflow.com/overview. The version is part of the path. */
const BASE_URLS = { live: 'https://api.efundpay.com/v4', test: 'https://sandbox.efundpay.com/v4' };
const KEY_PREFIXES = { live: 'sk_live_', test: 'sk_test_' };
/** docs.efundflow.com/transactions/checkout */
const CREATE_CHECKOUT = '/checkout/payments';
/** docs.efundflow.com/transactions/get and /transactions/list */
export const TRANSACTIONS = '/transactions';
/** docs.efundflow.com/transactions/create, in the currency's smallest unit. */
const LEAST_UNITS = 100n;
const MOST_UNITS = 99_999_999n;
const LONGEST_REFERENCE = 64;
const HOW_TO_FIND_OUT =
	"EFundPay cannot be searched by reference: look for this reference among the newest of 'Transaction: Get Many' before you run this row again.";

export interface EFundPayCredentials extends SignatureSettings, CallbackAddress, MoneyLimits {
	environment: 'live' | 'test' | 'custom';
	/** Used with `custom` only. */
	baseUrl?: string;
	secretKey: string;
	/** Empty: not sent. */
	merchantAccountId?: string;
}

export interface EFundPayOrder extends CheckoutOrder {
	/** `more` in EFundPay's own spelling. */
	buyer: { name: string | null; email: string | null; more: Record<string, unknown> };
	/** ISO 3166 alpha-2. */
	country: string | null;
	billingDetails: Record<string, unknown> | null;
	shippingDetails: Record<string, unknown> | null;
	/** Of the merchant's own. */
	metadata: Record<string, unknown> | null;
	/** 1, 2, 3 …: another number makes another payment of the same order. */
	attempt: number;
}

/**
 * The address of the API, without a slash at its end.
 *
 * @throws InputError when a custom one is no absolute URL
 */
export function baseUrlOf({ environment, baseUrl }: EFundPayCredentials): string {
	return environment === 'custom' ? readBaseUrl(baseUrl ?? '') : BASE_URLS[environment];
}

function credentialProblem(credentials: EFundPayCredentials): Sentence | undefined {
	const { environment, baseUrl = '' } = credentials;
	if (!credentials.secretKey) return SENTENCES.secretKeyEmpty;
	if (environment === 'custom' && !isAbsoluteUrl(baseUrl)) {
		const blank = blankIn(baseUrl);
		return blank === undefined ? SENTENCES.baseUrlNotAbsolute : SENTENCES.baseUrlBlank(blank);
	}
	return (
		keyProblem(credentials.secretKey, baseUrlOf(credentials)) ??
		requestSigningProblem(credentials) ??
		paidStatusesProblem(credentials)
	);
}

function paidStatusesProblem(credentials: EFundPayCredentials): Sentence | undefined {
	const word = documentedAsUnpaid(credentials);
	return word === undefined ? undefined : SENTENCES.paidStatusKnownAsUnpaid(word);
}

/**
 * docs.efundflow.com/overview: each environment has a host and a key prefix. Inferred: they are not
 * to be mixed.
 */
function keyProblem(secretKey: string, url: string): Sentence | undefined {
	const isFor = (host: string) => isAbsoluteUrl(url) && new URL(url).host === new URL(host).host;
	if (isFor(BASE_URLS.test) && secretKey.startsWith(KEY_PREFIXES.live))
		return SENTENCES.liveKeyForTest;
	if (isFor(BASE_URLS.live) && secretKey.startsWith(KEY_PREFIXES.test))
		return SENTENCES.testKeyForLive;
	return undefined;
}

/**
 * docs.efundflow.com/overview. Inferred: requests are not signed unless the credential says so; no
 * page that could be read lists a signature header. The merchant account is required on the
 * overview, and text or null on the page of transactions.
 */
function authHeaders(credentials: EFundPayCredentials, call: HttpCall): Record<string, string> {
	const problem = credentialProblem(credentials) ?? keyProblem(credentials.secretKey, call.url);
	if (problem !== undefined)
		throw new InputError(problem, 'Correct the credential; nothing was sent.');
	return {
		Authorization: `Bearer ${credentials.secretKey}`,
		...(credentials.merchantAccountId && {
			'x-merchant-account-id': credentials.merchantAccountId,
		}),
		...requestSignature(call, credentials),
	};
}

/** docs.efundflow.com/transactions/checkout: the three addresses stand at the top level here. */
function createCheckoutCall(order: EFundPayOrder, credentials: EFundPayCredentials): HttpCall {
	if (buyerFields(order) === null)
		throw new InputError(
			"'Buyer Name' and 'Buyer Email' are both empty",
			'EFundPay requires a buyer: fill in one of them at least.',
		);
	if (order.successUrl === null)
		throw new InputError(
			"'Success URL' is empty",
			'EFundPay requires the address that the payer is sent to after paying.',
		);
	const body = {
		...orderBody(order),
		redirect_url: order.successUrl,
		webhooks_url: requiredCallbackUrl(order.callbackUrl),
		...omitNull({ cancel_url: order.cancelUrl }),
	};
	return makingCall(
		`${baseUrlOf(credentials)}${CREATE_CHECKOUT}`,
		order,
		writeJson(minorUnitsWithinLimits(mergeExtraFields(body, order.extraFields), credentials)),
	);
}

/** Both pages document `idempotency-key`: the same request is not processed again. */
export function makingCall(
	url: string,
	order: EFundPayOrder,
	body: string,
	hashed = body,
): HttpCall {
	const key = idempotencyKey({ method: 'POST', url, body: hashed }, order.reference, order.attempt);
	const headers = {
		'content-type': 'application/json',
		...omitNull({ 'idempotency-key': key }),
	};
	return {
		method: 'POST',
		url,
		headers,
		body,
		retry: key === undefined ? 'never' : 'idempotencyKey',
		howToFindOut: HOW_TO_FIND_OUT,
	};
}

/**
 * The fields that a hosted checkout and a direct transaction have in common
 * (docs.efundflow.com/transactions/create); amounts in the smallest unit.
 *
 * @throws InputError naming the field that EFundPay would refuse
 */
export function orderBody(order: EFundPayOrder) {
	const reference = readReference(order.reference ?? '', 'Reference', LONGEST_REFERENCE);
	const currency = readCurrency(order.currency);
	if (order.amount === null)
		throw new InputError(
			"'Line Items' hold a price ID",
			'EFundPay has no price list: give name and unit amount.',
		);
	const cartItems = order.lineItems.map(({ name, unitAmount, quantity }, index) => ({
		name,
		quantity,
		unit_amount: new ExactNumber(
			smallestUnits(unitAmount, order.amountUnit, currency, `Line Items ${index + 1}: Unit Amount`),
		),
	}));
	const amount = new ExactNumber(readUnits(order.amount, order.amountUnit, currency));
	const buyer = buyerFields(order);
	// docs.efundflow.com/transactions/create requires the list; the page about checkouts is cut there.
	// The API knows no description; as the name of the one thing that is sold it reaches the payment
	// page.
	if (cartItems.length === 0)
		cartItems.push({ name: order.description ?? reference, quantity: 1, unit_amount: amount });
	return omitNull({
		amount,
		currency,
		external_identifier: reference,
		country: order.country === null ? null : readCountry(order.country),
		buyer,
		cart_items: cartItems,
		billing_details: order.billingDetails,
		shipping_details: order.shippingDetails,
		// Inferred for a checkout, whose page is cut behind a field of "additional information".
		metadata: order.metadata,
	});
}

/** docs.efundflow.com/transactions/create, sample; null if nothing is known of the buyer. */
export function buyerFields({
	buyer: { name, email, more },
}: EFundPayOrder): Record<string, unknown> | null {
	const fields = { ...omitNull({ display_name: name, email_address: email }), ...more };
	return Object.keys(fields).length === 0 ? null : fields;
}

function readUnits(amount: string, unit: 'major' | 'smallest', currency: string): string {
	const units = smallestUnits(amount, unit, currency, 'Amount');
	if (BigInt(units) < LEAST_UNITS || BigInt(units) > MOST_UNITS) {
		const limit = (bound: bigint) => fromMinorUnits(String(bound), currency) ?? String(bound);
		throw new InputError(
			`'Amount' ${quote(amount)} is outside of what EFundPay takes`,
			unit === 'smallest'
				? `EFundPay takes from ${LEAST_UNITS} to ${MOST_UNITS} of the smallest unit.`
				: `EFundPay takes from ${limit(LEAST_UNITS)} to ${limit(MOST_UNITS)} ${currency}.`,
		);
	}
	return units;
}

/**
 * In upper case, as EFundPay spells it.
 *
 * @throws InputError for anything but three letters
 */
export function readCurrency(currency: string): string {
	if (!/^[A-Za-z]{3}$/.test(currency))
		throw new InputError(
			`'Currency' ${quote(currency)} is not a code of three letters`,
			'Enter an ISO 4217 code such as USD.',
		);
	return currency.toUpperCase();
}

function readCountry(country: string): string {
	if (!/^[A-Za-z]{2}$/.test(country))
		throw new InputError(
			`'Country' ${quote(country)} is not a code of two letters`,
			'Enter an ISO 3166 code such as US.',
		);
	return country.toUpperCase();
}

/**
 * The merchant's number of an order or a refund.
 *
 * @param longest how many characters EFundPay takes
 * @throws InputError when it is empty, too long, or would make the callback's signature ambiguous
 */
export function readReference(reference: string, field: string, longest: number): string {
	if (reference === '')
		throw new InputError(
			`'${field}' is empty`,
			'EFundPay requires a number of your own, a new one each time.',
		);
	if (reference.length > longest)
		throw new InputError(
			`'${field}' ${quote(reference)} is longer than ${longest} characters`,
			'Use a shorter one: EFundPay refuses it otherwise.',
		);
	// Nor could the callback be trusted: its signature covers unescaped values that are joined by
	// this sign.
	if (reference.includes('&'))
		throw new InputError(
			`'${field}' ${quote(reference)} contains "&"`,
			'Leave the sign out: a callback whose reference contains it is refused, because its signature would be ambiguous.',
		);
	return reference;
}

/**
 * EFundPay requires the address of each checkout and refund.
 *
 * @throws InputError when there is none
 */
export function requiredCallbackUrl(callbackUrl: string | null): string {
	if (callbackUrl === null)
		throw new InputError(
			"'Callback URL' is empty",
			'EFundPay requires it: paste the Production URL of the EFundPay Trigger, here or once for all in the credential.',
		);
	return callbackUrl;
}

/**
 * A transaction as it is listed or looked up. The link fields stand in `payment_method.details`
 * (create), in `payment_method` (docs.efundflow.com/transactions/get) or at the top
 * (docs.efundflow.com/subscriptions/create-token).
 */
export function readTransaction(
	body: Record<string, unknown>,
	credentials: EFundPayCredentials,
): Checkout {
	const providerStatus = textOrNull(body.status);
	return checkoutOf({
		provider: 'efundpay',
		checkoutId: textOrNull(body.id),
		paymentId: textOrNull(body.id),
		reference: textOrNull(body.external_identifier),
		checkoutUrl: payerLink(body, baseUrlOf(credentials)),
		qrCode: linkField(body, 'payment_qr_code'),
		status: transactionStatus(providerStatus, credentials),
		providerStatus,
		statusReason: textOrNull(body.error_code),
		amount: fromMinorUnits(body.amount, body.currency),
		currency: textOrNull(body.currency),
		expiresAt: linkExpiry(body),
		livemode: credentials.environment === 'custom' ? null : credentials.environment === 'live',
	});
}

/**
 * `payment_url_link` on EFundPay's pages. Inferred: the page with the answer to a checkout is cut, so
 * it may be called as in LianLian's SDK, whose callbacks EFundPay has, or as in Gr4vy's API, whose
 * statuses it has.
 */
const LINK_NAMES = ['payment_url_link', 'payment_url', 'approval_url'];

/** The first that is a link for a payer, by name and then by place. */
function payerLink(body: Record<string, unknown>, baseUrl: string): string | null {
	return (
		LINK_NAMES.flatMap((name) => linkFields(body, name))
			.map((link) => readPayerLink(link, baseUrl))
			.find((link) => link !== null) ?? null
	);
}

function linkField(body: Record<string, unknown>, name: string): string | null {
	return linkFields(body, name)[0] ?? null;
}

function linkFields(body: Record<string, unknown>, name: string): string[] {
	const method = isObject(body.payment_method) ? body.payment_method : {};
	const details = isObject(method.details) ? method.details : {};
	return [details, method, body].flatMap((place) => textOrNull(place[name]) ?? []);
}

/** Inferred: `url_link_expire_sec` (300, or the text "300") counts from `created_at`. */
function linkExpiry(body: Record<string, unknown>): string | null {
	const seconds = linkField(body, 'url_link_expire_sec') ?? '';
	const createdAt = textOrNull(body.created_at) ?? '';
	const milliseconds =
		/(Z|[+-]\d\d:?\d\d)$/.test(createdAt) && /^\d{1,9}$/.test(seconds)
			? Date.parse(createdAt) + Number(seconds) * 1000
			: NaN;
	return Number.isNaN(milliseconds) ? null : new Date(milliseconds).toISOString();
}

/** docs.efundflow.com/transactions/get */
export function getTransactionCall(paymentId: string, credentials: EFundPayCredentials): HttpCall {
	return {
		method: 'GET',
		url: `${baseUrlOf(credentials)}${TRANSACTIONS}/${pathPart(paymentId, 'Payment ID')}`,
		retry: 'idempotent',
	};
}

/** The answer to a create or a get; with the idempotency key of the call that had one. */
export function readTransactionReply(
	reply: HttpReply,
	{ call, credentials }: Pick<Sent<EFundPayCredentials, unknown>, 'call' | 'credentials'>,
): Checkout & { idempotencyKey?: string } {
	const made = call.method === 'POST';
	const body = isObject(reply.body) ? reply.body : {};
	const { amount, currency } = sentBody(call);
	const checkout = readTransaction({ amount, currency, ...omitNull(body) }, credentials);
	if (checkout.checkoutId === null) {
		throw new CallFailure(`EFundPay's answer holds no transaction id${quotedBody(reply)}`, {
			advice: made
				? `${IN_DOUBT} nevertheless. ${HOW_TO_FIND_OUT}`
				: 'Check the address in the credential; if it is right, ask EFundPay.',
			mayHaveArrived: made,
		});
	}
	const key = call.headers?.['idempotency-key'];
	return { ...checkout, ...omitNull({ idempotencyKey: key }) };
}

/**
 * Inferred: the answer is a transaction, as with the other calls; the page's part about it could
 * not be read.
 */
function readCreatedCheckout(
	reply: HttpReply,
	sent: Sent<EFundPayCredentials, EFundPayOrder>,
): Checkout {
	const checkout = readTransactionReply(reply, sent);
	if (checkout.checkoutUrl === null) {
		const { providerStatus, statusReason } = checkout;
		const says = [
			`status ${providerStatus ?? 'unknown'}`,
			...(statusReason === null ? [] : [`error_code ${statusReason}`]),
		].join(', ');
		throw new CallFailure(`EFundPay's answer holds no payment link (${says})${quotedBody(reply)}`, {
			advice: `The order exists at EFundPay as ${checkout.checkoutId ?? ''}. Look it up with 'Transaction: Get' before you run this row again; 'Attempt' in the options together with a new reference makes a new one on purpose.`,
			mayHaveArrived: true,
			made: true,
		});
	}
	return checkout;
}

/** No page about errors was found, so whatever words there are are shown. */
function failure(reply: HttpReply, credentials: EFundPayCredentials): Refusal | undefined {
	if (reply.status < 400 || !isObject(reply.body)) return undefined;
	const { message, code, error_code: errorCode } = reply.body;
	const codes = [code, errorCode].map(textOrNull).filter((text) => text !== null);
	const words = textOrNull(message);
	const suffix = codes.length === 0 ? '' : ` (${codes.join(', ')})`;
	const said = words === null ? JSON.stringify(reply.body) : `${words}${suffix}`;
	const advice = adviceOn(reply.status, said, credentials);
	return { message: said, ...(advice !== undefined && { advice }) };
}

function adviceOn(
	status: number,
	said: string,
	credentials: EFundPayCredentials,
): string | undefined {
	if (status < 500 && /signature/i.test(said) && !settingsOf(credentials).merchantPrivateKey)
		return "If EFundPay requires signed requests, switch on 'My Provider Told Me Other Settings' in the credential, and enter 'Merchant Private Key' and 'Request Signature Header'; while it is off, what stands behind it does not count.";
	if (status === 401 || status === 403)
		return "Check 'Secret Key' and 'Merchant Account ID' in the credential, and that both belong to the environment chosen there.";
	return status === 400 && !credentials.merchantAccountId
		? "If it asks for the merchant account, enter 'Merchant Account ID' in the credential."
		: undefined;
}

function readEvent(
	payload: Payload,
	credentials: EFundPayCredentials,
	received?: Pick<ReceivedCallback, 'headers'>,
): PaymentEventData {
	const zone = received?.headers.timezone;
	const { payment_data: payment, refund_data: refund } = payload;
	return isObject(refund)
		? readRefundEvent(payload, refund, { zone, credentials })
		: readPaymentEvent(payload, isObject(payment) ? payment : {}, { zone, credentials });
}

interface Reading {
	zone: string | undefined;
	credentials: EFundPayCredentials;
}

function readPaymentEvent(
	payload: Payload,
	payment: Record<string, unknown>,
	{ zone, credentials }: Reading,
): PaymentEventData {
	const { callbackAmounts } = settingsOf(credentials);
	const providerStatus = textOrNull(payment.payment_status);
	const meaning = paymentMeaning(providerStatus, credentials);
	return {
		...commonEvent(payload, providerStatus),
		...meaning,
		// Whatever word says it, one payment succeeds once.
		...(meaning.status === 'paid' && { eventId: eventIdOfCallback(payload, 'PS') }),
		reference: textOrNull(payload.merchant_transaction_id),
		amount: readCallbackAmount(
			payment.payment_amount,
			payment.payment_currency_code,
			callbackAmounts,
		),
		currency: textOrNull(payment.payment_currency_code),
		occurredAt: readCallbackTime(payment.payment_time, zone),
	};
}

/**
 * Decimal text in major units, as docs.efundflow.com/webhooks/payment-webhooks shows it. A number
 * without decimals may count the smallest unit, as in the API's answers: null, unless the credential
 * says which. A chosen unit counts for texts too: the signed text does not tell them from numbers.
 */
function readCallbackAmount(value: unknown, currency: unknown, unit: CallbackUnit): string | null {
	const amount = textOrNull(value) ?? '';
	if (!/^\d+(\.\d+)?$/.test(amount)) return null;
	const inSmallestUnits = fromMinorUnits(amount, currency);
	if (unit === 'smallest') return inSmallestUnits;
	const isCertain =
		unit === 'major' ||
		typeof value === 'string' ||
		amount.includes('.') ||
		// A currency without decimals has one unit.
		amount === inSmallestUnits;
	return isCertain ? amount : null;
}

/**
 * Nobody documents the unit of a refund's amount: 500 may be 5.00 or 500. Unless the credential says
 * which, it stands in `raw` as it came, and nowhere else.
 */
function readRefundEvent(
	payload: Payload,
	refund: Record<string, unknown>,
	{ zone, credentials }: Reading,
): PaymentEventData {
	const { callbackRefundAmounts: unit } = settingsOf(credentials);
	const providerStatus = textOrNull(refund.refund_status);
	return {
		...commonEvent(payload, providerStatus),
		...refundMeaning(providerStatus),
		reference: textOrNull(payload.original_transaction_id),
		amount:
			unit === 'major' || unit === 'smallest'
				? readCallbackAmount(refund.refund_amount, refund.refund_currency_code, unit)
				: null,
		currency: textOrNull(refund.refund_currency_code),
		occurredAt: readCallbackTime(refund.refund_time, zone),
	};
}

function eventIdOfCallback(payload: Payload, state: string | null): string {
	return eventIdOf(textOrNull(payload.ll_transaction_id), state, payload);
}

function commonEvent(payload: Payload, providerStatus: string | null) {
	return {
		provider: 'efundpay',
		eventId: eventIdOfCallback(payload, providerStatus),
		checkoutId: null,
		// `ll_transaction_id` is not the number that the API looks up; it stands in `raw`.
		paymentId: null,
		providerStatus,
		statusReason: null,
		livemode: null,
		raw: payload,
	};
}

/**
 * Inferred: `yyyyMMddHHmmss` on the clocks of the header `timezone`, which the signature does not
 * cover.
 */
function readCallbackTime(value: unknown, zone: string | undefined): string | null {
	const [, year, month, day, hour, minute, second] =
		/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(textOrNull(value) ?? '') ?? [];
	if (year === undefined || !zone) return null;
	return utcOfWallTime(`${year}-${month}-${day}T${hour}:${minute}:${second}`, zone);
}

/** Of every other status nobody can say which event it is. */
const EVENT_OF_STATUS: Partial<Record<CheckoutStatus, PaymentEventData['event']>> = {
	open: 'payment.pending',
	pending: 'payment.pending',
	paid: 'payment.succeeded',
	failed: 'payment.failed',
	canceled: 'payment.canceled',
	expired: 'payment.expired',
};

/** What the look-up says of the checkout that was asked for. */
function readLookedUp(
	reply: HttpReply,
	about: AskedFor,
	credentials: EFundPayCredentials,
): PaymentEventData {
	const call = getTransactionCall(idIn(about), credentials);
	const transaction = readTransactionReply(reply, { call, credentials });
	const { checkoutId, status, providerStatus, statusReason } = transaction;
	if (checkoutId !== idIn(about))
		throw new CallFailure('its answer is about another transaction', { advice: '' });
	const raw = isObject(reply.body) ? reply.body : {};
	return {
		provider: 'efundpay',
		event: EVENT_OF_STATUS[status] ?? 'unknown',
		// A callback has another number and another word of the status, so it never has this id.
		eventId: eventIdOf(checkoutId, providerStatus, raw),
		checkoutId,
		paymentId: transaction.paymentId,
		reference: transaction.reference,
		status,
		providerStatus,
		statusReason,
		// What was ordered: the page names no amount that was received.
		amount: transaction.amount,
		currency: transaction.currency,
		livemode: transaction.livemode,
		// `created_at` is when the checkout was made, and nothing tells when it was paid.
		occurredAt: null,
		raw,
	};
}

const idIn = (about: AskedFor) => ('checkoutId' in about ? about.checkoutId : '');

/** The id that Create returned is the only number that the API looks up. */
const lookUpAwaited: Question<EFundPayCredentials> = {
	askFor: ({ checkoutId }) =>
		checkoutId !== null && isPathPart(checkoutId) ? { checkoutId } : undefined,
	call: (about, credentials) => getTransactionCall(idIn(about), credentials),
	facts: readLookedUp,
};

export const eFundPay: PaymentContract<EFundPayCredentials, EFundPayOrder> = {
	provider: 'efundpay',
	displayName: 'EFundPay',
	authHeaders,
	credentialProblem,
	nonSecretFields: [
		'callbackAmounts',
		'callbackRefundAmounts',
		'paidStatuses',
		'requestSignatureHeader',
		'signedText',
	],
	checkout: { call: createCheckoutCall, result: readCreatedCheckout },
	failure,
	callback: {
		setupProblem(credentials) {
			const { platformPublicKey, platformPublicKeyPrevious } = credentials;
			if (!platformPublicKey) return SENTENCES.platformKeyEmpty;
			if (!readPlatformKey(platformPublicKey)) return SENTENCES.platformKeyMalformed;
			if (platformPublicKeyPrevious && !readPlatformKey(platformPublicKeyPrevious))
				return SENTENCES.previousPlatformKeyMalformed;
			return paidStatusesProblem(credentials);
		},
		// Its callback names nothing that the API can look up.
		events: [
			'payment.succeeded',
			'payment.failed',
			'payment.canceled',
			'payment.pending',
			'refund.succeeded',
			'refund.pending',
			'dispute.updated',
			'unknown',
		],
		proofs: ['signature'],
		lookUpAwaited,
		verify: verifyCallbackSignature,
		findSetting,
		parseEvent: readEvent,
		/**
		 * docs.efundflow.com/webhooks/payment-webhooks. Inferred: HTTP status 200, which the page does
		 * not state.
		 */
		acknowledgement: () => ({
			status: 200,
			contentType: 'application/json; charset=utf-8',
			body: '{"code":"200","message":"SUCCESS"}',
		}),
	},
};
