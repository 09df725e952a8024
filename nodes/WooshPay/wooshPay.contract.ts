import { randomBytes } from 'crypto';
import { isPathPart, pathPart, readPayerLink } from '../shared/core/urls';
import { CallFailure, IN_DOUBT, quotedBody } from '../shared/core/callFailure';
import type {
	Checkout,
	CheckoutOrder,
	CheckoutStatus,
	Confirmation,
	HttpCall,
	HttpReply,
	LineItem,
	PaymentContract,
	PaymentEventName,
	PaymentEventData,
	Payload,
	ReceivedCallback,
	Refund,
	Refusal,
	Remembered,
	Sent,
	Verification,
} from '../shared/core/contract';
import {
	ExactNumber,
	isObject,
	mergeExtraFields,
	readJson,
	readJsonBytes,
	readUtf8,
	sentBody,
	textOrNull,
} from '../shared/core/exactJson';
import { eventIdOf } from '../shared/core/eventId';
import { InputError } from '../shared/core/inputError';
import { omitNull } from '../shared/core/omitNull';
import { checkoutOf } from '../shared/core/outputs';
import { countingSettings } from '../shared/core/otherSettings';
import { listOf } from '../shared/core/listOf';
import { lookup } from '../shared/core/lookup';
import { wholeOrderAsItem } from '../shared/core/lineItems';
import { fromMinorUnits, smallestUnits } from '../shared/core/money';
import { sentTotal } from '../shared/core/moneyLimits';
import { callbackSecrets, environmentOf, modeOfKey } from './callbackSecrets';
import { findSetting } from './findSetting';
import { checkSignature, readMoment, SIGNATURE_HEADERS } from './signature';
import {
	WEBHOOK_ENDPOINTS,
	createEndpointCall,
	listEndpointsCall,
	listedEndpoints,
	rememberEndpoint,
} from './wooshPay.endpoints';
import {
	CreateOptions,
	JSON_HEADERS,
	WooshPayCredentials,
	apiUrl,
	createCall,
	getCall,
} from './wooshPay.requests';
import { checkoutWithinLimits } from './wooshPay.limits';
import {
	newPriceFields,
	productFields,
	type NewPriceFields,
	type ProductDetails,
} from './wooshPay.priceData';
import { REFUSALS, SENTENCES } from './wooshPay.reasons';
import type { Refused, Sentence } from '../shared/core/sentences';
import { verifyWithAny } from '../shared/core/secrets';

/** https://docs.wooshpay.com/doc-1724285/api-42654181 and /api-42654190 */
export const SESSIONS = '/v1/checkout/sessions';
/** https://docs.wooshpay.com/project-1296482/api-44642278 */
export const PAYMENT_INTENTS = '/v1/payment_intents';
/** https://docs.wooshpay.com/api-49996644 */
const EVENTS = '/v1/events';

export interface WooshPayLineItem extends LineItem {
	/** The id of a product that exists, in place of a name. */
	productId?: string;
	/** What the product has besides name, description and images. */
	product?: Pick<ProductDetails, 'active' | 'metadata' | 'url'>;
	priceFields?: NewPriceFields;
}

export interface WooshPayOrder extends CheckoutOrder, CreateOptions {
	lineItems: WooshPayLineItem[];
	metadata: Record<string, string>;
	billingAddressCollection: 'auto' | 'required' | null;
	/** `manual`: what the payer authorizes is captured later. */
	captureMethod: 'automatic' | 'manual' | null;
	customerEmail: string | null;
	expiresAt: Date | null;
	merchantUserId: string | null;
	/** WooshPay's names, such as `card`; empty leaves the choice to the payment page. */
	paymentMethodTypes: string[];
}

export interface WooshPayCheckout extends Checkout {
	idempotencyKey: string | null;
}

/**
 * The key decides between live and test, and so does the host; what a mismatch gives is not
 * documented, so it is never sent.
 */
function credentialProblem(credentials: WooshPayCredentials): Sentence | undefined {
	const { environment, secretKey } = credentials;
	if (!secretKey) return SENTENCES.secretKeyEmpty;
	if (/^pk_(live|test)_/.test(secretKey)) return SENTENCES.secretKeyPublishable;
	const unpaid = moreWordsForPaid(credentials).find((word) => NOT_PAID.has(word));
	if (unpaid !== undefined) return SENTENCES.notPaid(unpaid);
	const mode = modeOfKey(secretKey);
	if (mode === undefined || environment === 'custom' || mode === environment) return undefined;
	return mode === 'live' ? SENTENCES.liveKeyForTest : SENTENCES.testKeyForLive;
}

/**
 * https://docs.wooshpay.com/apidoc/project-1296482/doc-1763752: HTTP Basic, the key as user name,
 * an empty password.
 */
function authHeaders(credentials: WooshPayCredentials): Record<string, string> {
	const problem = credentialProblem(credentials);
	if (problem !== undefined)
		throw new InputError(problem, 'Correct the credential; nothing was sent.');
	return {
		Authorization: `Basic ${Buffer.from(`${credentials.secretKey}:`, 'utf8').toString('base64')}`,
	};
}

/**
 * The fields of `doc-1724285/api-42654181`; amounts are whole numbers of the currency's smallest
 * unit (55502209e0). Inferred: `customer_email` and `expires_at`, which pages show in the answer
 * only; the texts there say seconds, and another integration sends seconds, though answers have
 * milliseconds.
 */
function createCheckoutCall(order: WooshPayOrder, credentials: WooshPayCredentials): HttpCall {
	if (order.successUrl === null)
		throw new InputError(
			"'Success URL' is empty",
			'Enter the page that payers are sent to after paying; WooshPay requires it.',
		);
	if (order.cancelUrl === null)
		throw new InputError(
			"'Cancel URL' is empty",
			'Enter the page that payers are sent to when they turn back; WooshPay requires it.',
		);
	const items =
		order.lineItems.length > 0 ? order.lineItems : [wholeOrderAsItem(order, 'WooshPay')];
	const metadata = withReference(order.metadata, order.reference);
	// Inferred: events hold the payment intent, and nothing says that what is known of the session
	// gets there, so both are told.
	const paymentIntentData = omitNull({
		capture_method: order.captureMethod,
		description: order.description,
		merchant_order_id: order.reference,
		merchant_user_id: order.merchantUserId,
		metadata,
	});
	const isEmpty = Object.keys(paymentIntentData).length === 0;
	const body = omitNull({
		mode: 'payment',
		success_url: order.successUrl,
		cancel_url: order.cancelUrl,
		line_items: items.map((item, index) => lineItem(item, order, index)),
		client_reference_id: order.reference,
		customer_email: order.customerEmail,
		expires_at: order.expiresAt === null ? null : Math.floor(order.expiresAt.getTime() / 1000),
		payment_intent_data: isEmpty ? null : paymentIntentData,
		metadata,
		billing_address_collection: order.billingAddressCollection,
		payment_method_types: order.paymentMethodTypes.length === 0 ? null : order.paymentMethodTypes,
	});
	return createCall(
		{
			path: SESSIONS,
			body: checkoutWithinLimits(mergeExtraFields(body, order.extraFields), credentials),
			howToFindOut:
				'Look in the WooshPay dashboard for a checkout with this reference before you run this row again.',
			reference: order.reference,
			attempt: order.attempt,
			retry: order.retry,
		},
		credentials,
	);
}

/**
 * The metadata with the reference in it, so that events carry it back; undefined when there is
 * none.
 *
 * @throws InputError when the metadata holds another reference
 */
export function withReference(
	metadata: Record<string, string>,
	reference: string | null,
): Record<string, string> | undefined {
	if (reference !== null && metadata.reference !== undefined && metadata.reference !== reference) {
		throw new InputError(
			"'Metadata' holds another 'reference' than the field 'Reference'",
			"Remove it from 'Metadata': this node fills it in.",
		);
	}
	const whole: Record<string, string> = { ...metadata, ...omitNull({ reference }) };
	return Object.keys(whole).length === 0 ? undefined : whole;
}

function lineItem(
	item: WooshPayLineItem,
	order: WooshPayOrder,
	index: number,
): Record<string, unknown> {
	if (item.price !== undefined) return { price: item.price, quantity: item.quantity };
	return {
		price_data: {
			currency: order.currency.toUpperCase(),
			unit_amount: minorUnits(
				item.unitAmount,
				order,
				order.lineItems.length === 0 ? 'Amount' : `Line Items ${index + 1}: Unit Amount`,
			),
			...(item.productId === undefined
				? { product_data: productOf(item) }
				: { product: item.productId }),
			...newPriceFields(item.priceFields ?? {}),
		},
		quantity: item.quantity,
	};
}

function productOf({ name, description, images, product }: WooshPayLineItem) {
	const { active = null, metadata = {}, url = null } = product ?? {};
	return productFields({
		name,
		description: description ?? null,
		images: images ?? [],
		active,
		metadata,
		url,
	});
}

/**
 * Create price lists `unit_amount` as text, every sample and the answers have a number
 * (api-55501373, 55502209e0).
 */
export function minorUnits(
	amount: string,
	{ amountUnit, currency }: Pick<CheckoutOrder, 'amountUnit' | 'currency'>,
	field: string,
): ExactNumber {
	return new ExactNumber(smallestUnits(amount, amountUnit, currency, field));
}

/** doc-1724285, api-42654190 */
export function getCheckoutCall(checkoutId: string, credentials: WooshPayCredentials): HttpCall {
	return getCall(`${SESSIONS}/${pathPart(checkoutId, 'Checkout ID')}`, credentials);
}

function checkoutResult(
	reply: HttpReply,
	{ order, call, credentials }: Sent<WooshPayCredentials, WooshPayOrder>,
): WooshPayCheckout {
	const checkout = readCheckout(reply, credentials, 'create');
	const sent = sentTotal(sentBody(call).line_items);
	// The sample of the answer (doc-1724285, api-42654181) has null for the reference and no
	// metadata.
	return {
		...checkout,
		reference: checkout.reference ?? order.reference,
		amount: checkout.amount ?? fromMinorUnits(sent.total, sent.currencies[0]),
		currency: checkout.currency ?? textOrNull(sent.currencies[0]),
		idempotencyKey: call.headers?.['Idempotency-Key'] ?? null,
	};
}

/**
 * Inferred: `paid` in `payment_status`, and every status but `open`; pages show `unpaid` and `open`
 * only. What nobody shows is unknown.
 */
export function readCheckout(
	reply: HttpReply,
	credentials: WooshPayCredentials,
	purpose: Purpose,
): Checkout {
	const session = answered(reply, 'checkout', purpose);
	const status = textOrNull(session.status);
	const paidWord = wordForPaid(session.payment_status, 'paid', credentials);
	const currency = textOrNull(session.currency);
	return checkoutOf({
		provider: 'wooshpay',
		checkoutId: textOrNull(session.id),
		paymentId: textOrNull(session.payment_intent),
		reference:
			textOrNull(session.client_reference_id) ??
			textOrNull(objectIn(session, 'metadata').reference),
		// Byte for byte: its `key` ends in `=`, and its path is not the session's id.
		checkoutUrl: readPayerLink(session.url, apiUrl(credentials)),
		status: paidWord === undefined ? statusOfUnpaid(session) : 'paid',
		providerStatus: paidWord ?? status,
		amount: fromMinorUnits(session.amount_total, currency),
		currency,
		expiresAt: readTime(session.expires_at),
		livemode: booleanOrNull(session.livemode),
	});
}

/** The words that the credential adds to the usual ones. */
function moreWordsForPaid(credentials: WooshPayCredentials): string[] {
	return listOf(countingSettings(credentials, { paidValues: '' }).paidValues);
}

/** The word if it says paid: the usual one, or one that the credential adds. */
function wordForPaid(
	word: unknown,
	usual: string,
	credentials: WooshPayCredentials,
): string | undefined {
	return typeof word === 'string' && [usual, ...moreWordsForPaid(credentials)].includes(word)
		? word
		: undefined;
}

/** None of them is paid: that stands in `payment_status` only. */
const SESSION_STATUS: Record<string, CheckoutStatus> = {
	open: 'open',
	// The payer is through with the page, and the money is not there.
	complete: 'pending',
	expired: 'expired',
	canceled: 'canceled',
};

/** Of a word that nobody shows in `payment_status`, such as that none was needed, nothing is said. */
function statusOfUnpaid({ status, payment_status: payment }: Payload): CheckoutStatus {
	const word = textOrNull(status);
	if (word === 'complete' && payment !== 'unpaid') return 'unknown';
	return lookup(SESSION_STATUS, word) ?? 'unknown';
}

/** What a call was sent for: an answer that cannot be read leaves open whether it was done. */
export type Purpose = 'create' | 'update' | 'end' | 'read';

const UNREADABLE: Record<Purpose, (what: string) => string> = {
	create: (what) =>
		`The ${what} may have been made nevertheless. Look in the WooshPay dashboard before you run this row again.`,
	update: (what) =>
		`The ${what} may have been changed nevertheless. Run this row again: a second time changes nothing more.`,
	end: (what) =>
		`${IN_DOUBT} nevertheless. Look the ${what} up with Get before you run this row again.`,
	read: () => 'Check the address in the credential; if it is right, ask WooshPay.',
};

/** The object of a good answer. Every object of WooshPay's has an `id`. */
export function answered(
	reply: HttpReply,
	what: string,
	purpose: Purpose,
): Record<string, unknown> {
	const body = isObject(reply.body) ? reply.body : {};
	if (textOrNull(body.id) === null)
		throw new CallFailure(`WooshPay's answer holds no ${what} id${quotedBody(reply)}`, {
			advice: UNREADABLE[purpose](what),
			mayHaveArrived: purpose === 'create' || purpose === 'end',
		});
	return body;
}

function objectIn(holder: Record<string, unknown>, name: string): Record<string, unknown> {
	const value = holder[name];
	return isObject(value) ? value : {};
}

/** Null for anything but true and false. */
export function booleanOrNull(value: unknown): boolean | null {
	return typeof value === 'boolean' ? value : null;
}

/** ISO 8601, UTC; null if it is not a time. */
export function readTime(value: unknown): string | null {
	return readMoment(value)?.toISOString() ?? null;
}

/** project-1296482, api-44642278 */
export function getPaymentCall(paymentId: string, credentials: WooshPayCredentials): HttpCall {
	return getCall(`${PAYMENT_INTENTS}/${pathPart(paymentId, 'Payment ID')}`, credentials);
}

/**
 * Statuses of docs.wooshpay.com/doc-1722924 and /doc-2895670. Inferred: the last four, which public
 * clients read, and none of which is paid. Any other is unknown.
 */
const INTENT_PAID = 'succeeded';
const INTENT_STATUS: Record<string, CheckoutStatus> = {
	requires_action: 'pending',
	requires_capture: 'pending',
	canceled: 'canceled',
	requires_payment_method: 'pending',
	requires_confirmation: 'pending',
	processing: 'pending',
	failed: 'failed',
};

/** Words that mean something else, so that no setting takes them for paid. */
const NOT_PAID = new Set(['unpaid', ...Object.keys(SESSION_STATUS), ...Object.keys(INTENT_STATUS)]);

/**
 * A payment intent in our shape; the amount in major units.
 *
 * @throws CallFailure when the answer holds none
 */
export function readPayment(
	reply: HttpReply,
	credentials: WooshPayCredentials,
	purpose: Purpose = 'read',
): Checkout {
	const intent = answered(reply, 'payment', purpose);
	const isPaid = wordForPaid(intent.status, INTENT_PAID, credentials) !== undefined;
	const providerStatus = textOrNull(intent.status);
	const { amount, currency } = intentMoney(intent, isPaid);
	return checkoutOf({
		provider: 'wooshpay',
		checkoutId: null,
		paymentId: textOrNull(intent.id),
		reference: referenceOf(intent),
		status: isPaid ? 'paid' : (lookup(INTENT_STATUS, providerStatus) ?? 'unknown'),
		providerStatus,
		statusReason: isPaid ? null : failureReason(intent),
		amount,
		currency,
		livemode: booleanOrNull(intent.livemode),
	});
}

/**
 * `amount_received` is null in the sample of a paid one (api-44642278), so that `amount` counts
 * unless something else was received. Not so where the money was captured by hand: a part of it
 * may have been (doc-2895670), and `amount` is what was authorized.
 */
function intentMoney(
	intent: Record<string, unknown>,
	isPaid: boolean,
): { amount: string | null; currency: string | null } {
	const currency = textOrNull(intent.currency);
	const amount = isPaid ? amountReceived(intent) : intent.amount;
	return { amount: fromMinorUnits(amount, currency), currency };
}

function amountReceived({ amount, amount_received, capture_method }: Record<string, unknown>) {
	const received = textOrNull(amount_received);
	if (received !== null && /^0*[1-9]\d*$/.test(received)) return received;
	return capture_method === 'manual' ? null : amount;
}

/**
 * Why a payment intent (api-44642278) or a refund (api-51369554) failed; null where it succeeded,
 * whatever an earlier try left there. Inferred: `last_payment_error`, of which every sample shows
 * null, is the code itself or an object that has one.
 */
function failureReason(object: Record<string, unknown>): string | null {
	if (object.status === 'succeeded') return null;
	const { failure_reason: ofRefund, last_payment_error: ofPayment } = object;
	if (!isObject(ofPayment)) return textOrNull(ofRefund) ?? textOrNull(ofPayment);
	return textOrNull(ofPayment.code) ?? textOrNull(ofPayment.message) ?? textOrNull(ofPayment.type);
}

function referenceOf(object: Record<string, unknown>): string | null {
	return textOrNull(object.merchant_order_id) ?? textOrNull(objectIn(object, 'metadata').reference);
}

/**
 * `succeeded` is the one status that a page shows (api-51369554). Inferred: the others, which can
 * mean only one thing.
 */
const REFUND_STATUS: Record<string, Refund['status']> = {
	succeeded: 'succeeded',
	pending: 'pending',
	failed: 'failed',
	canceled: 'canceled',
};

/**
 * A refund in our shape; the amount in major units.
 *
 * @throws CallFailure when the answer holds none
 */
export function readRefund(reply: HttpReply, purpose: Purpose): Refund {
	const refund = answered(reply, 'refund', purpose);
	const currency = textOrNull(refund.currency);
	const providerStatus = textOrNull(refund.status);
	return {
		provider: 'wooshpay',
		refundId: textOrNull(refund.id),
		paymentId: textOrNull(refund.payment_intent),
		reference: textOrNull(objectIn(refund, 'metadata').reference),
		paymentReference: null,
		status: lookup(REFUND_STATUS, providerStatus) ?? 'unknown',
		providerStatus,
		amount: fromMinorUnits(refund.amount, currency),
		currency,
	};
}

const ADVICE_BY_STATUS: Record<number, string> = {
	401: "Check 'Secret Key' in the credential, and that it belongs to 'Environment'.",
	403: 'The key in the credential may not do this. Use a secret key (sk_…) with that permission.',
	409: "An earlier request had the same key but other content, or is still being worked on. Run it again later, or raise 'Attempt'.",
};

/**
 * Statuses of doc-1763752. Where in the body the words are is not readable there (`type` and `code`
 * are named), so every place is looked at in which such an object can be.
 */
function failure(reply: HttpReply): Refusal | undefined {
	if (reply.status < 400) return undefined;
	const body = isObject(reply.body) ? reply.body : {};
	const error = isObject(body.error) ? body.error : body;
	const code = textOrNull(error.code) ?? textOrNull(error.type);
	const words =
		textOrNull(error.message) ??
		textOrNull(body.error_description) ??
		textOrNull(body.error) ??
		textOrNull(body.message);
	const message = [words, code !== null && words !== null ? `(${code})` : code]
		.filter(Boolean)
		.join(' ');
	const advice = ADVICE_BY_STATUS[reply.status];
	return { message, ...omitNull({ advice }) };
}

function verify(
	received: ReceivedCallback,
	credentials: WooshPayCredentials,
	remembered?: Remembered,
): Verification {
	const header = SIGNATURE_HEADERS.map((name) => received.headers[name]).find(Boolean);
	if (header === undefined)
		return {
			genuine: false,
			...REFUSALS.missing_header,
		};
	const secrets = callbackSecrets(credentials, remembered);
	// Without any secret the header is read all the same: one that WooshPay cannot have sent is not
	// asked about.
	const verdict = verifyWithAny(secrets.size > 0 ? [...secrets] : [NO_SECRET], (secret) =>
		verifySigned(header, received.rawBody, secret),
	);
	if (verdict.genuine) return ofThisEnvironment(verdict, credentials);
	return secrets.size === 0 && verdict.fault !== undefined
		? {
				genuine: false,
				fault: 'ours',
				...REFUSALS.no_secret,
			}
		: verdict;
}

/** No secret of WooshPay's: nothing is ever signed with it. */
const NO_SECRET = randomBytes(32).toString('hex');

function verifySigned(header: string, rawBody: Buffer, secret: string): Verification {
	const checked = checkSignature(header, rawBody, secret);
	if ('code' in checked)
		return {
			genuine: false,
			...(checked.code === 'signature_mismatch' && { fault: 'noSecretFits' }),
			...checked,
		};
	const text = readUtf8(rawBody) ?? '';
	const payload = readJson(text);
	return isObject(payload)
		? { genuine: true, payload, signedAt: checked.signedAt }
		: {
				genuine: true,
				payload: { text },
				signedAt: checked.signedAt,
				unreadable: REFUSALS.body_not_object,
			};
}

/** A test payment must not be taken for money, whichever secret its endpoint has. */
function ofThisEnvironment(
	verdict: Extract<Verification, { genuine: true }>,
	credentials: WooshPayCredentials,
): Verification {
	const refused = otherEnvironment(booleanOrNull(verdict.payload.livemode), credentials);
	return refused === undefined ? verdict : { genuine: false, ...refused };
}

/** Why what WooshPay says is not about the account in the credential. */
function otherEnvironment(
	livemode: boolean | null,
	{ environment, secretKey }: WooshPayCredentials,
): Refused | undefined {
	const mode = environment === 'custom' ? modeOfKey(secretKey) : environment;
	if (livemode === null || mode === undefined || livemode === (mode === 'live')) return undefined;
	return REFUSALS.other_environment(livemode ? 'live' : 'test', mode);
}

/** The names that pages show: docs.wooshpay.com/doc-2517709 and /42648310e0. */
const SUCCEEDED = 'payment_intent.succeeded';
const REFUND_UPDATED = 'charge.refund.updated';
const SESSION_EXPIRED = 'checkout.session.expired';
const EVENT_OF_TYPE: Record<string, PaymentEventName> = {
	'payment_intent.created': 'payment.pending',
	'payment_intent.requires_action': 'payment.pending',
	'payment_intent.payment_failed': 'payment.failed',
	'payment_intent.canceled': 'payment.canceled',
	// Inferred: no page shows it. checkout.session.completed comes beside payment_intent.succeeded, so
	// it is left out: it would report each payment twice.
	[SESSION_EXPIRED]: 'payment.expired',
	'charge.dispute.updated': 'dispute.updated',
};
const ALL_TYPES = [SUCCEEDED, REFUND_UPDATED, ...Object.keys(EVENT_OF_TYPE)];

const STATUS_OF_EVENT: Partial<Record<PaymentEventName, CheckoutStatus>> = {
	'payment.succeeded': 'paid',
	'payment.pending': 'pending',
	'payment.failed': 'failed',
	'payment.canceled': 'canceled',
	'payment.expired': 'expired',
	'refund.succeeded': 'refunded',
};

/** What a provider's event is in our words. An event that contradicts its own object is unknown. */
function eventName(
	type: string,
	object: Record<string, unknown>,
	isPaid: boolean,
): PaymentEventName {
	if (type === SUCCEEDED) return isPaid ? 'payment.succeeded' : 'unknown';
	if (type === REFUND_UPDATED) return refundEvent(object);
	return lookup(EVENT_OF_TYPE, type) ?? 'unknown';
}

/**
 * Inferred: the object of `charge.refund.updated` is the refund; a reason for its failure means
 * that it failed.
 */
function refundEvent(refund: Record<string, unknown>): PaymentEventName {
	const status = lookup(REFUND_STATUS, textOrNull(refund.status));
	if (status === 'succeeded') return 'refund.succeeded';
	if (status === 'failed' || status === 'canceled' || textOrNull(refund.failure_reason) !== null)
		return 'refund.failed';
	return status === 'pending' ? 'refund.pending' : 'unknown';
}

/**
 * The event of docs.wooshpay.com/api-49996644. Inferred: `data.object` of a payment event is the
 * payment intent of api-44642278, since no page shows a whole one.
 */
function readEvent(payload: Payload, credentials: WooshPayCredentials): PaymentEventData {
	const object = objectIn(objectIn(payload, 'data'), 'object');
	const type = textOrNull(payload.type) ?? '';
	const isPayment = type.startsWith('payment_intent.');
	const isPaid = wordForPaid(object.status, INTENT_PAID, credentials) !== undefined;
	const event = eventName(type, object, isPaid);
	const isSession = object.object === 'checkout.session';
	const objectId = textOrNull(object.id);
	const money = isPayment
		? intentMoney(object, isPaid)
		: {
				amount: fromMinorUnits(object.amount ?? object.amount_total, object.currency),
				currency: textOrNull(object.currency),
			};
	return {
		provider: 'wooshpay',
		event,
		eventId: eventIdFor(event, payload, object),
		checkoutId: isSession ? objectId : null,
		paymentId: isPayment ? objectId : textOrNull(object.payment_intent),
		reference: (isSession ? textOrNull(object.client_reference_id) : null) ?? referenceOf(object),
		status: STATUS_OF_EVENT[event] ?? 'unknown',
		providerStatus: textOrNull(object.status),
		statusReason: isPayment && isPaid ? null : failureReason(object),
		...money,
		livemode: booleanOrNull(payload.livemode),
		occurredAt: readTime(payload.created),
		raw: payload,
	};
}

/**
 * A payment succeeds once, and so does a refund, however many events or ways of verifying tell of
 * it. Everything else is known by the event's own id.
 */
function eventIdFor(
	event: PaymentEventName,
	payload: Payload,
	object: Record<string, unknown>,
): string {
	const isOnce = event === 'payment.succeeded' || event === 'refund.succeeded';
	const objectId = isOnce ? textOrNull(object.id) : null;
	// However WooshPay's word for paid is spelled.
	const status = isOnce ? INTENT_PAID : textOrNull(object.status);
	return objectId === null
		? (textOrNull(payload.id) ?? eventIdOf(null, status, payload))
		: eventIdOf(objectId, status, payload);
}

/** The provider's name of the event that a payload tells about; '' if it has none. */
export function providerEventOf({ raw }: Pick<PaymentEventData, 'raw'>): string {
	return textOrNull(raw.type) ?? '';
}

/**
 * `unknown` is a status that nobody lists, in any of the events that pages show. Whether WooshPay
 * takes an endpoint for a checkout that expires is not documented, so only those who choose that
 * event ask for it.
 */
function eventNames(events: PaymentEventName[], additional: string[]): string[] {
	const own = events.flatMap((event) => {
		if (event === 'unknown') return ALL_TYPES.filter((type) => type !== SESSION_EXPIRED);
		if (event === 'payment.succeeded') return [SUCCEEDED];
		if (event.startsWith('refund.')) return [REFUND_UPDATED];
		return Object.keys(EVENT_OF_TYPE).filter((type) => EVENT_OF_TYPE[type] === event);
	});
	return [...new Set([...own, ...additional])];
}

function readUnsigned({ rawBody }: ReceivedCallback): { payload: Payload } | Refused {
	const payload = readJsonBytes(rawBody);
	return isObject(payload) ? { payload } : REFUSALS.unsigned_body_not_object;
}

/**
 * The event is asked for, and never the payment: an event tells its type, time and environment,
 * whoever names it, and nobody but WooshPay and us knows its id.
 */
const confirm: Confirmation<WooshPayCredentials> = {
	readUnsigned,
	askFor({ raw }) {
		const providerEventId = textOrNull(raw.id);
		return providerEventId !== null && isPathPart(providerEventId)
			? { providerEventId }
			: undefined;
	},
	call: (about, credentials) =>
		getCall(
			`${EVENTS}/${pathPart('providerEventId' in about ? about.providerEventId : '', 'Event ID')}`,
			credentials,
		),
	facts(reply, about, credentials) {
		const payload = answered(reply, 'event', 'read');
		if (!('providerEventId' in about) || payload.id !== about.providerEventId)
			throw new CallFailure('its answer is about another event', { advice: '' });
		return readEvent(payload, credentials);
	},
	contradiction: ({ livemode }, credentials) => otherEnvironment(livemode, credentials),
	timeOf: ({ raw }) => readTime(raw.created),
	amountIs: 'received',
	nobodys: { providerEventId: 'evt_0000000000000000000' },
};

export const wooshPay: PaymentContract<WooshPayCredentials, WooshPayOrder> = {
	provider: 'wooshpay',
	displayName: 'WooshPay',
	nonSecretFields: ['environment', 'callbackProof', 'paidValues'],
	authHeaders,
	credentialProblem,
	checkout: { call: createCheckoutCall, result: checkoutResult },
	failure,
	callback: {
		// A trigger has the secret of the endpoint that it registers: where it has lost it, `verify`
		// says what helps.
		setupProblem: (credentials, remembered) =>
			remembered !== undefined || callbackSecrets(credentials).size > 0
				? undefined
				: SENTENCES.webhookSecretEmpty,
		verify,
		findSetting,
		parseEvent: readEvent,
		// doc-2517709: any 2xx acknowledges, nothing particular in it.
		acknowledgement: () => ({ status: 200, contentType: 'text/plain; charset=utf-8', body: 'OK' }),
		events: [
			'payment.succeeded',
			'payment.failed',
			'payment.canceled',
			'payment.expired',
			'payment.pending',
			'refund.succeeded',
			'refund.failed',
			'refund.pending',
			'dispute.updated',
			'unknown',
		],
		proofs: ['signatureOrProvider', 'signature', 'signatureAndProvider'],
		confirm,
		registration: {
			eventNames,
			list: listEndpointsCall,
			listed: listedEndpoints,
			create: createEndpointCall,
			remember: rememberEndpoint,
			// Inferred: any 2xx is done; a 404 means that it is gone already.
			remove: (id, credentials) => ({
				method: 'DELETE',
				url: `${apiUrl(credentials)}${WEBHOOK_ENDPOINTS}/${pathPart(id, 'Endpoint ID')}`,
				headers: { ...JSON_HEADERS },
				retry: 'idempotent',
			}),
			secretOf: ({ secretKey }) => secretKey,
			environment: environmentOf,
		},
	},
};
