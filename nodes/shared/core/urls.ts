import { InputError } from './inputError';

/**
 * The credential's base URL without trailing slashes.
 *
 * @param field display name, for the error
 */
export function readBaseUrl(value: string, field = 'Base URL'): string {
	const text = value.trim().replace(/\/+$/, '');
	if (!isAbsoluteUrl(text)) {
		throw new InputError(
			`'${field}' in the credential is not an absolute URL`,
			'Open the credential and enter the address with https:// in front.',
		);
	}
	return text;
}

/** Whether it is an absolute http or https address without blanks. */
export function isAbsoluteUrl(text: string): boolean {
	if (!/^https?:\/\/[^\s/?#]+/i.test(text) || /\s/.test(text)) return false;
	try {
		new URL(text);
		return true;
	} catch {
		return false;
	}
}

/**
 * An address that the user gave, byte for byte; null if empty.
 *
 * @param field display name, for the error
 */
export function readUrl(value: unknown, field: string): string | null {
	if (value === undefined || value === null) return null;
	const text = typeof value === 'string' ? value.trim() : undefined;
	if (text === '') return null;
	if (text === undefined || !isAbsoluteUrl(text))
		throw new InputError(
			`'${field}' is not an absolute URL`,
			'Enter the whole address with https:// in front.',
		);
	return text;
}

/**
 * A link that a provider gave for the payer, byte for byte; null if it is not absolute, or not
 * https although the API is: what is sent to a payer must not be a script or a page that anybody on
 * the way can change.
 */
export function readPayerLink(value: unknown, baseUrl: string): string | null {
	if (typeof value !== 'string' || !isAbsoluteUrl(value)) return null;
	return /^https:/i.test(value) || /^http:/i.test(baseUrl) ? value : null;
}
