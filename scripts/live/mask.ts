import { secretsHidden } from '../../nodes/shared/requests/redact';
import type { Fields, LiveProvider } from './provider';

/** Names of what is a secret, or of a person. */
const PRIVATE =
	/secret|token|password|signature|api.?key|card|email|phone|address|name$|buyer|payer|customer|ip$/i;
/** Headers whose values tell nobody anything that must not be told. */
const OPEN = /^(accept|content-type|content-length|date|retry-after|.*timestamp)$/i;
/** Headers whose form is asked for. */
const SIGNATURE = /sign|authorization/i;

/** Header names with what of their values may be shown: of a signature its form. */
export function maskedHeaders(headers: Record<string, string>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name, shown(name, value)]),
	);
}

function shown(name: string, value: string): string {
	if (OPEN.test(name)) return value;
	return SIGNATURE.test(name) ? formOf(value) : '***';
}

/** A signature's form, such as `t=13 digits,v1=64 hexadecimal characters`. */
function formOf(value: string): string {
	return value.replace(/[\w+/.-]{8,}={0,2}/g, (piece) => `<${kindOf(piece)}>`).slice(0, 300);
}

function kindOf(piece: string): string {
	if (/^\d+$/.test(piece)) return `${piece.length} digits`;
	if (/^[\da-f]+$/.test(piece)) return `${piece.length} characters, hexadecimal in lower case`;
	if (/^[\dA-F]+$/.test(piece)) return `${piece.length} characters, hexadecimal in upper case`;
	return `${piece.length} characters`;
}

/** A body or address without what is secret in it, or names a person. */
export function maskedBody(text: string, provider: LiveProvider, credentials: Fields): string {
	const { contract, credentialName } = provider;
	const call = { method: 'GET', url: provider.address(credentials), retry: 'idempotent' } as const;
	return secretsHidden({ contract, credentialName }, credentials, call)(withoutPrivate(text));
}

function withoutPrivate(text: string): string {
	try {
		return JSON.stringify(masked(JSON.parse(text)));
	} catch {
		return text.replace(/([\w.-]+)=([^&\s]+)/g, (pair: string, name: string) =>
			PRIVATE.test(name) ? `${name}=***` : pair,
		);
	}
}

function masked(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(masked);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, inner]) => [
			name,
			PRIVATE.test(name) && typeof inner !== 'object' ? '***' : masked(inner),
		]),
	);
}
