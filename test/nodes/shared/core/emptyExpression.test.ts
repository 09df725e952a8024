import type { IDataObject, IExecuteFunctions, INodeType } from 'n8n-workflow';
import {
	expressionGaveNoIdentity,
	expressionGaveNothing,
} from '../../../../nodes/shared/core/emptyExpression';
import { runNode } from '../../../support/contexts';

/** Tells what n8n itself makes of a field, and what is saved of it. */
const teller: INodeType = {
	description: {
		displayName: 'Teller',
		name: 'teller',
		group: ['transform'],
		version: 1,
		description: 'Puts out a field as it is saved and as n8n evaluates it',
		defaults: { name: 'Teller' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [
			{ displayName: 'Field', name: 'field', type: 'string', default: '' },
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				default: {},
				options: [{ displayName: 'Field', name: 'field', type: 'string', default: '' }],
			},
		],
	},
	async execute(this: IExecuteFunctions) {
		const { field, options } = this.getNode().parameters;
		const member = (options as IDataObject).field;
		const judge = (raw: unknown, value: unknown) => ({
			nothing: expressionGaveNothing(raw, value),
			noIdentity: expressionGaveNoIdentity(raw, value),
		});
		return [
			[
				{
					json: {
						field: judge(field, this.getNodeParameter('field', 0, '')),
						member: judge(member, (this.getNodeParameter('options', 0, {}) as IDataObject).field),
					},
				},
			],
		];
	},
};

async function judged(raw: unknown): Promise<IDataObject> {
	const run = await runNode({
		node: teller,
		credentialTypes: [],
		credentials: {},
		parameters: { field: raw, options: { field: raw } } as never,
		items: [{ json: { id: '7', zero: 0, off: false, none: null, empty: '', blank: ' \n' } }],
	});
	if (run.error) throw run.error;
	return run.outputs[0]?.[0]?.json ?? {};
}

const both = (answer: { nothing: boolean; noIdentity: boolean }) => ({
	field: answer,
	member: answer,
});

describe('an expression, evaluated by n8n at the top of the form and inside a collection', () => {
	test.each([
		['a field that is not there', '={{ $json.missing }}'],
		['a member of what is not there', '={{ $json.missing?.deeper }}'],
		['null', '={{ $json.none }}'],
		['empty text', '={{ $json.empty }}'],
		['blank text', '={{ $json.blank }}'],
		['the older way to write it', '={{$json["missing"]}}'],
		['an item of another node, the older way', '={{ $node["Start"].json["missing"] }}'],
		['blanks around it', '=  {{ $json.missing }} '],
		['several lines', '={{\n\t$json.missing\n}}'],
		['two of them', '={{ $json.missing }}{{ $json.none }}'],
		['braces inside of it', '={{ ({ a: { b: $json.missing } }).a.b }}'],
	])('gives nothing: %s', async (_what, raw) => {
		expect(await judged(raw)).toEqual(both({ nothing: true, noIdentity: true }));
	});

	test.each([
		['text in front', '=order-{{ $json.missing }}'],
		['text behind', '={{ $json.none }}/2026'],
		['text between two', '={{ $json.missing }}-{{ $json.empty }}'],
		['text in two places', '=order {{ $json.blank }} of {{ $json.missing }}'],
	])('gives a text, but no identity: nothing but %s is left', async (_what, raw) => {
		expect(await judged(raw)).toEqual(both({ nothing: false, noIdentity: true }));
	});

	test.each([
		['a value', '={{ $json.id }}'],
		['0', '={{ $json.zero }}'],
		['false', '={{ $json.off }}'],
		['a value with text around it', '=order-{{ $json.id }}'],
		['0 with text around it', '=order-{{ $json.zero }}'],
		['one value of two', '={{ $json.missing }}-{{ $json.id }}'],
		['a list', '={{ [] }}'],
		['no expression', 'order-1'],
		['no expression, in the mode for expressions', '=order-1'],
		['nothing at all, in the mode for expressions', '='],
		['an empty field', ''],
		['a blank field', '  '],
		['braces that are escaped', '=order-\\{{ $json.missing }}'],
	])('is left alone: %s', async (_what, raw) => {
		expect(await judged(raw)).toEqual(both({ nothing: false, noIdentity: false }));
	});
});

test('saved text that is no text holds no expression', () => {
	expect(
		[undefined, null, 5, true, {}].map((raw) => expressionGaveNothing(raw, undefined)),
	).toEqual([false, false, false, false, false]);
});
