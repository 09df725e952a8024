import { minorUnitsWithinLimits } from '../shared/core/moneyLimits';
import type { EFundPayCredentials, EFundPayOrder } from './eFundPay.contract';
import {
	baseUrlOf,
	buyerFields,
	makingCall,
	orderBody,
	requiredCallbackUrl,
	TRANSACTIONS,
} from './eFundPay.contract';
import type { HttpCall, HttpReply } from '../shared/core/contract';
import { InputError } from '../shared/core/inputError';
import { omitNull } from '../shared/core/omitNull';
import { isObject, mergeExtraFields, textOrNull, writeJson } from '../shared/core/exactJson';
import { createHmac } from 'crypto';
import { isAbsoluteUrl } from '../shared/core/urls';
import { CallFailure } from '../shared/core/callFailure';
import { quote } from '../shared/core/quote';

/**
 * docs.efundflow.com/transactions/create contradicts itself: its heading says `/transactions`, its
 * curl sample posts to `/transactions/payments`. Inferred: the sample, which was likelier run and
 * is named like the checkout call.
 */
const CREATE_TRANSACTION = '/transactions/payments';

export type EFundPayMethod =
	| { kind: 'card'; number: string; expirationDate: string; securityCode: string }
	| { kind: 'other'; method: string; fields: Record<string, unknown> };

export interface EFundPayTransactionOrder extends EFundPayOrder {
	paymentMethod: EFundPayMethod;
	/** The payer's own address, as the merchant's front end saw it. */
	buyerIp: string;
	browserInfo: Record<string, unknown> | null;
	/** Whether `payment_method` repeats currency and country. */
	repeatsInMethod: boolean;
}

export interface TransactionFilters {
	createdAfter?: Date;
	createdBefore?: Date;
	paymentId?: string;
	method?: string;
	scheme?: string;
	status?: string;
}

/** docs.efundflow.com/transactions/create: the two addresses stand inside `payment_method` here. */
export function createTransactionCall(
	order: EFundPayTransactionOrder,
	credentials: EFundPayCredentials,
): HttpCall {
	const { paymentMethod } = order;
	const urls = {
		...omitNull({ redirect_url: order.successUrl }),
		webhooks_url: requiredCallbackUrl(order.callbackUrl),
	};
	if (paymentMethod.kind === 'other' && buyerFields(order) === null)
		throw new InputError(
			"'Buyer Name' and 'Buyer Email' are both empty",
			'EFundPay requires a buyer with every method but a card: fill in one of them at least.',
		);
	const common = orderBody(order);
	// Inferred: the page names them only to say that they have to agree with those of the order where
	// the payer is redirected.
	const repeated = order.repeatsInMethod
		? omitNull({ currency: common.currency, country: common.country })
		: {};
	const body = {
		...common,
		payment_method:
			paymentMethod.kind === 'card'
				? { ...cardFields(paymentMethod), ...repeated, ...urls }
				: { ...repeated, ...paymentMethod.fields, method: paymentMethod.method, ...urls },
		...omitNull({ browser_info: order.browserInfo }),
	};
	const merged = minorUnitsWithinLimits(mergeExtraFields(body, order.extraFields), credentials);
	if (paymentMethod.kind === 'other') refuseCard(merged.payment_method);
	const text = writeJson(merged);
	const secrets =
		paymentMethod.kind === 'card' ? [paymentMethod.number, paymentMethod.securityCode] : [];
	// The idempotency key is stored and shown: a bare hash over a card number could be searched
	// through.
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
	return {
		...call,
		headers: { ...call.headers, 'X-Forwarded-For': buyerIp },
		...(secrets.length === 0 ? {} : { secrets }),
	};
}

/** The same call at the other documented path, for a 404 or 405 at the first. */
export function atOtherPath(call: HttpCall, credentials: EFundPayCredentials): HttpCall {
	return { ...call, url: `${baseUrlOf(credentials)}${TRANSACTIONS}` };
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

/**
 * Only of a card that stands in its own fields is known what has to be hidden: in errors, in
 * outputs and behind the idempotency key.
 */
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

/**
 * docs.efundflow.com/transactions/list: newest update first. Inferred: a list with one value is
 * written as that value, since no page shows how lists are written in the query.
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
		id: filters.paymentId,
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

/** The query with its question mark; empty members are left out. */
export function queryText(query: Record<string, string | number | null | undefined>): string {
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
