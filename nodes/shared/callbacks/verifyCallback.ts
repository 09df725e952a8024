import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { PaymentEvent } from '../core/contract';
import { isObject } from '../core/exactJson';
import { InputError } from '../core/inputError';
import { MAXIMUM_CALLBACK_BYTES } from '../core/limits';
import type { CallbackProvider } from '../providerNode';
import { decideCallback, type TriggerOptions } from './decideCallback';
import { operationOf, type Operation } from '../items/operation';
import type { RowReader } from '../items/rowReader';
import type { RowSender } from '../items/rowSender';
import { TOO_LONG } from './receivedBody';

/**
 * The fields of `callback: verify`; `Maximum Age` is in the `options` of those providers whose
 * callbacks have a time.
 */
export const verifyCallbackFields: INodeProperties[] = [
	{
		displayName:
			"Put n8n's Webhook node before this one: 'HTTP Method' POST, 'Respond' Using 'Respond to Webhook' Node, option 'Raw Body' on. Answer the provider only after this node.",
		name: 'verifyNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { resource: ['callback'], operation: ['verify'] } },
	},
	{
		displayName: 'Input Binary Field',
		name: 'binaryPropertyName',
		type: 'string',
		required: true,
		default: 'data',
		hint: 'The name of the input binary field that holds the raw body',
		displayOptions: { show: { resource: ['callback'], operation: ['verify'] } },
	},
	{
		displayName: 'Headers',
		name: 'headers',
		type: 'json',
		required: true,
		default: '={{ $json.headers }}',
		description: 'The headers of the callback as an object',
		displayOptions: { show: { resource: ['callback'], operation: ['verify'] } },
	},
];

/**
 * Judges a callback that n8n's own Webhook node received: headers and raw body in, the same payment
 * event as from the trigger out.
 *
 * @throws InputError that says why it is not a genuine callback; never passes anything on unverified
 */
export function verifyCallback<Credentials>(
	provider: CallbackProvider<Credentials>,
): Operation<Credentials> {
	return operationOf({
		read: (row) => readCallbackItem(row, provider.contract.displayName),
		send: async (item, row: RowSender<Credentials>) => await verify(item, row, provider),
	});
}

async function verify<Credentials>(
	{ headers, binaryField, options }: CallbackItem,
	row: RowSender<Credentials>,
	provider: CallbackProvider<Credentials>,
): Promise<IDataObject> {
	const { displayName } = provider.contract;
	const judgement = await decideCallback(
		{ context: row.context, provider, credentials: row.credentials },
		{ headers, rawBody: await readRawBody(row, binaryField, displayName) },
		{ maximumAge: options.maximumAge },
	);
	if (judgement.pass) return judgement.event satisfies PaymentEvent as unknown as IDataObject;
	if (judgement.acknowledge)
		throw new InputError(
			`The ${displayName} callback must not be acted on: ${judgement.note}`,
			'Acknowledge it and do nothing.',
		);
	if (judgement.status === 500)
		throw new InputError(
			`Nobody knows whether this ${displayName} callback is genuine: ${judgement.message}`,
			[
				...(judgement.finding ? [judgement.finding.says] : []),
				'Answer it with 500, so that a provider that repeats sends it again, and look the payment up.',
			].join(' '),
		);
	throw new InputError(
		`This is not a genuine ${displayName} callback: ${judgement.message}`,
		judgement.hint ?? 'Answer it with 401 and do nothing.',
	);
}

/** What an item holds of a callback, apart from the bytes. */
interface CallbackItem {
	headers: Record<string, string>;
	binaryField: string;
	options: TriggerOptions;
}

function readCallbackItem(row: RowReader, displayName: string): CallbackItem {
	if (row.usedByAgent())
		throw new InputError(
			'Verify is not available to AI agents',
			'Use it in a workflow after a Webhook node.',
		);
	return {
		headers: readHeaders(row),
		binaryField: readBinaryField(row, displayName),
		options: row.value('options', {}) as TriggerOptions,
	};
}

function readHeaders(row: RowReader): Record<string, string> {
	const given = row.json('headers', 'Headers');
	if (!isObject(given))
		throw new InputError(
			"'Headers' is not an object",
			'Map the headers of the Webhook node: {{ $json.headers }}.',
		);
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(given)) {
		if (typeof value === 'string') headers[name.toLowerCase()] = value;
		else if (Array.isArray(value)) headers[name.toLowerCase()] = value.join(',');
	}
	return headers;
}

function readBinaryField(row: RowReader, displayName: string): string {
	const field = row.text('binaryPropertyName', 'Input Binary Field');
	const binary = row.binary(field);
	if (binary === undefined) {
		throw new InputError(
			`The item has no binary field ${JSON.stringify(field)} with the raw body`,
			"Switch on 'Raw Body' in the options of the Webhook node. A parsed body cannot be verified: it has lost the exact bytes, such as 1.0 and big numbers.",
		);
	}
	const length = binary.bytes ?? lengthOfBase64(binary.data);
	if (length > MAXIMUM_CALLBACK_BYTES) throw tooLong(displayName);
	return field;
}

async function readRawBody<Credentials>(
	row: RowSender<Credentials>,
	field: string,
	displayName: string,
): Promise<Buffer> {
	const rawBody = await row.context.helpers.getBinaryDataBuffer(row.itemIndex, field);
	if (rawBody.length > MAXIMUM_CALLBACK_BYTES) throw tooLong(displayName);
	return rawBody;
}

/** Where n8n keeps a file elsewhere, `data` is no more than a word. */
function lengthOfBase64(data: string): number {
	return Math.floor((data.length * 3) / 4) - 2;
}

function tooLong(displayName: string): InputError {
	return new InputError(
		`This is not a genuine ${displayName} callback: ${TOO_LONG}`,
		'Answer it with 413 and do nothing.',
	);
}
