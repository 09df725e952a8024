import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { expressionGaveNoIdentity, expressionGaveNothing } from '../core/emptyExpression';
import { textOrNull } from '../core/exactJson';
import { InputError } from '../core/inputError';
import { lookup } from '../core/lookup';
import { compareAmounts } from '../core/money';
import { readText } from '../core/readText';
import { isDecimal, type Expected } from './awaitedPayment';
import { howToMap, inWords, type CheckoutField, type WaitRun } from './checkoutSource';
import { quote } from '../core/quote';

const IDENTITY: readonly CheckoutField[] = [
	{ name: 'checkoutId', displayName: 'Checkout ID' },
	{ name: 'reference', displayName: 'Reference' },
];
const MONEY: readonly CheckoutField[] = [
	{ name: 'amount', displayName: 'Amount' },
	{ name: 'currency', displayName: 'Currency' },
];
const CHECKOUT_FIELDS = [...IDENTITY, ...MONEY];

interface OtherField {
	name: string;
	displayName: string;
}

/** The fields that the form shows for a choice of Wait Until. */
const LIMIT_FIELDS: Record<string, OtherField[]> = {
	duration: [
		{ name: 'limitAmount', displayName: 'Time' },
		{ name: 'limitUnit', displayName: 'Unit' },
	],
	date: [{ name: 'limitDate', displayName: 'Date' }],
};

/**
 * What the fields of Wait for Payment say.
 *
 * @throws InputError when a field holds an expression that gives nothing, when one that is needed
 * is empty, or when one contradicts
 *   the checkout of the input item
 */
export function readExpected(run: WaitRun): Expected {
	const { context } = run;
	const checkout = checkoutOf(run);
	refuseFieldsWithoutValue(run);
	const expected = {
		checkoutId: read(context, 'checkoutId') ?? textOrNull(checkout.checkoutId),
		reference: read(context, 'reference') ?? textOrNull(checkout.reference),
		amount: read(context, 'amount'),
		currency: read(context, 'currency'),
		compareAmount: readCompareAmount(context),
	};
	if (expected.amount !== null && !isDecimal(expected.amount))
		throw new InputError(
			"'Amount' is not a plain number",
			'Map amount from the node that created the checkout, or enter a number such as 12.50.',
		);
	for (const { name, displayName } of CHECKOUT_FIELDS) {
		const is = textOrNull(checkout[name]);
		if (is === null || saysTheSame(name, expected[name], is)) continue;
		// In the editor a field keeps what another operation of the node had in it.
		throw new InputError(
			`'${displayName}' is ${quote(expected[name] ?? '')}, but the checkout of the input item has ${quote(is)}`,
			`Set the field to the expression {{ $json.${name} }}.`,
		);
	}
	return expected;
}

/** The input item, if it is a checkout of this provider. */
function checkoutOf({ item, provider }: WaitRun): IDataObject {
	return item.json.provider === provider ? item.json : {};
}

function read(context: IExecuteFunctions, name: CheckoutField['name']): string | null {
	const displayName = CHECKOUT_FIELDS.find((field) => field.name === name)?.displayName ?? name;
	return readText(context.getNodeParameter(name, 0, ''), displayName) || null;
}

function saysTheSame(name: CheckoutField['name'], given: string | null, is: string): boolean {
	if (given === null || given === is) return true;
	if (name === 'currency') return given.toLowerCase() === is.toLowerCase();
	return name === 'amount' && isDecimal(given) && isDecimal(is) && compareAmounts(given, is) === 0;
}

/** Nothing but a plain false lets an order go whatever was paid for it. */
function readCompareAmount(context: IExecuteFunctions): boolean {
	const value = context.getNodeParameter('options.compareAmount', 0, true);
	if (typeof value === 'boolean') return value;
	throw new InputError(
		"'Compare Amount' is neither true nor false",
		'Switch it on or off in the form, or let the expression give true or false.',
	);
}

/** All of them in one message: who mends two of four ships an order that is paid too little. */
function refuseFieldsWithoutValue(run: WaitRun): void {
	const silent = CHECKOUT_FIELDS.filter((field) => isSilent(run, field));
	const empty = emptyFields(run).filter((field) => !silent.includes(field));
	const others = otherFields(run.context).filter(({ name }) =>
		expressionGaveNothing(...savedAndGiven(run.context, name)),
	);
	const unmapped = [...silent, ...empty];
	if (unmapped.length === 0 && others.length === 0) return;
	const advice = [];
	if (unmapped.length > 0) advice.push(howToMap(run, unmapped));
	if (others.length > 0)
		advice.push(
			`Correct what ${named(others)} should say, or enter a value without an expression.`,
		);
	if (silent.length === 0 && others.length === 0 && empty.every((field) => MONEY.includes(field)))
		advice.push(
			"Or add the option 'Compare Amount' and switch it off: any payment of this checkout counts as paid then, however little it is.",
		);
	throw new InputError(
		[...gaveNothing([...silent, ...others]), ...areEmpty(empty)].join('; '),
		advice.join(' '),
	);
}

function isSilent(run: WaitRun, field: CheckoutField): boolean {
	const [saved, given] = savedAndGiven(run.context, field.name);
	if (!IDENTITY.includes(field)) return expressionGaveNothing(saved, given);
	// Found, and the checkout has none: one number is enough to know it by.
	if (expressionGaveNothing(saved, given)) return checkoutOf(run)[field.name] !== null;
	return expressionGaveNoIdentity(saved, given);
}

/** What is left empty without an expression, although it is needed. */
function emptyFields(run: WaitRun): CheckoutField[] {
	const checkout = checkoutOf(run);
	const isEmpty = ({ name }: CheckoutField) => isBlank(savedAndGiven(run.context, name)[1]);
	const unknown = IDENTITY.every(
		(field) => isEmpty(field) && textOrNull(checkout[field.name]) === null,
	);
	const switchedOff = run.context.getNodeParameter('options.compareAmount', 0, true) === false;
	return [...(unknown ? IDENTITY : []), ...(switchedOff ? [] : MONEY.filter(isEmpty))];
}

function isBlank(value: unknown): boolean {
	return (
		value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
	);
}

function otherFields(context: IExecuteFunctions): OtherField[] {
	const limit = lookup(LIMIT_FIELDS, textOrNull(context.getNodeParameter('limitType', 0))) ?? [];
	return [
		{ name: 'limitType', displayName: 'Wait Until' },
		...limit,
		{ name: 'options.compareAmount', displayName: 'Compare Amount' },
	];
}

function savedAndGiven(context: IExecuteFunctions, name: string): [unknown, unknown] {
	return [
		context.getNodeParameter(name, 0, '', { rawExpressions: true }),
		context.getNodeParameter(name, 0, ''),
	];
}

function named(fields: readonly OtherField[]): string {
	return inWords(fields.map(({ displayName }) => `'${displayName}'`));
}

function gaveNothing(fields: readonly OtherField[]): string[] {
	if (fields.length === 0) return [];
	return [
		fields.length === 1
			? `The expression in ${named(fields)} gives nothing`
			: `The expressions in ${named(fields)} give nothing`,
	];
}

function areEmpty(fields: readonly OtherField[]): string[] {
	if (fields.length === 0) return [];
	return [`${named(fields)} ${fields.length === 1 ? 'is' : 'are'} empty`];
}
