import { createHmac, verify as verifySignature } from 'crypto';
import { isAbsoluteUrl, readBaseUrl, readPayerLink } from '../shared/core/urls';
import { decodeBase64, verifyWithAny } from '../shared/core/bytes';
import { CallFailure, quotedBody } from '../shared/core/callFailure';
import type {
	Checkout,
	CheckoutOrder,
	CheckoutStatus,
	HttpCall,
	HttpReply,
	PaymentContract,
	PaymentEventData,
	Payload,
	ReceivedCallback,
	Refund,
	Refusal,
	Verification,
} from '../shared/core/contract';
import {
	ExactNumber,
	isObject,
	mergeExtraFields,
	readJson,
	readUtf8,
	textOrNull,
	writeJson,
} from '../shared/core/exactJson';
import { idempotencyKey } from '../shared/core/idempotencyKey';
import { InputError } from '../shared/core/inputError';
import { lookup } from '../shared/core/lookup';
import { fromMinorUnits, quote, smallestUnits } from '../shared/core/money';
import { canonicalText, coveredByCanonicalText } from './canonicalText';
import { readPlatformKey } from './platformKey';
import { utcOfWallTime } from './zonedTime';

/** docs.efundflow.com/overview. The version is part of the path. */
const BASE_URLS = { live: 'https://api.efundpay.com/v4', test: 'https://sandbox.efundpay.com/v4' };
const KEY_PREFIXES = { live: 'sk_live_', test: 'sk_test_' };
/** docs.efundflow.com/transactions/checkout */
const CREATE_CHECKOUT = '/checkout/payments';
/**
 * docs.efundflow.com/transactions/create contradicts itself: its heading says `/transactions`, its curl sample posts to
 * `/transactions/payments`. Inferred: the sample, which was likelier run and is named like the checkout call.
 */
const CREATE_TRANSACTION = '/transactions/payments';
/** docs.efundflow.com/transactions/get and /transactions/list */
const TRANSACTIONS = '/transactions';
/** docs.efundflow.com/refunds/create, /refunds/get and /refunds/list */
const REFUNDS = '/refunds';

/** docs.efundflow.com/transactions/create, in the currency's smallest unit. */
const LEAST_UNITS = 100n;
const MOST_UNITS = 99_999_999n;
const LONGEST_REFERENCE = 64;
/** docs.efundflow.com/refunds/create */
const LONGEST_REFUND_REFERENCE = 50;
const LONGEST_REASON = 255;

const HOW_TO_FIND_OUT =
	"EFundPay cannot be searched by reference: look for this reference among the newest of 'Transaction: Get Many' before you run this row again.";

export interface EFundPayCredentials {
	environment: 'live' | 'test' | 'custom';
	/** Used with `custom` only. */
	baseUrl?: string;
	secretKey: string;
	merchantAccountId: string;
	/** PEM or bare base64. */
	platformPublicKey?: string;
	platformPublicKeyPrevious?: string;
	signatureHash?: 'sha1' | 'sha256';
	signedText?: 'canonical' | 'rawBody';
}

export interface EFundPayOrder extends CheckoutOrder {
	/** `more` in EFundPay's own spelling. */
	buyer: { name: string | null; email: string | null; more: Record<string, unknown> };
	/** ISO 3166 alpha-2. */
	country: string | null;
	billingDetails: Record<string, unknown> | null;
	shippingDetails: Record<string, unknown> | null;
	/** 1, 2, 3 …: another number makes another payment of the same order. */
	attempt: number;
}

export type EFundPayMethod =
	| { kind: 'card'; number: string; expirationDate: string; securityCode: string }
	| { kind: 'other'; method: string; fields: Record<string, unknown> };

export interface EFundPayTransactionOrder extends EFundPayOrder {
	paymentMethod: EFundPayMethod;
	/** The payer's own address, as the merchant's front end saw it. */
	buyerIp: string;
	browserInfo: Record<string, unknown> | null;
	metadata: Record<string, unknown> | null;
}

export interface EFundPayRefundOrder {
	transactionId: string;
	amount: string;
	amountUnit: 'major' | 'smallest';
	currency: string;
	reason: string;
	reference: string;
	callbackUrl: string;
	bankDetail: { bankCode: string; accountName: string; accountNumber: string } | null;
	extraFields: Record<string, unknown>;
}

export interface TransactionFilters {
	createdAfter?: Date;
	createdBefore?: Date;
	id?: string;
	method?: string;
	scheme?: string;
	status?: string;
}

function baseUrlOf({ environment, baseUrl }: EFundPayCredentials): string {
	return environment === 'custom' ? readBaseUrl(baseUrl ?? '') : BASE_URLS[environment];
}

function credentialProblem(credentials: EFundPayCredentials): string | undefined {
	if (!credentials.secretKey) return "'Secret Key' in the EFundPay credential is empty";
	if (!credentials.merchantAccountId)
		return "'Merchant Account ID' in the EFundPay credential is empty";
	if (credentials.environment === 'custom' && !isAbsoluteUrl(credentials.baseUrl ?? ''))
		return "'Base URL' in the EFundPay credential is not an absolute URL";
	return keyProblem(credentials.secretKey, baseUrlOf(credentials));
}

/** docs.efundflow.com/overview: each environment has a host and a key prefix. Inferred: they are not to be mixed. */
function keyProblem(secretKey: string, url: string): string | undefined {
	const isFor = (host: string) => isAbsoluteUrl(url) && new URL(url).host === new URL(host).host;
	if (isFor(BASE_URLS.test) && secretKey.startsWith(KEY_PREFIXES.live))
		return "'Secret Key' in the EFundPay credential is a live key (sk_live_), but the address is that of the test environment";
	if (isFor(BASE_URLS.live) && secretKey.startsWith(KEY_PREFIXES.test))
		return "'Secret Key' in the EFundPay credential is a test key (sk_test_), but the address is that of the live environment";
	return undefined;
}

/** docs.efundflow.com/overview. Inferred: requests are not signed; no page that could be read lists a signature header. */
function authHeaders(credentials: EFundPayCredentials, call: HttpCall): Record<string, string> {
	const problem = credentialProblem(credentials) ?? keyProblem(credentials.secretKey, call.url);
	if (problem !== undefined)
		throw new InputError(problem, 'Correct the credential; nothing was sent.');
	return {
		Authorization: `Bearer ${credentials.secretKey}`,
		'x-merchant-account-id': credentials.merchantAccountId,
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
		...(order.cancelUrl === null ? {} : { cancel_url: order.cancelUrl }),
	};
	return makingCall(
		`${baseUrlOf(credentials)}${CREATE_CHECKOUT}`,
		order,
		writeJson(mergeExtraFields(body, order.extraFields)),
	);
}

/**
 * docs.efundflow.com/transactions/create: the two addresses stand inside `payment_method` here.
 *
 * @returns the call and the same one at the other documented path, for a 404 or 405 at the first; both have one idempotency key
 */
export function createTransactionCalls(
	order: EFundPayTransactionOrder,
	credentials: EFundPayCredentials,
): [HttpCall, HttpCall] {
	const { paymentMethod } = order;
	const urls = {
		...(order.successUrl === null ? {} : { redirect_url: order.successUrl }),
		webhooks_url: requiredCallbackUrl(order.callbackUrl),
	};
	if (paymentMethod.kind === 'other' && buyerFields(order) === null)
		throw new InputError(
			"'Buyer Name' and 'Buyer Email' are both empty",
			'EFundPay requires a buyer with every method but a card: fill in one of them at least.',
		);
	const common = orderBody(order);
	const body = {
		...common,
		payment_method:
			paymentMethod.kind === 'card'
				? { ...cardFields(paymentMethod), ...urls }
				: { ...paymentMethod.fields, method: paymentMethod.method, ...urls },
		// Required, and null is one of its documented types.
		cart_items: common.cart_items ?? null,
		...(order.metadata === null ? {} : { metadata: order.metadata }),
		...(order.browserInfo === null ? {} : { browser_info: order.browserInfo }),
	};
	const merged = mergeExtraFields(body, order.extraFields);
	if (paymentMethod.kind === 'other') refuseCard(merged.payment_method);
	const text = writeJson(merged);
	const secrets =
		paymentMethod.kind === 'card' ? [paymentMethod.number, paymentMethod.securityCode] : [];
	// The idempotency key is stored and shown: a bare hash over a card number could be searched through.
	const hashed =
		paymentMethod.kind === 'card'
			? createHmac('sha256', credentials.secretKey).update(text).digest('hex')
			: text;
	const buyerIp = readIpAddress(order.buyerIp, 'Buyer IP');
	const call = makingCall(
		`${baseUrlOf(credentials)}${CREATE_TRANSACTION}`,
		order,
		text,
		`${hashed} ${buyerIp}`,
	);
	const first = {
		...call,
		headers: { ...call.headers, 'X-Forwarded-For': buyerIp },
		...(secrets.length === 0 ? {} : { secrets }),
	};
	return [first, { ...first, url: `${baseUrlOf(credentials)}${TRANSACTIONS}` }];
}

/** Both pages document `idempotency-key`: the same request is not processed again. */
function makingCall(url: string, order: EFundPayOrder, body: string, hashed = body): HttpCall {
	const key = idempotencyKey({ method: 'POST', url, body: hashed }, order.reference, order.attempt);
	const headers = {
		'content-type': 'application/json',
		...(key === undefined ? {} : { 'idempotency-key': key }),
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

function orderBody(order: EFundPayOrder) {
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
	// The API knows no description; as the name of the one thing that is sold it reaches the payment page.
	if (cartItems.length === 0 && order.description !== null)
		cartItems.push({ name: order.description, quantity: 1, unit_amount: amount });
	return {
		amount,
		currency,
		external_identifier: reference,
		...(order.country === null ? {} : { country: readCountry(order.country) }),
		...(buyer === null ? {} : { buyer }),
		...(cartItems.length === 0 ? {} : { cart_items: cartItems }),
		...(order.billingDetails === null ? {} : { billing_details: order.billingDetails }),
		...(order.shippingDetails === null ? {} : { shipping_details: order.shippingDetails }),
	};
}

/** docs.efundflow.com/transactions/create, sample; null if nothing is known of the buyer. */
function buyerFields({
	buyer: { name, email, more },
}: EFundPayOrder): Record<string, unknown> | null {
	const fields = {
		...(name === null ? {} : { display_name: name }),
		...(email === null ? {} : { email_address: email }),
		...more,
	};
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

function readCurrency(currency: string): string {
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

function readReference(reference: string, field: string, longest: number): string {
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
	// Nor could the callback be trusted: its signature covers unescaped values that are joined by this sign.
	if (reference.includes('&'))
		throw new InputError(
			`'${field}' ${quote(reference)} contains "&"`,
			'Leave the sign out: a callback whose reference contains it is refused, because its signature would be ambiguous.',
		);
	return reference;
}

function requiredCallbackUrl(callbackUrl: string | null): string {
	if (callbackUrl === null)
		throw new InputError(
			"'Callback URL' is empty",
			'EFundPay requires it: paste the Production URL of the EFundPay Trigger.',
		);
	return callbackUrl;
}

/** An IPv4 or IPv6 address; the header takes exactly one. */
function readIpAddress(text: string, field: string): string {
	const advice =
		"Map the payer's own address, as your web page or form saw it; EFundPay requires it against fraud.";
	if (text === '') throw new InputError(`'${field}' is empty`, advice);
	const isVersion4 =
		/^(\d{1,3}\.){3}\d{1,3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255);
	const isVersion6 =
		/^[0-9A-Fa-f:.]+$/.test(text) && text.includes(':') && isAbsoluteUrl(`http://[${text}]/`);
	if (!isVersion4 && !isVersion6)
		throw new InputError(`'${field}' ${quote(text)} is not an IP address`, advice);
	return text;
}

/** docs.efundflow.com/transactions/create, sample. No value of a card is put into an error. */
function cardFields(card: Extract<EFundPayMethod, { kind: 'card' }>) {
	if (!/^\d{12,19}$/.test(card.number))
		throw new InputError(
			"'Card Number' is not a number of 12 to 19 digits",
			'Enter the digits of the card number.',
		);
	if (!/^(0[1-9]|1[0-2])\/\d{2}$/.test(card.expirationDate))
		throw new InputError(
			"'Card Expiration Date' is not of the form MM/YY",
			'Enter month and year with two digits each, for example 08/29.',
		);
	if (!/^\d{3,4}$/.test(card.securityCode))
		throw new InputError(
			"'Card Security Code' is not a number of 3 or 4 digits",
			'Enter the digits of the security code.',
		);
	return {
		method: 'card',
		number: card.number,
		expiration_date: card.expirationDate,
		security_code: card.securityCode,
	};
}

/** Only of a card that stands in its own fields is known what has to be hidden: in errors, in outputs and behind the idempotency key. */
function refuseCard(paymentMethod: unknown): void {
	if (!isObject(paymentMethod) || textOrNull(paymentMethod.method)?.trim().toLowerCase() !== 'card')
		return;
	throw new InputError(
		"'Method' is card, and a card in 'Method Fields (JSON)' could be shown",
		"Choose Card for 'Payment Method' and fill in the card fields there, which are never shown.",
	);
}

/**
 * An answer without the card that the request held, should it have come back.
 *
 * @param call what was sent
 */
export function withoutCard(body: unknown, { secrets = [] }: HttpCall): unknown {
	const [number] = secrets;
	if (number === undefined) return body;
	if (Array.isArray(body)) return body.map((entry) => withoutCard(entry, { secrets } as HttpCall));
	if (isObject(body)) {
		return Object.fromEntries(
			Object.entries(body).map(([name, value]) => [
				name,
				name === 'security_code' ? '***' : withoutCard(value, { secrets } as HttpCall),
			]),
		);
	}
	return (typeof body === 'string' || typeof body === 'number') && String(body).includes(number)
		? String(body).replaceAll(number, '***')
		: body;
}

/** docs.efundflow.com/transactions/get */
export function getTransactionCall(
	transactionId: string,
	credentials: EFundPayCredentials,
): HttpCall {
	return {
		method: 'GET',
		url: `${baseUrlOf(credentials)}${TRANSACTIONS}/${pathPart(transactionId, 'Transaction ID')}`,
		retry: 'idempotent',
	};
}

/**
 * docs.efundflow.com/transactions/list: newest update first. Inferred: a list with one value is written as that value, since no
 * page shows how lists are written in the query.
 *
 * @param cursor as an earlier page gave it
 */
export function listTransactionsCall(
	filters: TransactionFilters,
	limit: number,
	cursor: string | null,
	credentials: EFundPayCredentials,
): HttpCall {
	const query = {
		cursor,
		limit,
		created_at_gte: filters.createdAfter?.toISOString(),
		created_at_lte: filters.createdBefore?.toISOString(),
		id: filters.id,
		method: filters.method,
		payment_method_scheme: filters.scheme,
		status: filters.status,
	};
	return {
		method: 'GET',
		url: `${baseUrlOf(credentials)}${TRANSACTIONS}${queryText(query)}`,
		retry: 'idempotent',
	};
}

/** docs.efundflow.com/refunds/create and, for bank details, /other/refund-policy. */
export function createRefundCall(
	refund: EFundPayRefundOrder,
	credentials: EFundPayCredentials,
): HttpCall {
	const currency = readCurrency(refund.currency);
	const { reason, bankDetail } = refund;
	if (reason === '' || reason.length > LONGEST_REASON)
		throw new InputError(
			`'Reason' is ${reason === '' ? 'empty' : `longer than ${LONGEST_REASON} characters`}`,
			`EFundPay requires a reason of at most ${LONGEST_REASON} characters.`,
		);
	const body = {
		amount: new ExactNumber(smallestUnits(refund.amount, refund.amountUnit, currency, 'Amount')),
		currency,
		reason,
		external_identifier: readReference(
			refund.reference,
			'Refund Reference',
			LONGEST_REFUND_REFERENCE,
		),
		webhooks_url: refund.callbackUrl,
		...(bankDetail === null ? {} : { bank_detail: bankDetailFields(bankDetail) }),
	};
	return {
		method: 'POST',
		url: `${baseUrlOf(credentials)}${TRANSACTIONS}/${pathPart(refund.transactionId, 'Transaction ID')}${REFUNDS}`,
		headers: { 'content-type': 'application/json' },
		body: writeJson(mergeExtraFields(body, refund.extraFields)),
		// The page lists no idempotency key.
		retry: 'never',
		howToFindOut:
			"Look for this reference in 'Refund: Get Many' of the transaction before you run this row again.",
	};
}

function bankDetailFields({
	bankCode,
	accountName,
	accountNumber,
}: NonNullable<EFundPayRefundOrder['bankDetail']>) {
	if (!/^\d{3}$/.test(bankCode))
		throw new InputError(
			`'Bank Code' ${quote(bankCode)} is not a number of three digits`,
			'Enter the three digits of the bank; leading zeros count.',
		);
	if (accountName === '')
		throw new InputError(
			"'Bank Account Name' is empty",
			'Fill in the three bank fields, or remove all of them.',
		);
	if (!/^\d+$/.test(accountNumber))
		throw new InputError(
			"'Bank Account Number' is not digits only",
			'Enter the digits without blanks and dashes.',
		);
	return { bank_code: bankCode, bank_account_name: accountName, bank_account_no: accountNumber };
}

/** docs.efundflow.com/zh/refunds/get */
export function getRefundCall(refundId: string, credentials: EFundPayCredentials): HttpCall {
	return {
		method: 'GET',
		url: `${baseUrlOf(credentials)}${REFUNDS}/${pathPart(refundId, 'Refund ID')}`,
		retry: 'idempotent',
	};
}

/** docs.efundflow.com/refunds/list */
export function listRefundsCall(
	transactionId: string,
	limit: number,
	cursor: string | null,
	credentials: EFundPayCredentials,
): HttpCall {
	return {
		method: 'GET',
		url: `${baseUrlOf(credentials)}${TRANSACTIONS}/${pathPart(transactionId, 'Transaction ID')}${REFUNDS}${queryText({ cursor, limit })}`,
		retry: 'idempotent',
	};
}

function pathPart(id: string, field: string): string {
	// A dot segment would be resolved away and ask for something else.
	if (id === '' || /^\.+$/.test(id))
		throw new InputError(
			`'${field}' is ${id === '' ? 'empty' : `not an ID: ${quote(id)}`}`,
			'Map it from the node that created the payment or refund.',
		);
	return encodeURIComponent(id);
}

function queryText(query: Record<string, string | number | null | undefined>): string {
	const pairs = Object.entries(query).flatMap(([name, value]) =>
		value === null || value === undefined || value === ''
			? []
			: [`${name}=${encodeURIComponent(value)}`],
	);
	return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** docs.efundflow.com/pagination: a cursor is handed back as it came, never computed. */
export function readPage(reply: HttpReply): {
	items: Array<Record<string, unknown>>;
	next: string | null;
} {
	const body = isObject(reply.body) ? reply.body : {};
	if (!Array.isArray(body.items))
		throw new CallFailure("EFundPay's answer holds no list", {
			advice: 'Check the address in the credential; if it is right, ask EFundPay.',
		});
	return { items: body.items.filter(isObject), next: textOrNull(body.next_cursor) };
}

/**
 * docs.efundflow.com/other/transaction-status. Only `capture_succeeded` is surely paid: `authorization_succeeded` is not captured
 * yet, and refund statuses other than `refund_succeeded` do not tell what is left of the payment.
 */
const TRANSACTION_STATUS: Record<string, CheckoutStatus> = {
	processing: 'pending',
	authorization_pending: 'pending',
	authorization_succeeded: 'pending',
	authorization_failed: 'failed',
	authorization_void: 'canceled',
	buyer_approval_pending: 'open',
	buyer_approval_succeeded: 'pending',
	buyer_approval_failed: 'failed',
	buyer_approval_timeout: 'expired',
	capture_pending: 'pending',
	capture_succeeded: 'paid',
	capture_failed: 'failed',
	refund_succeeded: 'refunded',
};

/**
 * A transaction as it is listed or looked up. The link fields stand in `payment_method.details` (create), in `payment_method`
 * (docs.efundflow.com/transactions/get) or at the top (docs.efundflow.com/subscriptions/create-token).
 */
export function readTransaction(
	body: Record<string, unknown>,
	credentials: EFundPayCredentials,
): Checkout {
	const providerStatus = textOrNull(body.status);
	return {
		provider: 'efundpay',
		checkoutId: textOrNull(body.id),
		paymentId: textOrNull(body.id),
		reference: textOrNull(body.external_identifier),
		checkoutUrl: readPayerLink(linkField(body, 'payment_url_link'), baseUrlOf(credentials)),
		qrCode: linkField(body, 'payment_qr_code'),
		status: lookup(TRANSACTION_STATUS, providerStatus) ?? 'unknown',
		providerStatus,
		amount: fromMinorUnits(body.amount, body.currency),
		currency: textOrNull(body.currency),
		expiresAt: linkExpiry(body),
		livemode: credentials.environment === 'custom' ? null : credentials.environment === 'live',
		nextAction: null,
	};
}

function linkField(body: Record<string, unknown>, name: string): string | null {
	const method = isObject(body.payment_method) ? body.payment_method : {};
	const details = isObject(method.details) ? method.details : {};
	return textOrNull(details[name]) ?? textOrNull(method[name]) ?? textOrNull(body[name]);
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

/** The answer to a create or a get; with the idempotency key of the call that had one. */
export function readTransactionReply(
	reply: HttpReply,
	credentials: EFundPayCredentials,
	call: HttpCall,
): Checkout & { idempotencyKey?: string } {
	const made = call.method === 'POST';
	const body = isObject(reply.body) ? reply.body : {};
	const checkout = readTransaction(body, credentials);
	if (checkout.checkoutId === null) {
		throw new CallFailure(`EFundPay's answer holds no transaction id${quotedBody(reply)}`, {
			advice: made
				? `It may have been made nevertheless. ${HOW_TO_FIND_OUT}`
				: 'Check the address in the credential; if it is right, ask EFundPay.',
			mayHaveArrived: made,
		});
	}
	const key = call.headers?.['idempotency-key'];
	return { ...checkout, ...(key === undefined ? {} : { idempotencyKey: key }) };
}

/** Inferred: the answer is a transaction, as with the other calls; the page's part about it could not be read. */
function readCreatedCheckout(
	reply: HttpReply,
	order: EFundPayOrder,
	credentials: EFundPayCredentials,
): Checkout {
	const checkout = readTransactionReply(reply, credentials, createCheckoutCall(order, credentials));
	if (checkout.checkoutUrl === null) {
		const errorCode = isObject(reply.body) ? textOrNull(reply.body.error_code) : null;
		const says = [
			`status ${checkout.providerStatus ?? 'unknown'}`,
			...(errorCode === null ? [] : [`error_code ${errorCode}`]),
		].join(', ');
		throw new CallFailure(`EFundPay's answer holds no payment link (${says})${quotedBody(reply)}`, {
			advice: `The order exists at EFundPay as ${checkout.checkoutId ?? ''}. Look it up with 'Transaction: Get' before you run this row again; 'Attempt' in the options together with a new reference makes a new one on purpose.`,
			mayHaveArrived: true,
			made: true,
		});
	}
	return checkout;
}

/** docs.efundflow.com/refunds/create */
const REFUND_STATUS: Record<string, Refund['status']> = {
	processing: 'pending',
	succeeded: 'succeeded',
	failed: 'failed',
	declined: 'failed',
	voided: 'canceled',
};

export function readRefund(body: Record<string, unknown>): Refund {
	const providerStatus = textOrNull(body.status);
	return {
		provider: 'efundpay',
		refundId: textOrNull(body.id),
		paymentId: textOrNull(body.transaction_id),
		reference: textOrNull(body.external_identifier),
		paymentReference: textOrNull(body.transaction_external_identifier),
		status: lookup(REFUND_STATUS, providerStatus) ?? 'unknown',
		providerStatus,
		amount: fromMinorUnits(body.amount, body.currency),
		currency: textOrNull(body.currency),
	};
}

export function readRefundReply(reply: HttpReply, call: HttpCall): Refund {
	const refund = readRefund(isObject(reply.body) ? reply.body : {});
	if (refund.refundId === null) {
		const made = call.method === 'POST';
		throw new CallFailure(`EFundPay's answer holds no refund id${quotedBody(reply)}`, {
			advice: made
				? `It may have been made nevertheless. ${call.howToFindOut ?? ''}`
				: 'Check the address in the credential; if it is right, ask EFundPay.',
			mayHaveArrived: made,
		});
	}
	return refund;
}

/** No page about errors was found, so whatever words there are are shown. */
function failure(reply: HttpReply): Refusal | undefined {
	if (reply.status < 400 || !isObject(reply.body)) return undefined;
	const { message, code, error_code: errorCode } = reply.body;
	const codes = [code, errorCode].map(textOrNull).filter((text) => text !== null);
	const words = textOrNull(message);
	const said =
		words === null
			? JSON.stringify(reply.body)
			: codes.length === 0
				? words
				: `${words} (${codes.join(', ')})`;
	return reply.status === 401 || reply.status === 403
		? {
				message: said,
				advice:
					"Check 'Secret Key' and 'Merchant Account ID' in the credential, and that both belong to the environment chosen there.",
			}
		: { message: said };
}

const HASHES = { sha1: 'SHA-1', sha256: 'SHA-256' };
const TEXTS = { canonical: 'Canonical Text', rawBody: 'Raw Body' };
type Hash = keyof typeof HASHES;
type SignedText = keyof typeof TEXTS;

/** A documented callback has less than 1 kB. Anybody can send one, and what is longer takes long to read. */
const LONGEST_BODY_BYTES = 250_000;
/** Of each key; more than two nobody needs, and each one is tried over the whole body. */
const MOST_SIGNATURES = 5;

/**
 * docs.efundflow.com/webhooks/signatures: RSA, base64, several signatures separated by commas of which one must match. Hash and
 * signed text are settings, because the page is cut where it would name them. The time header is not signed, so it proves nothing.
 */
function verify(received: ReceivedCallback, credentials: EFundPayCredentials): Verification {
	const header = received.headers.signature?.trim() ?? '';
	if (header === '')
		return {
			genuine: false,
			reason: 'the header "signature" is missing or empty',
			hint: 'It was not sent by EFundPay, or a proxy removed the header.',
		};
	if (received.rawBody.length > LONGEST_BODY_BYTES)
		return {
			genuine: false,
			reason: 'the body is longer than any callback',
			hint: 'It was not sent by EFundPay.',
		};
	const body = readJson(readUtf8(received.rawBody) ?? '');
	if (!isObject(body))
		return {
			genuine: false,
			reason: 'the body is not a JSON object',
			hint: 'It was not sent by EFundPay, or a proxy changed it.',
		};
	const entries = header.split(',').flatMap((entry) => decodeBase64(entry.trim()) ?? []);
	const canonical = canonicalText(body);
	const canonicalBytes = Buffer.from(canonical, 'utf8');
	const hash: Hash = credentials.signatureHash === 'sha256' ? 'sha256' : 'sha1';
	const signedText: SignedText = credentials.signedText === 'rawBody' ? 'rawBody' : 'canonical';
	const verdict = verifyWithAny(
		[credentials.platformPublicKey, credentials.platformPublicKeyPrevious],
		(keyText) => {
			const key = readPlatformKey(keyText);
			if (!key)
				return {
					genuine: false,
					reason: 'the platform public key in the credential is not an RSA public key',
				};
			// A signature is as long as its key, so that nothing else has to be tried.
			const length = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
			const signatures = entries
				.filter((entry) => entry.length === length)
				.slice(0, MOST_SIGNATURES);
			const matches = (withHash: Hash, withText: SignedText) => {
				const data = withText === 'rawBody' ? received.rawBody : canonicalBytes;
				return signatures.some((signature) => verifySignature(withHash, data, key, signature));
			};
			try {
				if (matches(hash, signedText))
					return {
						genuine: true,
						payload: signedText === 'rawBody' ? body : coveredByCanonicalText(body),
					};
			} catch {
				return {
					genuine: false,
					reason: `this server cannot check ${HASHES[hash]} signatures`,
					hint: "Its OpenSSL settings bar them. Ask EFundPay for SHA-256 and set 'Signature Hash', or have SHA-1 allowed.",
				};
			}
			return {
				genuine: false,
				reason: 'the signature does not belong to this body and this platform public key',
				hint: otherSettings(matches, hash, signedText),
			};
		},
	);
	if (verdict.genuine !== true) return verdict;
	const problem =
		shapeProblem(verdict.payload) ??
		(signedText === 'canonical' ? rearrangementProblem(verdict.payload, canonical) : undefined);
	return problem === undefined
		? verdict
		: {
				genuine: false,
				reason: `the signature is good, but ${problem}`,
				hint: 'The content was rearranged under a genuine signature, or EFundPay sends a kind of callback that it does not document.',
			};
}

/** One genuine callback settles what EFundPay's pages leave open: the log says which settings it was signed with. It stays refused. */
function otherSettings(
	matches: (hash: Hash, text: SignedText) => boolean,
	hash: Hash,
	text: SignedText,
): string {
	const all = (Object.keys(HASHES) as Hash[]).flatMap((withHash) =>
		(Object.keys(TEXTS) as SignedText[]).map((withText) => [withHash, withText] as const),
	);
	const found = all.find(([withHash, withText]) => {
		try {
			return (withHash !== hash || withText !== text) && matches(withHash, withText);
		} catch {
			return false;
		}
	});
	return found
		? `It is genuine with 'Signature Hash' ${HASHES[found[0]]} and 'Signed Text' ${TEXTS[found[1]]}: set these in the credential.`
		: 'The usual causes: the key belongs to the other environment, or a proxy changed the body.';
}

/** docs.efundflow.com/webhooks/payment-webhooks and refund-webhooks: what stands beside, and what stands inside payment_data or refund_data. */
const IDS_OF_CALLBACK = ['ll_transaction_id', 'merchant_transaction_id', 'original_transaction_id'];
const DATA_OF_CALLBACK = [
	...[
		'account_date',
		'exchange_rate',
		'payment_amount',
		'payment_currency_code',
		'payment_status',
		'payment_time',
		'settlement_amount',
		'settlement_currency_code',
	],
	...[
		'actual_refund_amount',
		'actual_refund_currency_code',
		'refund_amount',
		'refund_currency_code',
		'refund_status',
		'refund_time',
	],
];
const DOCUMENTED_FIELD = new RegExp(
	`(?:^|&)(${[...IDS_OF_CALLBACK, ...DATA_OF_CALLBACK].join('|')})=([^&]*)`,
	'g',
);

/**
 * The signed text does not tell where a name or a value ends nor in which object it stood, so the same text can be cut into another
 * body: fields moved, folded into a text or a name, or taken out of a text that somebody else wrote (a reason, an address).
 *
 * Why this is enough: however it is cut, the text is the same, and each documented field of the genuine callback stands in it as
 * `name=value` between two `&`, since none of these values holds that sign. If each documented name stands there only with the value
 * that is read, that value is the genuine one. What the genuine callback lacks can come out of its texts, so a refund could bring all
 * the fields of a payment; but its own status stands there too, which no payment has, and the reverse.
 *
 * `reason`, which is free text, and fields that no page describes can still be cut differently: no event depends on them.
 *
 * @param payload of the documented shape
 * @param canonical the text that was signed
 */
function rearrangementProblem(payload: Payload, canonical: string): string | undefined {
	const { payment_data: payment, refund_data: refund } = payload;
	const [data, foreign] = isObject(payment)
		? [payment, 'refund_status']
		: [refund as Payload, 'payment_status'];
	for (const [, name = '', value] of canonical.matchAll(DOCUMENTED_FIELD)) {
		const read = (IDS_OF_CALLBACK.includes(name) ? payload : data)[name];
		if (name === foreign || (typeof read === 'string' ? read : JSON.stringify(read)) !== value)
			return `${name} is not where it belongs`;
	}
	return undefined;
}

/**
 * Values are signed unescaped and names of nested objects not at all, so differently shaped JSON can carry one signature: the
 * documented fields must be there, as texts, without the sign that joins them.
 */
function shapeProblem(payload: Payload): string | undefined {
	const { payment_data: payment, refund_data: refund } = payload;
	const isPayment = isObject(payment);
	if (isPayment === isObject(refund)) return 'it is not exactly one of payment and refund';
	const data = isPayment ? payment : (refund as Payload);
	const required: Array<[string, unknown]> = [
		['ll_transaction_id', payload.ll_transaction_id],
		['merchant_transaction_id', payload.merchant_transaction_id],
		...(isPayment
			? []
			: ([['original_transaction_id', payload.original_transaction_id]] as Array<
					[string, unknown]
				>)),
		...(isPayment
			? (['payment_status', 'payment_currency_code'] as const)
			: (['refund_status'] as const)
		).map((name): [string, unknown] => [name, data[name]]),
	];
	const wrong = required.find(
		([, value]) => typeof value !== 'string' || value === '' || value.includes('&'),
	);
	if (wrong) return `${wrong[0]} is missing or malformed`;
	if (
		isPayment &&
		!/^\d+(\.\d+)?$/.test(typeof data.payment_amount === 'string' ? data.payment_amount : '')
	)
		return 'payment_amount is missing or malformed';
	return undefined;
}

/** docs.efundflow.com/webhooks/payment-webhooks and /refund-webhooks: `PS` and `RS` are the only codes they show. */
function readEvent(
	payload: Payload,
	_credentials: EFundPayCredentials,
	received?: Pick<ReceivedCallback, 'headers'>,
): PaymentEventData {
	const refund = isObject(payload.refund_data) ? payload.refund_data : undefined;
	const data = refund ?? (isObject(payload.payment_data) ? payload.payment_data : {});
	const providerStatus = textOrNull(refund ? data.refund_status : data.payment_status);
	const succeeded = providerStatus === (refund ? 'RS' : 'PS');
	const transactionId = textOrNull(payload.ll_transaction_id);
	return {
		provider: 'efundpay',
		event: succeeded ? (refund ? 'refund.succeeded' : 'payment.succeeded') : 'unknown',
		eventId: `${transactionId ?? ''}:${providerStatus ?? ''}`,
		checkoutId: null,
		paymentId: transactionId,
		reference: textOrNull(
			refund ? payload.original_transaction_id : payload.merchant_transaction_id,
		),
		status: succeeded ? (refund ? 'refunded' : 'paid') : 'unknown',
		providerStatus,
		// In a refund the unit is documented by nobody: 500 may be 5.00 or 500. It stands in `raw` as it came.
		amount: refund ? null : textOrNull(data.payment_amount),
		currency: textOrNull(refund ? data.refund_currency_code : data.payment_currency_code),
		livemode: null,
		occurredAt: readCallbackTime(
			refund ? data.refund_time : data.payment_time,
			received?.headers.timezone,
		),
		raw: payload,
	};
}

/** Inferred: `yyyyMMddHHmmss` on the clocks of the header `timezone`, which the signature does not cover. */
function readCallbackTime(value: unknown, zone: string | undefined): string | null {
	const [, year, month, day, hour, minute, second] =
		/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(textOrNull(value) ?? '') ?? [];
	if (year === undefined || !zone) return null;
	return utcOfWallTime(`${year}-${month}-${day}T${hour}:${minute}:${second}`, zone);
}

export const eFundPay: PaymentContract<EFundPayCredentials, EFundPayOrder> = {
	provider: 'efundpay',
	displayName: 'EFundPay',
	authHeaders,
	credentialProblem,
	checkout: { call: createCheckoutCall, result: readCreatedCheckout },
	failure,
	callback: {
		setupProblem({ platformPublicKey, platformPublicKeyPrevious }) {
			if (!platformPublicKey) return "'Platform Public Key' in the EFundPay credential is empty";
			if (!readPlatformKey(platformPublicKey))
				return "'Platform Public Key' in the EFundPay credential is not an RSA public key in PEM or base64";
			if (platformPublicKeyPrevious && !readPlatformKey(platformPublicKeyPrevious))
				return "'Previous Platform Public Key' in the EFundPay credential is not an RSA public key in PEM or base64";
			return undefined;
		},
		verify,
		parseEvent: readEvent,
		/** docs.efundflow.com/webhooks/payment-webhooks. Inferred: HTTP status 200, which the page does not state. */
		acknowledgement: () => ({
			status: 200,
			contentType: 'application/json; charset=utf-8',
			body: '{"code":"200","message":"SUCCESS"}',
		}),
	},
};
