import type {
	IExecuteFunctions,
	INodeParameters,
	INodeProperties,
	INodePropertyCollection,
} from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';
import { expressionGaveNoIdentity, expressionGaveNothing } from '../core/emptyExpression';
import { InputError } from '../core/inputError';
import { truncate } from '../core/quote';
import { nodeTypeOf } from '../n8nInternals';
import { emptyRow, isEmptyRow } from './emptyRow';
import { adviceOnMissingColumn } from './missingColumn';
import { expressionsIn, type SavedExpression } from './savedExpressions';

/**
 * Where an expression may give nothing, as in a sheet whose cell is empty in some rows: these
 * fields decide neither which order or payment it is, nor how much is paid to whom, nor what is
 * found. Every other field is refused then, those of a new provider among them, so nobody has to
 * think of it. Members of collections by their path.
 */
const HARMLESS = new Set([
	// Read by people, and by nobody else.
	'description',
	'productDescription',
	'lineItems.item.additionalFields.description',
	'lineItems.item.additionalFields.images',
	'lineItems.item.additionalFields.productFields.url',
	'lineItems.item.additionalFields.priceFields.nickname',
	'productFields.images',
	'productFields.url',
	'additionalFields.images',
	'additionalFields.url',
	'additionalFields.nickname',
	// Where the payer's browser goes, and in which language. Where it is needed, empty is refused.
	'successUrl',
	'cancelUrl',
	'additionalFields.locale',
	// Who pays, for the provider's own checks: the payer can enter it, too.
	'buyerName',
	'buyerEmail',
	'additionalFields.billingDetails',
	'additionalFields.browserInfo',
	'additionalFields.buyer',
	'additionalFields.clientIp',
	'additionalFields.country',
	'additionalFields.customerEmail',
	'additionalFields.deviceId',
	'additionalFields.shippingDetails',
	// How fast it goes.
	'options.requestsInParallel',
]);

/**
 * Fields in which the text around an expression is nothing, too: `order-` would be the number of
 * every order, and a filter finds another thing.
 */
const IDENTITY = /(^|\.)(id|reference|callbackUrl)$|(Id|Reference)$|^filters\./;

/** The expressions that can be refused in one parameter: in its collections and their rows, too. */
export function decidingExpressions(parameter: string, saved: unknown): SavedExpression[] {
	return expressionsIn([parameter], saved).filter(({ path }) => !HARMLESS.has(nameOf(path)));
}

/**
 * Refuses what would be taken for a field that was left empty on purpose: an order without its
 * number, a list without its filter.
 *
 * @param value of the whole parameter, as n8n evaluates it for this item
 * @throws InputError naming the first field whose expression gave nothing
 */
export function refuseEmptyExpressions(
	{ context, itemIndex }: { context: IExecuteFunctions; itemIndex: number },
	expressions: readonly SavedExpression[],
	value: unknown,
): void {
	for (const expression of expressions) {
		const given = givenFor(expression, value);
		if (!isEmpty(expression, given)) continue;
		const { label, field, wayOut } = findField(context, expression.path);
		if (isLeftToAgent(expression, given) && field !== undefined && !field.required) continue;
		if (isEmptyRow(context, itemIndex)) throw emptyRow(context, itemIndex);
		const shown = truncate(expression.text.slice(1).trim().replace(/\s+/g, ' '));
		throw new InputError(
			`'${label}' is empty: its expression ${shown} gives nothing for this item`,
			adviceOnMissingColumn(context, itemIndex, expression.text) ??
				`Map the field again from the input item or an earlier node, ${wayOut}.`,
		);
	}
}

/** n8n leaves out the member of a collection whose expression gives undefined. */
function givenFor({ path }: SavedExpression, value: unknown): unknown {
	let given = value;
	for (const name of path.slice(1))
		given = typeof given === 'object' ? (given as INodeParameters | null)?.[name] : undefined;
	return given;
}

/** An agent that has nothing for an optional field gives an empty text, with nothing around it. */
function isLeftToAgent({ text }: SavedExpression, given: unknown): boolean {
	return text.includes('$fromAI') && expressionGaveNothing(text, given);
}

function isEmpty({ path, text }: SavedExpression, given: unknown): boolean {
	return IDENTITY.test(nameOf(path))
		? expressionGaveNoIdentity(text, given)
		: expressionGaveNothing(text, given);
}

/** `lineItems.item.name`, whichever row it is. */
function nameOf(path: readonly string[]): string {
	return path.filter((name) => !/^\d+$/.test(name)).join('.');
}

interface FoundField {
	/** As the form writes it. */
	label: string;
	field?: INodeProperties;
	/** What else than correcting the expression helps. */
	wayOut: string;
}

const ENTER_A_VALUE = 'or enter a value without an expression';

function findField(context: IExecuteFunctions, path: readonly string[]): FoundField {
	const type = nodeTypeOf(context)?.description;
	const node = context.getNode();
	const shown = (type?.properties ?? []).filter((property) =>
		NodeHelpers.displayParameter(node.parameters, property, node, type ?? null),
	);
	return fieldAt(shown, path) ?? { label: labelOf(path.at(-1) ?? ''), wayOut: ENTER_A_VALUE };
}

function fieldAt(
	fields: readonly INodeProperties[],
	[name, ...inside]: readonly string[],
): FoundField | undefined {
	const field = fields.find((candidate) => candidate.name === name);
	if (field === undefined) return undefined;
	if (field.type === 'fixedCollection' && inside.length > 0) return fieldInRow(field, inside);
	if (field.type !== 'collection' || inside.length === 0)
		return {
			// The ending that n8n's linter asks for where a list is loaded.
			label: field.displayName.replace(/ Name or ID$/, ''),
			field,
			wayOut: canBeCleared(field) ? 'or clear the field' : ENTER_A_VALUE,
		};
	const member = fieldAt(field.options as INodeProperties[], inside);
	return member?.field?.name === inside.join('.')
		? { ...member, wayOut: `or remove '${member.label}' from '${field.displayName}'` }
		: member;
}

/** `Line Items 2: Quantity`; the group alone is called like the whole. */
function fieldInRow(whole: INodeProperties, inside: readonly string[]): FoundField | undefined {
	const [groupName, ...rest] = inside;
	const group = (whole.options as INodePropertyCollection[]).find(({ name }) => name === groupName);
	const isRow = /^\d+$/.test(rest[0] ?? '');
	const row = isRow ? `${whole.displayName} ${Number(rest[0]) + 1}` : whole.displayName;
	const names = isRow ? rest.slice(1) : rest;
	const found = fieldAt(group?.values ?? [], names);
	if (found === undefined) return { label: row, wayOut: ENTER_A_VALUE };
	const isInCollection = names.length > 1;
	return {
		...found,
		label: `${row}: ${found.label}`,
		wayOut: isInCollection ? found.wayOut : ENTER_A_VALUE,
	};
}

function canBeCleared({ required, type }: INodeProperties): boolean {
	return required !== true && ['string', 'json', 'dateTime'].includes(type);
}

/** `checkoutId` → `Checkout ID`, as the forms write it. */
export function labelOf(parameter: string): string {
	const words = parameter
		.replace(/([A-Z])/g, ' $1')
		.replace(/\bId\b/g, 'ID')
		.replace(/\bIp\b/g, 'IP')
		.replace(/\bUrl\b/g, 'URL');
	return words.charAt(0).toUpperCase() + words.slice(1);
}
