import type { INodeProperties } from 'n8n-workflow';
import { isObject, textOrNull } from '../shared/exactJson';
import { InputError } from '../shared/inputError';

/** `metadata` of checkouts, products, prices and refunds: texts by name. */
export const metadataField: INodeProperties = {
	displayName: 'Metadata',
	name: 'metadata',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Entry',
	default: {},
	description: 'Texts of your own that WooshPay keeps with it',
	options: [
		{
			displayName: 'Entry',
			name: 'entry',
			values: [
				{ displayName: 'Name', name: 'name', type: 'string', default: '', placeholder: 'e.g. shop' },
				{ displayName: 'Value', name: 'value', type: 'string', default: '', placeholder: 'e.g. north' },
			],
		},
	],
};

/** Comma-separated texts, or a list from an expression. */
export function readList(value: unknown): string[] {
	const texts = Array.isArray(value) ? value.map((entry) => textOrNull(entry) ?? '') : (textOrNull(value) ?? '').split(/[\s,]+/);
	return texts.map((text) => text.trim()).filter(Boolean);
}

/**
 * Reads the field above.
 *
 * @throws InputError for a value without a name, or a name that is given twice
 */
export function readMetadata(value: unknown): Record<string, string> {
	const entries = isObject(value) && Array.isArray(value.entry) ? value.entry.filter(isObject) : [];
	const metadata: Record<string, string> = {};
	for (const { name, value: text } of entries) {
		const key = typeof name === 'string' ? name.trim() : '';
		const content = typeof text === 'boolean' ? String(text) : (textOrNull(text) ?? '').trim();
		if (key === '' && content === '') continue;
		if (key === '') throw new InputError("'Metadata: Name' is empty", 'Give each entry a name, or remove it.');
		if (Object.hasOwn(metadata, key)) throw new InputError(`'Metadata' names '${key}' twice`, 'Remove one of them.');
		metadata[key] = content;
	}
	return metadata;
}
