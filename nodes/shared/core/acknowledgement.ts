import type { Acknowledgement } from './contract';
import { isObject, readJson } from './exactJson';

/**
 * HTTP 200 with the text that the credential has, for providers that do not document what they
 * expect. Inferred: what reads as a JSON object is sent as JSON.
 */
export function acknowledgementOf(body: string): Acknowledgement {
	const type = isObject(readJson(body)) ? 'application/json' : 'text/plain';
	return { status: 200, contentType: `${type}; charset=utf-8`, body };
}
