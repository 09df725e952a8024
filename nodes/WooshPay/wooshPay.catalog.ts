import type { Purpose } from './wooshPay.contract';
import { answered, booleanOrNull, minorUnits } from './wooshPay.contract';
import type { HttpCall, HttpReply } from '../shared/core/contract';
import { isObject, mergeExtraFields, textOrNull, writeJson } from '../shared/core/exactJson';
import { fromMinorUnits } from '../shared/core/money';
import { pathPart } from '../shared/core/urls';
import {
	newPriceFields,
	priceFields,
	productFields,
	type NewPriceFields,
	type PriceFields,
	type ProductDetails,
} from './wooshPay.priceData';
import type { WooshPayCredentials } from './wooshPay.requests';
import { JSON_HEADERS, apiUrl, createCall, getCall } from './wooshPay.requests';

/** https://docs.wooshpay.com/api-34903706 */
const PRODUCTS = '/v1/products';

/**
 * https://docs.wooshpay.com/api-55501373, https://docs.guanglian.co/55502209e0 and
 * https://docs.wooshpay.com/55502235e0
 */
const PRICES = '/v1/prices';

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

export interface PriceOrder extends NewPriceFields {
	/** Decimal text, of one piece. */
	amount: string;
	amountUnit: 'major' | 'smallest';
	currency: string;
	/** The id of a product, or what to make one of in the same call. */
	product: string | ProductDetails;
	extraFields: Record<string, unknown>;
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
		...newPriceFields(price),
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
