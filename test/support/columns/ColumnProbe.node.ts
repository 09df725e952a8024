/**
 * A node that tells how n8n evaluates saved parameters. It runs in this project's unit harness, and
 * compiled in a real n8n, so it imports nothing.
 */
import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

/** A value as JSON that keeps what JSON loses: -0, NaN, undefined, dates. */
export type Encoded = [type: string, value?: unknown];

/** What n8n made of one case. */
export interface Reading {
	/** The item's `json`, as the node got it. */
	row: Encoded;
	/** `['error']` where n8n throws. */
	value: Encoded;
}

/** The inverse of `decode`. */
export function encode(value: unknown): Encoded {
	if (value === null) return ['null'];
	if (Array.isArray(value)) return ['list', value.map(encode)];
	if (value instanceof Date || Object.prototype.toString.call(value) === '[object Date]')
		return ['date', (value as Date).getTime()];
	if (typeof value === 'object')
		return ['object', Object.entries(value).map(([name, member]) => [name, encode(member)])];
	if (typeof value === 'number') return ['number', Object.is(value, -0) ? '-0' : String(value)];
	return [typeof value, value];
}

/** The inverse of `encode`. */
export function decode([type, value]: Encoded): unknown {
	if (type === 'null') return null;
	if (type === 'undefined') return undefined;
	if (type === 'number') return Number(value);
	if (type === 'date') return new Date(value as number);
	if (type === 'list') return (value as Encoded[]).map(decode);
	if (type !== 'object') return value;
	const members = (value as Array<[string, Encoded]>).map(([name, member]) => [
		name,
		{ value: decode(member), enumerable: true, configurable: true, writable: true },
	]);
	return Object.defineProperties({}, Object.fromEntries(members) as PropertyDescriptorMap);
}

/**
 * *Give* puts out the items that `items` encodes. *Read* evaluates `saved[0]` for item 0, `saved[1]`
 * for item 1 and so on, and puts out each as a `Reading`.
 */
export class ColumnProbe implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Column Probe',
		name: 'columnProbe',
		group: ['transform'],
		version: 1,
		description: 'Tells how n8n evaluates saved parameters',
		defaults: { name: 'Column Probe' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [
			{ displayName: 'Operation', name: 'operation', type: 'string', default: 'read' },
			{ displayName: 'Items', name: 'items', type: 'json', default: '[]' },
			{ displayName: 'Saved', name: 'saved', type: 'json', default: '[]' },
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		if (this.getNodeParameter('operation', 0) === 'give') {
			const items = JSON.parse(this.getNodeParameter('items', 0) as string) as Encoded[];
			return [items.map((item) => ({ json: decode(item) as INodeExecutionData['json'] }))];
		}
		const read = (index: number): Encoded => {
			try {
				return encode(this.getNodeParameter(`saved[${index}]`, index));
			} catch {
				return ['error'];
			}
		};
		const readings: INodeExecutionData[] = [];
		for (const [item, { json }] of this.getInputData().entries()) {
			// n8n answers meanwhile: it closes connections on which it was silent for five seconds.
			if (item % 100 === 99) await new Promise(setImmediate);
			readings.push({ json: { row: encode(json), value: read(item) }, pairedItem: { item } });
		}
		return [readings];
	}
}
