import { InputError } from './inputError';
import { quote } from './quote';

/**
 * The credential's base URL without trailing slashes.
 *
 * @param field display name, for the error
 */
export function readBaseUrl(value: string, field = 'Base URL'): string {
	const text = withoutFinalSlashes(value.trim());
	const blank = blankIn(text);
	if (blank !== undefined)
		throw new InputError(
			`'${field}' in the credential ${blank}`,
			'Open the credential and take it out.',
		);
	if (!isAbsoluteUrl(text)) {
		throw new InputError(
			`'${field}' in the credential is not an absolute URL`,
			'Open the credential and enter the address with https:// in front.',
		);
	}
	return text;
}

const LOCAL_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)$/i;

/** Whether an absolute address is one of this machine, which nobody else can reach. */
export function isLocalAddress(url: string): boolean {
	return LOCAL_HOST.test(new URL(url).hostname);
}

/** In linear time, which a pattern would not take. */
export function withoutFinalSlashes(text: string): string {
	let end = text.length;
	while (text[end - 1] === '/') end -= 1;
	return text.slice(0, end);
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

const NAME_OF_BLANK: Record<string, string> = {
	'\t': 'a tab',
	'\n': 'a line break',
	'\r': 'a line break',
};

/**
 * What to say of an address that would be one without its blank: which it is, and where, because
 * nobody sees it; undefined for every other text.
 */
export function blankIn(text: string): string | undefined {
	const at = text.search(/\s/);
	if (at < 0 || !isAbsoluteUrl(text.replace(/\s/g, ''))) return undefined;
	return `contains ${NAME_OF_BLANK[text.charAt(at)] ?? 'a blank'} as its character ${at + 1}`;
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
	const blank = text === undefined ? undefined : blankIn(text);
	if (blank !== undefined)
		throw new InputError(
			`'${field}' ${blank}`,
			'Take it out, or write %20 in its place; in an expression, put encodeURIComponent(…) around the value that holds it.',
		);
	if (text === undefined || !isAbsoluteUrl(text))
		throw new InputError(
			`'${field}' is not an absolute URL`,
			'Enter the whole address with https:// in front.',
		);
	return text;
}

/** What a browser would run, or show from the payer's own disk. */
const NO_APP = /^(javascript|vbscript|data|blob|file|about|view-source)$/i;
/** `htps`, `ttps`: no app is called so. */
const MISSPELT_HTTP = /^h*t+p*s*$/i;

/**
 * The same where the provider takes the route of an app, too, such as `myapp://order/1`.
 *
 * @param field display name, for the error
 */
export function readUrlOrAppRoute(value: unknown, field: string): string | null {
	const text = typeof value === 'string' ? value.trim() : '';
	const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):\/\/[^\s]+$/i.exec(text) ?? [];
	const isRoute = scheme !== '' && !NO_APP.test(scheme) && !MISSPELT_HTTP.test(scheme);
	return isRoute ? text : readUrl(value, field);
}

/**
 * An id as the part of a path.
 *
 * @param field display name, for the error
 * @throws InputError for what would ask for something else, such as `..` for the list above
 */
export function pathPart(id: string, field: string): string {
	if (id === '')
		throw new InputError(`'${field}' is empty`, 'Map it from the node that created it.');
	if (!isPathPart(id))
		throw new InputError(
			`'${field}' is not an ID: ${quote(id)}`,
			'Map it from the node that created it.',
		);
	return encodeURIComponent(id);
}

/**
 * Whether an id stays one part of a path: an empty part and a part of dots alone are resolved away
 * (RFC 3986, section 5.2.4), also behind a server or proxy that decodes once more.
 */
export function isPathPart(id: string): boolean {
	return id
		.replace(/%2e/gi, '.')
		.replace(/%2f|%5c/gi, '/')
		.split(/[\\/]/)
		.every((part) => !/^\.*$/.test(part.trim()));
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
