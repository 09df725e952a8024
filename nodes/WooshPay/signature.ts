import { createHmac } from 'crypto';
import { decodeHex, equalInConstantTime } from '../shared/core/bytes';
import type { Refused } from '../shared/core/sentences';
import { REFUSALS } from './wooshPay.reasons';

/**
 * https://docs.wooshpay.com/doc-2653815; its Chinese edition, doc-2654461, names the header `Signature` only.
 * What stands there is verified alike, so another name lets nothing forged in.
 */
export const SIGNATURE_HEADERS = ['wooshpay-signature', 'signature'];

export type SignatureResult =
	{ signedAt: Date } | Refused<'malformed_header' | 'malformed_signature' | 'signature_mismatch'>;

/**
 * Checks `t=<time>,v1=<signature>` over the raw bytes of the body: HMAC-SHA256 of the time as
 * received, a point and the body, with the endpoint's whole secret as the key. Elements with other
 * names are discarded. Source: docs.wooshpay.com/doc-2653815. Inferred: hexadecimal (every example
 * is), any of several `v1` is enough, blanks after the commas are allowed, two `t` are refused
 * because they contradict each other.
 */
export function checkSignature(header: string, rawBody: Buffer, secret: string): SignatureResult {
	const elements = header.split(',').map((element) => {
		const [name = '', ...value] = element.trim().split('=');
		return { name, value: value.join('=') };
	});
	const [time, ...moreTimes] = elements
		.filter(({ name }) => name === 't')
		.map(({ value }) => value);
	const given = elements
		.filter(({ name, value }) => name === 'v1' && value !== '')
		.map(({ value }) => value);
	const signedAt = time === undefined || moreTimes.length > 0 ? undefined : readMoment(time);
	if (time === undefined || signedAt === undefined || given.length === 0)
		return REFUSALS.malformed_header;
	const signatures = given.map(decodeHex).filter((signature) => signature?.length === 32);
	if (signatures.length === 0) return REFUSALS.malformed_signature;
	const expected = createHmac('sha256', secret).update(`${time}.`).update(rawBody).digest();
	const matches = signatures.filter(
		(signature) => signature !== undefined && equalInConstantTime(signature, expected),
	);
	return matches.length > 0 ? { signedAt } : REFUSALS.signature_mismatch;
}

/**
 * From here on a number counts milliseconds, below it seconds: as seconds it is in the year 5138,
 * as milliseconds in 1973.
 */
const LEAST_MILLISECONDS = 100_000_000_000;

/**
 * A time of WooshPay's: its pages say seconds since 1970, all that it really puts out counts
 * milliseconds, so both are read. Inferred: the limit between them.
 *
 * @returns undefined if it is not a whole number, or not a time
 */
export function readMoment(value: unknown): Date | undefined {
	if (typeof value !== 'number' && typeof value !== 'string') return undefined;
	if (!/^\d{1,16}$/.test(String(value))) return undefined;
	const number = Number(value);
	const moment = new Date(number >= LEAST_MILLISECONDS ? number : number * 1000);
	return Number.isNaN(moment.getTime()) ? undefined : moment;
}
