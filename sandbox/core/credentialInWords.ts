import type { SandboxCredential } from './provider';

const abbreviations: Record<string, string> = { api: 'API', id: 'ID', url: 'URL' };

/**
 * A credential as people type it into n8n: labels and choices in the words of its dialogue. An
 * empty value is left empty there.
 */
export function credentialInWords({
	data,
	choices,
}: SandboxCredential): Array<{ label: string; value: string }> {
	return Object.entries(data).map(([field, value]) => ({
		label: labelOf(field),
		value: choices?.[field] ?? String(value),
	}));
}

/** Fields whose label is no more than like their name. */
const labels: Record<string, string> = { callbackProof: 'When a Callback Comes' };

function labelOf(field: string): string {
	const label = labels[field];
	if (label !== undefined) return label;
	const words = field
		.split(/(?=[A-Z])/)
		.map(
			(word) => abbreviations[word.toLowerCase()] ?? word.charAt(0).toUpperCase() + word.slice(1),
		);
	// `apiKeyPrevious` is "Previous API Key".
	return (words.at(-1) === 'Previous' ? [...words.slice(-1), ...words.slice(0, -1)] : words).join(
		' ',
	);
}
