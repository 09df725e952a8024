import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import { currencyField } from '../items/currencies';
import { expressionGaveNothing } from '../core/emptyExpression';
import { isObject, readJsonField, textOrNull } from '../core/exactJson';
import { InputError } from '../core/inputError';
import { compareAmounts, holdsEveryDigit, LONGEST_AMOUNT, readAmount } from '../core/money';
import type { PaidInFull } from './compareEvents';
import { readText } from '../core/readText';
import { failedItem } from '../items/failedItem';
import { asNodeError } from '../items/nodeError';
import { usedByAgent } from '../providerNode';

const FIELDS = {
	paymentEvent: 'Payment Event',
	expectedAmount: 'Expected Amount',
	expectedCurrency: 'Expected Currency',
} as const;
type Field = keyof typeof FIELDS;

/**
 * The fields of `callback: compare`.
 *
 * @param currencies to choose from
 */
export const compareWithOrderFields = (currencies: INodePropertyOptions[]): INodeProperties[] => [
	{
		displayName:
			'Take the expected amount and currency from your own record of the order, never from the payment event or from what the payer typed. Nothing is sent to the provider.',
		name: 'compareNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { resource: ['callback'], operation: ['compare'] } },
	},
	{
		displayName: 'Payment Event',
		name: 'paymentEvent',
		type: 'json',
		required: true,
		default: '={{ $json }}',
		description:
			'What the trigger, Verify or Wait for Payment gave. Where a step in between has replaced the item, map the item of that node.',
		displayOptions: { show: { resource: ['callback'], operation: ['compare'] } },
	},
	{
		displayName: 'Expected Amount',
		name: 'expectedAmount',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 20.50',
		description: 'What the order costs, in major units, as text or a number',
		displayOptions: { show: { resource: ['callback'], operation: ['compare'] } },
	},
	{
		...currencyField,
		displayName: 'Expected Currency',
		name: 'expectedCurrency',
		options: currencies,
		description: 'The currency of the order. A payment in another one is never paid in full.',
		displayOptions: { show: { resource: ['callback'], operation: ['compare'] } },
	},
];

/**
 * `execute()` of Compare With Order: holds each payment against its order, exactly and without a
 * request, so that no credential is needed.
 *
 * @returns outputs Paid in Full and Not Paid in Full: the input item with `paidInFull`
 */
export async function compareWithOrder(
	context: IExecuteFunctions,
): Promise<INodeExecutionData[][]> {
	const paid: INodeExecutionData[] = [];
	const notPaid: INodeExecutionData[] = [];
	const unsafe = whyUnsafe(context);
	if (unsafe !== undefined && !context.continueOnFail()) throw asNodeError(context, unsafe, 0);
	// With Continue n8n would add its empty item to Paid in Full beside our errors, too. The node is
	// that of this execution; the saved one stays as it is.
	context.getExecuteData().node.alwaysOutputData = false;
	for (const [index, item] of context.getInputData().entries()) {
		try {
			if (unsafe !== undefined) throw unsafe;
			const paidInFull = compareItem(context, index);
			const output = paidInFull === 'exact' || paidInFull === 'over' ? paid : notPaid;
			output.push({ ...item, json: { ...item.json, paidInFull }, pairedItem: { item: index } });
		} catch (error) {
			const nodeError = asNodeError(context, error, index);
			if (!context.continueOnFail()) throw nodeError;
			// From there n8n moves it to the error output if there is one.
			notPaid.push(
				failedItem(context, {
					error: nodeError,
					itemIndex: index,
					reference: referenceOf(context, index),
				}),
			);
		}
	}
	return [paid, notPaid];
}

/** Of the payment event; null where there is no such event. */
function referenceOf(context: IExecuteFunctions, index: number): string | null {
	try {
		return textOrNull(readEvent(context, index).reference);
	} catch {
		// It may be what went wrong.
		return null;
	}
}

/** Why nothing can be compared here without an item that leaves through the wrong output. */
function whyUnsafe(context: IExecuteFunctions): InputError | undefined {
	// n8n gives an agent what leaves the first output only.
	if (usedByAgent(context))
		return new InputError(
			'Compare With Order is not available to AI agents',
			'Use it in a workflow, behind the trigger.',
		);
	if (context.getNode().alwaysOutputData)
		return new InputError(
			"'Always Output Data' is on in the settings of this node",
			'Switch it off: when an order is not paid in full, n8n would send an empty item through Paid in Full.',
		);
	return undefined;
}

function compareItem(context: IExecuteFunctions, index: number): PaidInFull {
	const event = readEvent(context, index);
	const expectedAmount = readAmount(readField(context, 'expectedAmount', index), 'Expected Amount');
	const expectedCurrency = readText(
		readField(context, 'expectedCurrency', index),
		'Expected Currency',
	);
	if (expectedCurrency === '')
		throw new InputError(
			"'Expected Currency' is empty",
			'Enter a currency code such as USD, or map it from the order.',
		);
	const amount = decimalOf(event.amount);
	const currency = textOrNull(event.currency)?.trim().toLowerCase();
	if (event.event !== 'payment.succeeded' || amount === null) return 'unknown';
	if (currency !== expectedCurrency.toLowerCase()) return 'unknown';
	const difference = compareAmounts(amount, expectedAmount);
	if (difference === 0) return 'exact';
	return difference < 0 ? 'under' : 'over';
}

/** @throws InputError when the field's expression gives nothing */
function readField(context: IExecuteFunctions, field: Field, index: number): unknown {
	const value: unknown = context.getNodeParameter(field, index, '');
	if (expressionGaveNothing(savedAs(context, field, index), value))
		throw new InputError(
			`The expression in '${FIELDS[field]}' gives nothing`,
			field === 'paymentEvent'
				? howToMapTheEvent(context)
				: 'Correct what it should say: open the node, and map the field from your record of the order.',
		);
	return value;
}

function savedAs(context: IExecuteFunctions, field: Field, index: number): unknown {
	return context.getNodeParameter(field, index, '', { rawExpressions: true });
}

/**
 * The event: the value itself, or what Wait for Payment put under `payment`; without fields where
 * that is null, as nothing was paid.
 */
function readEvent(context: IExecuteFunctions, index: number): IDataObject {
	const given = readJsonField(readField(context, 'paymentEvent', index), FIELDS.paymentEvent);
	if (isEvent(given)) {
		refuseComparisonWithItself(context, index);
		return given;
	}
	if (isObject(given) && isEvent(given.payment)) return given.payment;
	if (isObject(given) && given.payment === null && 'outcome' in given) return {};
	throw new InputError(
		"'Payment Event' is no payment event: it has no field 'event'",
		howToMapTheEvent(context),
	);
}

function isEvent(value: unknown): value is IDataObject {
	return isObject(value) && typeof value.event === 'string';
}

/** What is held against itself is paid in full, however little it is. */
function refuseComparisonWithItself(context: IExecuteFunctions, index: number): void {
	const expressionOf = (field: Field) => {
		const saved = savedAs(context, field, index);
		return typeof saved === 'string'
			? /^=\s*\{\{\s*(.*?)\s*\}\}\s*$/s.exec(saved)?.[1]?.replaceAll('"', "'")
			: undefined;
	};
	const event = expressionOf('paymentEvent');
	if (event === undefined) return;
	for (const [field, name] of [
		['expectedAmount', 'amount'],
		['expectedCurrency', 'currency'],
	] as const) {
		if (![`${event}.${name}`, `${event}['${name}']`].includes(expressionOf(field) ?? '')) continue;
		throw new InputError(
			`'${FIELDS[field]}' is the ${name} of the payment event itself`,
			`Map the ${name} from your own record of the order, for example from the row that a table gave.`,
		);
	}
}

function howToMapTheEvent(context: IExecuteFunctions): string {
	const { name, type } = context.getNode();
	const trigger = context.getParentNodes(name).find((parent) => parent.type === `${type}Trigger`);
	return trigger === undefined
		? "Map the whole item of the trigger, of Verify or of Wait for Payment, as that node gave it: for example {{ $('Trigger').item.json }}, with the name of that node."
		: `Set it to {{ $('${trigger.name.replaceAll("'", "\\'")}').item.json }}.`;
}

/** An amount that can be compared exactly; null for everything else. */
function decimalOf(value: unknown): string | null {
	if (typeof value === 'number' && !holdsEveryDigit(value)) return null;
	const text = textOrNull(value)?.trim() ?? '';
	return /^\d+(\.\d+)?$/.test(text) && text.length <= LONGEST_AMOUNT ? text : null;
}
