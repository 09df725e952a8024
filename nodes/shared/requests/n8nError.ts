import { InputError } from '../core/inputError';

/**
 * n8n wraps what went wrong several times; what is looked for is on one of the layers, the
 * outermost first.
 */
function causes(error: unknown): object[] {
	const layers: object[] = [];
	for (let layer = error; layers.length < 6 && typeof layer === 'object' && layer !== null;) {
		layers.push(layer);
		const { cause, errorResponse } = layer as { cause?: unknown; errorResponse?: unknown };
		layer = cause ?? errorResponse;
	}
	return layers;
}

/** The code of the network's error, such as ECONNREFUSED; words where there is none. */
export function networkCode(error: unknown): string {
	// n8n 1.x keeps it in the place of the HTTP status, and nowhere else (1.123.81).
	const codes = causes(error).flatMap((layer) => [
		(layer as { code?: unknown }).code,
		(layer as { httpCode?: unknown }).httpCode,
	]);
	return (
		codes.find(
			(code): code is string => typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code),
		) ?? 'connection failed'
	);
}

/**
 * Where n8n's protection against requests to its own network (N8N_SSRF_PROTECTION_ENABLED) has kept
 * the request from being sent.
 */
export function ssrfBlockMessage(error: unknown): string | undefined {
	return causes(error).find(
		(layer): layer is Error =>
			'name' in layer && typeof layer.name === 'string' && layer.name.startsWith('SsrfBlocked'),
	)?.message;
}

/** What the credential's `authenticate` threw. */
export function inputErrorIn(error: unknown): InputError | undefined {
	return causes(error).find((layer) => layer instanceof InputError);
}
