import { InputError } from './inputError';
import { blankIn, isAbsoluteUrl } from './urls';

/** Of every credential whose provider takes a callback address with each checkout. */
export interface CallbackAddress {
	callbackUrl?: string;
}

/**
 * The address that the credential names for all checkouts, byte for byte; null if there is none.
 *
 * @throws InputError when it is no absolute http or https address
 */
export function readCallbackAddress({ callbackUrl = '' }: CallbackAddress): string | null {
	const text = callbackUrl.trim();
	if (text === '') return null;
	const blank = blankIn(text);
	if (blank !== undefined)
		throw new InputError(
			`'Callback URL' in the credential ${blank}`,
			'Open the credential and take it out.',
		);
	if (!isAbsoluteUrl(text))
		throw new InputError(
			"'Callback URL' in the credential is not an absolute URL",
			"Open the credential and paste the trigger's Production URL, with https:// in front, or leave the field empty.",
		);
	return text;
}
