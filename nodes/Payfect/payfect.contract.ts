import { acknowledgementOf } from '../shared/core/acknowledgement';
import { withCallbackTag } from '../shared/core/callbackTag';
import { isPathPart, pathPart, readBaseUrl, readPayerLink } from '../shared/core/urls';
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
	LineItem,
	PaymentContract,
	PaymentEventData,
	Payload,
	ReceivedCallback,
	Sent,
	Verification,
} from '../shared/core/contract';
import { eventIdOf, eventIdWithAmount } from '../shared/core/eventId';
import {
	isObject,
	mergeExtraFields,
	readJsonBytes,
	sentBody,
	textOrNull,
} from '../shared/core/exactJson';
import { wholeOrderAsItem } from '../shared/core/lineItems';
import { currencyExponent, refuseDecimals } from '../shared/core/money';
import type { CallbackAddress } from '../shared/core/callbackAddress';
import { sentTotal, type MoneyLimits } from '../shared/core/moneyLimits';
import { countingSettings, type Switched } from '../shared/core/otherSettings';
import { deepEqual } from '../shared/core/deepEqual';
import { withinLimits } from './payfect.limits';
import { REFUSALS, SENTENCES } from './payfect.reasons';
import { findSetting } from './findSetting';
import { openFernetToken, readFernetKey, SIGNATURE_HEADER } from './signature';
import type { Refused } from '../shared/core/sentences';
import { verifyWithAny } from '../shared/core/secrets';
import { omitNull } from '../shared/core/omitNull';
import { checkoutOf } from '../shared/core/outputs';

/**
 * https://docs.payfect.finance/payment/create and /payment/query. The slash at the end belongs to
 * every path.
 */
const CHECKOUTS = '/checkouts/';
/**
 * The only value of `payment_method_data.type` that is documented
 * (docs.payfect.finance/payment/create), in its own odd casing.
 */
const CRYPTO_PAYMENT_METHOD = 'cryptopaymentmethoddetail';

/** What stands behind the switch *My Provider Told Me Other Settings*. */
interface OtherSettings {
	acknowledgementBody: string;
}

const STANDARD: OtherSettings = { acknowledgementBody: 'OK' };

export interface PayfectCredentials extends CallbackAddress, MoneyLimits, Switched<OtherSettings> {
	apiKey: string;
	callbackSecretKey: string;
	callbackSecretKeyPrevious?: string;
	baseUrl: string;
	callbackProof?: CallbackProof;
	/** `merchant.id` of the own checkouts. */
	merchantId?: string;
}

export interface PayfectOrder extends CheckoutOrder {
	/** Chosen ahead for the payer; null leaves the choice to the payment page. */
	paymentMethod: { currency: string; network: string } | null;
}

/**
 * Amounts are decimal text in whole currency units in both directions
 * (docs.payfect.finance/payment/create).
 */
function createCheckoutCall(order: PayfectOrder, credentials: PayfectCredentials): HttpCall {
	const items = order.lineItems.length > 0 ? order.lineItems : [wholeOrderAsItem(order, 'Payfect')];
	const body = omitNull({
		client_reference_id: order.reference,
		currency: order.currency,
		invoice_items: items.map((item, index) =>
			invoiceItem(
				item,
				order.currency,
				order.lineItems.length === 0 ? 'Amount' : `Line Items ${index + 1}: Unit Amount`,
			),
		),
		success_url: order.successUrl,
		cancel_url: order.cancelUrl,
		callback_url: callbackUrl(order, credentials),
		payment_method_data:
			order.paymentMethod === null
				? null
				: { type: CRYPTO_PAYMENT_METHOD, paymentMethodDetail: order.paymentMethod },
	});
	return {
		method: 'POST',
		url: `${readBaseUrl(credentials.baseUrl)}${CHECKOUTS}`,
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(withinLimits(mergeExtraFields(body, order.extraFields), credentials)),
		// No idempotency key is documented, and nothing says that client_reference_id must be unique.
		retry: 'never',
		howToFindOut:
			'Payfect cannot be searched by reference: look in its dashboard for a checkout with this reference before you run this row again.',
	};
}

/**
 * Inferred: exactly one of `price` and `price_data`; the field table requires the first, the
 * examples send only the second.
 */
function invoiceItem(item: LineItem, currency: string, field: string): Record<string, unknown> {
	if (item.price !== undefined) return { price: item.price, quantity: item.quantity };
	const { name, description, images } = item;
	return {
		price_data: {
			currency,
			unit_amount: payable(item.unitAmount, currency, field),
			product_data: omitNull({ name, description, images }),
		},
		quantity: item.quantity,
	};
}

/**
 * The amount as it is, if the currency can be paid in that many decimals. Of coins, and of all else
 * that ISO 4217 does not list, no page says how many they have.
 */
function payable(amount: string, currency: string, field: string): string {
	refuseDecimals(amount, currencyExponent(currency), currency.toUpperCase(), field);
	return amount;
}

/** With a tag where the callback that comes there is asked about, signed or not. */
function callbackUrl(
	{ callbackUrl: url }: PayfectOrder,
	{ apiKey, callbackProof }: PayfectCredentials,
): string | null {
	return url !== null && callbackProof === 'provider' ? withCallbackTag(url, apiKey) : url;
}

/** docs.payfect.finance/payment/query */
export function getCheckoutCall(checkoutId: string, credentials: PayfectCredentials): HttpCall {
	return {
		method: 'GET',
		url: `${readBaseUrl(credentials.baseUrl)}${CHECKOUTS}${pathPart(checkoutId, 'Checkout ID')}/`,
		retry: 'idempotent',
	};
}

/** Checkout statuses of docs.payfect.finance/payment/create. */
const CHECKOUT_STATUS = new Map<string | null, CheckoutStatus>([
	['open', 'open'],
	['complete', 'paid'],
	['expired', 'expired'],
]);

/**
 * The answer to a create or a query, in our shape.
 *
 * @throws CallFailure when it holds no checkout
 */
export function readCheckout(
	reply: HttpReply,
	credentials: PayfectCredentials,
	purpose: 'create' | 'read',
): Checkout {
	const body = isObject(reply.body) ? reply.body : {};
	const checkoutId = textOrNull(body.id);
	if (checkoutId === null) {
		const made = purpose === 'create';
		const advice = made
			? `${IN_DOUBT} nevertheless. Look in the Payfect dashboard before you run this row again.`
			: 'Check the address in the credential; if it is right, ask Payfect.';
		throw new CallFailure(`Payfect's answer holds no checkout id${quotedBody(reply)}`, {
			advice,
			mayHaveArrived: made,
		});
	}
	const providerStatus = textOrNull(body.status);
	return checkoutOf({
		provider: 'payfect',
		checkoutId,
		paymentId: textOrNull(body.paymentIntent),
		reference: textOrNull(body.clientReferenceId),
		checkoutUrl: readPayerLink(body.url, credentials.baseUrl),
		status: CHECKOUT_STATUS.get(providerStatus) ?? 'unknown',
		providerStatus,
		amount: textOrNull(body.amountTotal),
		currency: textOrNull(body.currency),
		expiresAt: readTime(body.expiresAt),
		livemode: typeof body.isLivemode === 'boolean' ? body.isLivemode : null,
	});
}

/**
 * The answer that docs.payfect.finance/payment/create shows has no `clientReferenceId`, although
 * its request has one.
 */
function readCreatedCheckout(
	reply: HttpReply,
	{ order, call, credentials }: Sent<PayfectCredentials, PayfectOrder>,
): Checkout {
	const checkout = readCheckout(reply, credentials, 'create');
	const sent = sentBody(call);
	return {
		...checkout,
		reference: checkout.reference ?? order.reference,
		amount: checkout.amount ?? sentTotal(sent.invoice_items).total,
		currency: checkout.currency ?? textOrNull(sent.currency),
	};
}

/**
 * The docs show three spellings of a time: seconds with microseconds (`createdAt`), milliseconds
 * (`expiresAt`) and, until December 2023, ISO 8601.
 */
export function readTime(value: unknown): string | null {
	const text = textOrNull(value);
	const milliseconds = text === null ? NaN : millisecondsOf(text);
	return Number.isFinite(milliseconds) && milliseconds < 8.64e15
		? new Date(milliseconds).toISOString()
		: null;
}

function millisecondsOf(text: string): number {
	if (/^\d{13}$/.test(text)) return Number(text);
	if (/^\d+(\.\d+)?$/.test(text)) return Math.floor(Number(text) * 1000);
	return text.includes('T') ? Date.parse(text) : NaN;
}

/**
 * The error body is not documented; whatever words it holds are shown. Inferred: `detail`, or a
 * list of messages by field.
 */
function failure(reply: HttpReply): { message: string; advice?: string } | undefined {
	if (reply.status < 400) return undefined;
	const body = reply.body;
	if (!isObject(body)) return undefined;
	const message = typeof body.detail === 'string' ? body.detail : JSON.stringify(body);
	// Inferred: a server of this kind may answer 403 where others answer 401.
	return reply.status === 401 || reply.status === 403
		? { message, advice: "Check 'API Key' in the credential." }
		: { message };
}

function verify(received: ReceivedCallback, credentials: PayfectCredentials): Verification {
	const token = received.headers[SIGNATURE_HEADER] ?? '';
	if (token === '')
		return {
			genuine: false,
			...REFUSALS.missing_signature,
		};
	return verifyWithAny(
		[credentials.callbackSecretKey, credentials.callbackSecretKeyPrevious],
		(key) => verifyToken(token, key, received.rawBody),
	);
}

/**
 * The token is an encrypted copy of the body, and nothing but the token is read. A body that says
 * something else may be of another shape than the one page that shows it, or changed on its way; it
 * lets nothing forged in, since only Payfect can encrypt a token. Of what else is encrypted with the
 * same key the members tell it apart: without a body that says the same, all must be there.
 */
function verifyToken(token: string, key: string, rawBody: Buffer): Verification {
	const opened = openFernetToken(token, key);
	if ('code' in opened) return { genuine: false, ...opened };
	const payload = readJsonBytes(opened.plaintext);
	if (payload === undefined) return { genuine: false, ...REFUSALS.payload_not_json };
	if (!isObject(payload)) return { genuine: false, ...REFUSALS.payload_not_object };
	const genuine = { genuine: true, payload, signedAt: opened.signedAt } as const;
	const body = rawBody.equals(opened.plaintext) ? payload : readJsonBytes(rawBody);
	if (body === undefined) return { genuine: false, ...REFUSALS.body_not_json };
	if (deepEqual(payload, body)) return genuine;
	return isDocumented(payload)
		? { ...genuine, remark: SENTENCES.bodyDiffers }
		: { genuine: false, ...REFUSALS.body_mismatch };
}

/** Has what every callback has (docs.payfect.finance/payment/callback), in its form. */
function isDocumented({ amount, ...payload }: Payload): boolean {
	return (
		['id', 'status', 'currency', 'merchant'].every(
			(name) => typeof payload[name] === 'string' && payload[name] !== '',
		) &&
		typeof amount === 'string' &&
		/^\d+(\.\d+)?$/.test(amount)
	);
}

/** The only status of a callback that is documented (docs.payfect.finance/payment/callback). */
const PAID = 'succeeded';

/**
 * Fields of docs.payfect.finance/payment/callback. Inferred: its `id` is the checkout's, as in all
 * the examples.
 */
function readEvent(payload: Payload): PaymentEventData {
	const providerStatus = textOrNull(payload.status);
	const paid = providerStatus === PAID;
	const facts: Omit<PaymentEventData, 'eventId'> = {
		provider: 'payfect',
		event: paid ? 'payment.succeeded' : 'unknown',
		checkoutId: textOrNull(payload.id),
		paymentId: textOrNull(payload.payment_intent),
		reference: textOrNull(payload.client_reference_id),
		status: paid ? 'paid' : 'unknown',
		providerStatus,
		statusReason: null,
		amount: textOrNull(payload.amount),
		currency: textOrNull(payload.currency),
		livemode: typeof payload.is_livemode === 'boolean' ? payload.is_livemode : null,
		// Neither payload nor checkout tells when it was paid.
		occurredAt: null,
		raw: payload,
	};
	return { ...facts, eventId: eventId(facts) };
}

/**
 * Inferred: no event id is documented; a checkout has each state once, apart from a success with
 * another amount. The callback's word for paid, also where the API said `complete`: however it is
 * found out, it is one event.
 */
function eventId(facts: Omit<PaymentEventData, 'eventId'>): string {
	const { checkoutId, paymentId, status, providerStatus, raw } = facts;
	const state = status === 'paid' ? PAID : providerStatus;
	return eventIdWithAmount(eventIdOf(checkoutId ?? paymentId, state, raw), facts);
}

const EVENT_OF_STATUS: Partial<Record<CheckoutStatus, PaymentEventData['event']>> = {
	paid: 'payment.succeeded',
	open: 'payment.pending',
	expired: 'payment.expired',
};

function readBody({ rawBody }: ReceivedCallback): { payload: Payload } | Refused {
	const payload = readJsonBytes(rawBody);
	return isObject(payload) ? { payload } : REFUSALS.body_not_object;
}

function readConfirmed(
	reply: HttpReply,
	about: AskedFor,
	credentials: PayfectCredentials,
): PaymentEventData {
	const checkout = readCheckout(reply, credentials, 'read');
	if (!('checkoutId' in about) || checkout.checkoutId !== about.checkoutId)
		throw new CallFailure('its answer is about another checkout', { advice: '' });
	const facts: Omit<PaymentEventData, 'eventId'> = {
		provider: 'payfect',
		event: EVENT_OF_STATUS[checkout.status] ?? 'unknown',
		checkoutId: checkout.checkoutId,
		paymentId: checkout.paymentId,
		reference: checkout.reference,
		status: checkout.status,
		providerStatus: checkout.providerStatus,
		statusReason: null,
		amount: checkout.amount,
		currency: checkout.currency,
		livemode: checkout.livemode,
		occurredAt: null,
		raw: isObject(reply.body) ? reply.body : {},
	};
	return { ...facts, eventId: eventId(facts) };
}

/**
 * Whether the look-up is limited to one's own checkouts is documented nowhere, so the merchant in
 * the answer is compared (docs.payfect.finance/payment/query).
 */
function contradiction(
	{ raw }: PaymentEventData,
	{ merchantId }: PayfectCredentials,
): Refused | undefined {
	if (!merchantId) return undefined;
	const merchant = isObject(raw.merchant) ? textOrNull(raw.merchant.id) : textOrNull(raw.merchant);
	return merchant?.toLowerCase() === merchantId.toLowerCase() ? undefined : REFUSALS.other_merchant;
}

const confirm: Confirmation<PayfectCredentials> = {
	readUnsigned: readBody,
	askFor: ({ checkoutId }) =>
		checkoutId !== null && isPathPart(checkoutId) ? { checkoutId } : undefined,
	call: (about, credentials) =>
		getCheckoutCall('checkoutId' in about ? about.checkoutId : '', credentials),
	facts: readConfirmed,
	eventId,
	contradiction,
	// `createdAt` is when the checkout was made, and nothing tells when it was paid.
	timeOf: () => null,
	// `amountTotal` is the sum of the invoice items.
	amountIs: 'ordered',
	setupProblem: ({ merchantId }) => (merchantId ? undefined : SENTENCES.merchantIdEmpty),
	nobodys: { checkoutId: '00000000-0000-4000-8000-000000000000' },
};

export const payfect: PaymentContract<PayfectCredentials, PayfectOrder> = {
	provider: 'payfect',
	displayName: 'Payfect',
	/** https://docs.payfect.finance/authentication */
	authHeaders: (credentials) => ({ Authorization: `Api-Key ${credentials.apiKey}` }),
	nonSecretFields: ['callbackProof', 'merchantId', 'acknowledgementBody'],
	credentialProblem: (credentials) => (credentials.apiKey ? undefined : SENTENCES.apiKeyEmpty),
	checkout: { call: createCheckoutCall, result: readCreatedCheckout },
	failure,
	callback: {
		setupProblem(credentials) {
			if (!credentials.callbackSecretKey) return SENTENCES.callbackSecretKeyEmpty;
			if (!readFernetKey(credentials.callbackSecretKey))
				return SENTENCES.callbackSecretKeyMalformed;
			if (
				credentials.callbackSecretKeyPrevious &&
				!readFernetKey(credentials.callbackSecretKeyPrevious)
			) {
				return SENTENCES.previousKeyMalformed;
			}
			return undefined;
		},
		verify,
		parseEvent: readEvent,
		tagSecrets: ({ apiKey }) => [apiKey],
		findSetting,
		// Inferred: the expected answer is not documented; 200 with nothing particular in it.
		acknowledgement: (credentials) =>
			acknowledgementOf(countingSettings(credentials, STANDARD).acknowledgementBody),
		events: ['payment.succeeded', 'payment.pending', 'payment.expired', 'unknown'],
		eventsWhenAsked: ['payment.pending', 'payment.expired'],
		proofs: ['signature', 'signatureAndProvider', 'provider'],
		confirm,
	},
};
