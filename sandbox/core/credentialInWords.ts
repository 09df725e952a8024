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

function labelOf(field: string): string {
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
