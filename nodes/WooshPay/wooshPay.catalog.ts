import type { Purpose } from './wooshPay.contract';
import { answered, booleanOrNull, minorUnits } from './wooshPay.contract';
import type { HttpCall, HttpReply } from '../shared/core/contract';
import { isObject, mergeExtraFields, textOrNull, writeJson } from '../shared/core/exactJson';
import { InputError } from '../shared/core/inputError';
import { omitNull } from '../shared/core/omitNull';
import { fromMinorUnits } from '../shared/core/money';
import { pathPart } from '../shared/core/urls';
import type { WooshPayCredentials } from './wooshPay.requests';
import { JSON_HEADERS, apiUrl, createCall, getCall } from './wooshPay.requests';

/** https://docs.wooshpay.com/api-34903706 */
const PRODUCTS = '/v1/products';

/**
 * https://docs.wooshpay.com/api-55501373, https://docs.guanglian.co/55502209e0 and
 * https://docs.wooshpay.com/55502235e0
 */
const PRICES = '/v1/prices';

export interface ProductDetails {
	name: string;
	description: string | null;
	/** As WooshPay takes it: its own sample has no https:// in front. */
	url: string | null;
	images: string[];
	active: boolean | null;
	metadata: Record<string, string>;
}

export interface ProductOrder extends ProductDetails {
	extraFields: Record<string, unknown>;
}

export interface Product {
	provider: string;
	productId: string | null;
	name: string | null;
	description: string | null;
	active: boolean | null;
	url: string | null;
	livemode: boolean | null;
}

function productFields({
	name,
	description,
	url,
	images,
	active,
	metadata,
}: ProductDetails): Record<string, unknown> {
	return omitNull({
		name,
		active,
		description,
		images: images.length === 0 ? null : images,
		metadata: Object.keys(metadata).length === 0 ? null : metadata,
		url,
	});
}

/** api-34903706 */
export function createProductCall(
	product: ProductOrder,
	credentials: WooshPayCredentials,
): HttpCall {
	return createCall(
		{
			path: PRODUCTS,
			body: mergeExtraFields(productFields(product), product.extraFields),
			howToFindOut:
				'Look in the WooshPay dashboard for a product with this name before you run this row again.',
		},
		credentials,
	);
}

/**
 * The answer to a create.
 *
 * @throws CallFailure when it holds no product
 */
export function readProduct(reply: HttpReply): Product {
	const product = answered(reply, 'product', 'create');
	return {
		provider: 'wooshpay',
		productId: textOrNull(product.id),
		name: textOrNull(product.name),
		description: textOrNull(product.description),
		active: booleanOrNull(product.active),
		url: textOrNull(product.url),
		livemode: booleanOrNull(product.livemode),
	};
}

export interface PriceOrder extends PriceFields {
	/** Decimal text, of one piece. */
	amount: string;
	amountUnit: 'major' | 'smallest';
	currency: string;
	/** The id of a product, or what to make one of in the same call. */
	product: string | ProductDetails;
	extraFields: Record<string, unknown>;
}

/** What can be changed of a price (55502235e0): the amount cannot. */
export interface PriceFields {
	active?: boolean;
	nickname?: string;
	lookupKey?: string;
	metadata?: Record<string, string>;
}

export interface PriceUpdate {
	priceId: string;
	fields: PriceFields;
}

export interface Price {
	provider: string;
	priceId: string | null;
	productId: string | null;
	/** Decimal text in major units, of one piece. */
	amount: string | null;
	currency: string | null;
	active: boolean | null;
	nickname: string | null;
	lookupKey: string | null;
	livemode: boolean | null;
}

/** https://docs.guanglian.co/55502209e0 */
const LONGEST_LOOKUP_KEY = 200;

function priceFields({
	active,
	nickname,
	lookupKey,
	metadata,
}: PriceFields): Record<string, unknown> {
	if (lookupKey !== undefined && lookupKey.length > LONGEST_LOOKUP_KEY)
		throw new InputError(
			`'Lookup Key' is longer than ${LONGEST_LOOKUP_KEY} characters`,
			'Shorten it; WooshPay takes no longer ones.',
		);
	return omitNull({ active, nickname, lookup_key: lookupKey, metadata });
}

/**
 * api-55501373; the amount in the smallest unit.
 *
 * @throws InputError for a lookup key that is too long
 */
export function createPriceCall(price: PriceOrder, credentials: WooshPayCredentials): HttpCall {
	const body = {
		currency: price.currency.toUpperCase(),
		unit_amount: minorUnits(price.amount, price, 'Amount'),
		...(typeof price.product === 'string'
			? { product: price.product }
			: { product_data: productFields(price.product) }),
		...priceFields(price),
	};
	return createCall(
		{
			path: PRICES,
			body: mergeExtraFields(body, price.extraFields),
			howToFindOut: 'Look in the WooshPay dashboard for this price before you run this row again.',
		},
		credentials,
	);
}

/** 55502209e0 */
export function getPriceCall(priceId: string, credentials: WooshPayCredentials): HttpCall {
	return getCall(`${PRICES}/${pathPart(priceId, 'Price ID')}`, credentials);
}

/** 55502235e0 */
export function updatePriceCall(
	{ priceId, fields }: PriceUpdate,
	credentials: WooshPayCredentials,
): HttpCall {
	// What is left out stays as it is, so a second time changes nothing more.
	return {
		method: 'POST',
		url: `${apiUrl(credentials)}${PRICES}/${pathPart(priceId, 'Price ID')}`,
		headers: { ...JSON_HEADERS },
		body: writeJson(priceFields(fields)),
		retry: 'idempotent',
	};
}

/** `product` is the whole object in one page and its id in another (doc-1722914, 55502209e0). */
export function readPrice(reply: HttpReply, purpose: Purpose): Price {
	const price = answered(reply, 'price', purpose);
	const currency = textOrNull(price.currency);
	return {
		provider: 'wooshpay',
		priceId: textOrNull(price.id),
		productId: textOrNull(isObject(price.product) ? price.product.id : price.product),
		amount: fromMinorUnits(price.unit_amount, currency),
		currency,
		active: booleanOrNull(price.active),
		nickname: textOrNull(price.nickname),
		lookupKey: textOrNull(price.lookup_key),
		livemode: booleanOrNull(price.livemode),
	};
}
