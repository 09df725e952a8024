import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { PaymentEvent } from '../core/contract';
import { isObject } from '../core/exactJson';
import { InputError } from '../core/inputError';
import { MAXIMUM_CALLBACK_BYTES } from '../core/limits';
import { usedByAgent, type CallbackProvider } from '../providerNode';
import { decideCallback, type TriggerOptions } from './decideCallback';
import type { Row } from '../items/row';
import { TOO_LONG } from './receivedBody';

/**
 * The fields of `callback: verify`; `Confirm With Provider` and `Maximum Age` are each provider's
 * own, in `options`.
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
 * @throws InputError that says why it is not a genuine callback; never passes anything on unproved
 */
export async function verifyCallback<Credentials>(
	row: Row<Credentials>,
	provider: CallbackProvider<Credentials>,
): Promise<IDataObject> {
	if (usedByAgent(row.context))
		throw new InputError(
			'Verify is not available to AI agents',
			'Use it in a workflow after a Webhook node.',
		);
	const { displayName } = provider.contract;
	const judgement = await decideCallback(
		row.context,
		provider,
		row.credentials,
		{ headers: readHeaders(row), rawBody: await readRawBody(row, displayName) },
		row.value('options', {}) as TriggerOptions,
	);
	if (judgement.pass) return judgement.event satisfies PaymentEvent as unknown as IDataObject;
	if (judgement.acknowledge)
		throw new InputError(
			`The ${displayName} callback must not be acted on: ${judgement.note}`,
			'Acknowledge it and do nothing.',
		);
	if (judgement.status === 500)
		throw new InputError(
			`Nobody knows whether this ${displayName} callback is genuine: ${judgement.reason}`,
			'Answer it with 500, so that a provider that repeats sends it again, and look the payment up.',
		);
	throw new InputError(
		`This is not a genuine ${displayName} callback: ${judgement.reason}`,
		judgement.hint ?? 'Answer it with 401 and do nothing.',
	);
}

function readHeaders<Credentials>(row: Row<Credentials>): Record<string, string> {
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

async function readRawBody<Credentials>(
	row: Row<Credentials>,
	displayName: string,
): Promise<Buffer> {
	const field = row.text('binaryPropertyName', 'Input Binary Field');
	const binary = row.context.getInputData()[row.itemIndex]?.binary;
	if (binary?.[field] === undefined) {
		throw new InputError(
			`The item has no binary field ${JSON.stringify(field)} with the raw body`,
			"Switch on 'Raw Body' in the options of the Webhook node. A parsed body cannot be verified: it has lost the exact bytes, such as 1.0 and big numbers.",
		);
	}
	const length = binary[field].bytes ?? lengthOfBase64(binary[field].data);
	if (length > MAXIMUM_CALLBACK_BYTES) throw tooLong(displayName);
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
