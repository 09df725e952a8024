import type { INodeProperties } from 'n8n-workflow';
import { isObject } from '../shared/core/exactJson';
import { InputError } from '../shared/core/inputError';
import { isBlank, readText } from '../shared/core/readText';
import { truncate } from '../shared/core/quote';

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
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. shop',
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					placeholder: 'e.g. north',
				},
			],
		},
	],
};

/**
 * Comma-separated texts, or a list from an expression.
 *
 * @param field display name, for the error
 */
export function readList(value: unknown, field: string): string[] {
	const texts = Array.isArray(value)
		? value.map((entry) => readText(entry, field))
		: readText(value, field).split(/[\s,]+/);
	return texts.filter(Boolean);
}

/**
 * Reads the field above, or an object of texts by name that an expression or a JSON list gives.
 *
 * @param where display name of the line item it is in, for errors
 * @throws InputError for a value without a name, a name that is given twice, or what is no text
 */
export function readMetadata(value: unknown, where?: string): Record<string, string> {
	const field = where === undefined ? 'Metadata' : `${where}: Metadata`;
	const metadata: Record<string, string> = {};
	for (const { name, value: text } of entriesOf(value, field)) {
		const key = readText(name, `${field}: Name`);
		const content =
			typeof text === 'boolean'
				? String(text)
				: readText(text, key === '' ? `${field}: Value` : `${field}: ${truncate(key)}`);
		if (key === '' && content === '') continue;
		if (key === '')
			throw new InputError(`'${field}: Name' is empty`, 'Give each entry a name, or remove it.');
		if (Object.hasOwn(metadata, key))
			throw new InputError(`'${field}' names '${key}' twice`, 'Remove one of them.');
		metadata[key] = content;
	}
	return metadata;
}

function entriesOf(value: unknown, field: string): Array<Record<string, unknown>> {
	if (isBlank(value)) return [];
	if (!isObject(value))
		throw new InputError(
			`'${field}' is not an object`,
			'Give texts by their names, such as { "shop": "north" }.',
		);
	if (Array.isArray(value.entry)) return value.entry.filter(isObject);
	return Object.entries(value).map(([name, text]) => ({ name, value: text }));
}
