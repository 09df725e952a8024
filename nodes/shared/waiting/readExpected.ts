import type { IExecuteFunctions } from 'n8n-workflow';
import type { CheckoutFacts } from '../checkout/checkoutNotes';
import { expressionGaveNoIdentity, expressionGaveNothing } from '../core/emptyExpression';
import { textOrNull } from '../core/exactJson';
import { InputError } from '../core/inputError';
import { lookup } from '../core/lookup';
import { compareAmounts } from '../core/money';
import { quote } from '../core/quote';
import { isBlank, readText } from '../core/readText';
import { isDecimal, type Expected } from './awaitedPayment';

/** `name` is that of the field and of the checkout's own. */
interface CheckoutField {
	name: 'checkoutId' | 'reference' | 'amount' | 'currency';
	displayName: string;
}

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
 * What the payment is held against: the checkout, and what the fields say where it is not known.
 *
 * @param checkout undefined where it was made by hand
 * @throws InputError when a field holds an expression that gives nothing, when one that is needed
 *   is empty, or when one contradicts the checkout
 */
export function readExpected(
	context: IExecuteFunctions,
	checkout: CheckoutFacts | undefined,
): Expected {
	refuseFieldsWithoutValue(context, checkout);
	const value = (field: CheckoutField) => {
		const given = readText(context.getNodeParameter(field.name, 0, ''), field.displayName) || null;
		const known = checkout?.[field.name] ?? null;
		refuseContradiction(field, given, known);
		return given ?? known;
	};
	const [checkoutId = null, reference = null, amount = null, currency = null] =
		CHECKOUT_FIELDS.map(value);
	if (amount !== null && !isDecimal(amount))
		throw new InputError("'Amount' is not a plain number", 'Enter a number such as 12.50.');
	return { checkoutId, reference, amount, currency, compareAmount: readCompareAmount(context) };
}

/** Whether neither the fields nor the checkout tell what a payment could be held against. */
export function isUnknown(
	context: IExecuteFunctions,
	checkout: CheckoutFacts | undefined,
): boolean {
	return fieldsWithoutValue(context, checkout).length > 0;
}

/** In the editor a field keeps what another operation of the node had in it. */
function refuseContradiction(
	{ name, displayName }: CheckoutField,
	given: string | null,
	known: string | null,
): void {
	if (known === null || saysTheSame(name, given, known)) return;
	throw new InputError(
		`'${displayName}' is ${quote(given ?? '')}, but the checkout that this node waits for has ${quote(known)}`,
		'Clear the field: it is only for checkouts that no node of this workflow has created.',
	);
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
function refuseFieldsWithoutValue(
	context: IExecuteFunctions,
	checkout: CheckoutFacts | undefined,
): void {
	const silent = CHECKOUT_FIELDS.filter((field) => givesNothing(context, checkout, field));
	const empty = fieldsWithoutValue(context, checkout).filter((field) => !silent.includes(field));
	const others = otherFields(context).filter(({ name }) =>
		expressionGaveNothing(...savedAndGiven(context, name)),
	);
	if (silent.length + empty.length + others.length === 0) return;
	const advice = howToFill([...silent, ...empty], checkout);
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

/** Words that hold when they are followed to the letter. */
function howToFill(
	fields: readonly CheckoutField[],
	checkout: CheckoutFacts | undefined,
): string[] {
	if (fields.length === 0) return [];
	if (checkout === undefined)
		return [
			`Map ${inWords(fields.map(({ name }) => name))} from the step that created the checkout, or enter them; an amount in major units, such as 12.50.`,
		];
	const known = fields.filter(({ name }) => checkout[name] !== null);
	const unknown = fields.filter(({ name }) => checkout[name] === null);
	return [
		...(known.length === 0 ? [] : [`Clear ${named(known)}: the checkout has it.`]),
		...unknown.map(
			({ displayName }) => `Enter '${displayName}' yourself: the checkout does not tell it.`,
		),
	];
}

function givesNothing(
	context: IExecuteFunctions,
	checkout: CheckoutFacts | undefined,
	field: CheckoutField,
): boolean {
	const [saved, given] = savedAndGiven(context, field.name);
	if (!IDENTITY.includes(field)) return expressionGaveNothing(saved, given);
	// A checkout without this number is known by the other one.
	if (expressionGaveNothing(saved, given)) return checkout?.[field.name] !== null;
	return expressionGaveNoIdentity(saved, given);
}

/** What is left empty, although it is needed and the checkout does not tell it. */
function fieldsWithoutValue(
	context: IExecuteFunctions,
	checkout: CheckoutFacts | undefined,
): CheckoutField[] {
	const isEmpty = ({ name }: CheckoutField) =>
		isBlank(savedAndGiven(context, name)[1]) && (checkout?.[name] ?? null) === null;
	const switchedOff = context.getNodeParameter('options.compareAmount', 0, true) === false;
	return [
		...(IDENTITY.every(isEmpty) ? IDENTITY : []),
		...(switchedOff ? [] : MONEY.filter(isEmpty)),
	];
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

/** "A", "A and B", "A, B and C" */
function inWords(parts: readonly string[]): string {
	const last = parts.at(-1) ?? '';
	return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
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
