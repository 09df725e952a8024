import { InputError } from '../shared/core/inputError';
import { omitNull } from '../shared/core/omitNull';

/*
 * Prices and products as they are made: by calls of their own, and inside a checkout's line items
 * (`price_data`). https://docs.wooshpay.com/api-34903706, /api-55501373, /55502235e0
 */

export interface ProductDetails {
	name: string;
	description: string | null;
	/** As WooshPay takes it: its own sample has no https:// in front. */
	url: string | null;
	images: string[];
	active: boolean | null;
	metadata: Record<string, string>;
}

/** What can be given at first and changed later (55502235e0): the amount cannot. */
export interface PriceFields {
	active?: boolean;
	nickname?: string;
	lookupKey?: string;
	metadata?: Record<string, string>;
}

/** What can be given at first only. */
export interface NewPriceFields extends PriceFields {
	billingScheme?: 'per_unit' | 'tiered';
	recurring?: { interval: 'day' | 'week' | 'month' | 'year'; intervalCount?: number };
}

/** https://docs.guanglian.co/55502209e0 */
const LONGEST_LOOKUP_KEY = 200;

/** A product in WooshPay's words (api-34903706). */
export function productFields({
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

/**
 * What can be changed of a price, in WooshPay's words (55502235e0).
 *
 * @throws InputError for a lookup key that is too long
 */
export function priceFields({
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
 * What can be given of a new price, in WooshPay's words (api-55501373, where `interval_count` is
 * text).
 *
 * @throws InputError for a lookup key that is too long
 */
export function newPriceFields(fields: NewPriceFields): Record<string, unknown> {
	const { billingScheme, recurring } = fields;
	return omitNull({
		...priceFields(fields),
		billing_scheme: billingScheme,
		recurring:
			recurring &&
			omitNull({
				interval: recurring.interval,
				interval_count: recurring.intervalCount?.toString(),
			}),
	});
}
