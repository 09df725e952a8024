/** A made-up provider and the parts of n8n around it, to look at the shared pieces alone. */
import type {
	IAuthenticate,
	ICredentialType,
	IExecuteFunctions,
	INodeProperties,
	INodeType,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { authenticateRequest } from '../../../../nodes/shared/requests/authenticateRequest';
import type {
	CallbackProof,
	CheckoutOrder,
	Confirmation,
	HttpCall,
	HttpReply,
	PaymentContract,
} from '../../../../nodes/shared/core/contract';
import { isObject, textOrNull } from '../../../../nodes/shared/core/exactJson';
import { InputError } from '../../../../nodes/shared/core/inputError';
import type { CallbackProvider } from '../../../../nodes/shared/providerNode';
import { verifyWithAny } from '../../../../nodes/shared/core/secrets';
import { refusedAs, sentence } from './said';

export interface ProbeCredentials {
	key: string;
	account: string;
	callbackSecret?: string;
	baseUrl: string;
	callbackProof?: CallbackProof;
}

export type ProbeContract = PaymentContract<ProbeCredentials, CheckoutOrder>;

/**
 * A contract of a provider that does not exist. It proves callbacks by a header that equals the
 * secret.
 */
export function probeContract(
	more: Partial<ProbeContract> = {},
	callback: Partial<ProbeContract['callback']> = {},
): ProbeContract {
	return {
		provider: 'probe',
		displayName: 'Probe',
		nonSecretFields: ['account'],
		authHeaders: (credentials) => {
			if (credentials.key === 'cannot sign')
				throw new InputError("'Key' in the Probe credential cannot sign", 'Enter another key.');
			return { authorization: `Bearer ${credentials.key}` };
		},
		checkout: {
			call: (order, credentials) =>
				createCall(credentials, { reference: order.reference, amount: order.amount }),
			result: (reply, { order }) => ({
				provider: 'probe',
				checkoutId: textOrNull(isObject(reply.body) ? reply.body.id : null),
				paymentId: null,
				reference: order.reference,
				checkoutUrl: null,
				qrCode: null,
				status: 'open',
				providerStatus: null,
				statusReason: null,
				amount: order.amount,
				currency: order.currency,
				expiresAt: null,
				livemode: null,
				nextAction: null,
			}),
		},
		failure(reply) {
			if (!isObject(reply.body) || !isObject(reply.body.error)) return undefined;
			const { message, rateLimited, notFound } = reply.body.error;
			return {
				message: String(message),
				...(rateLimited === true ? { rateLimited } : {}),
				...(notFound === true ? { notFound } : {}),
			};
		},
		callback: {
			events: ['payment.succeeded', 'refund.succeeded', 'unknown'],
			proofs: ['signature'],
			setupProblem: (credentials) =>
				credentials.callbackSecret
					? undefined
					: sentence("'Callback Secret' in the Probe credential is empty"),
			verify: ({ headers, rawBody }, credentials) =>
				verifyWithAny([credentials.callbackSecret], (secret) =>
					headers['x-secret'] === secret
						? { genuine: true, payload: JSON.parse(rawBody.toString()) as Record<string, unknown> }
						: {
								genuine: false,
								...refusedAs('wrong_secret', 'the header X-Secret is wrong'),
								hint: 'It is not from Probe.',
							},
				),
			parseEvent: (payload) => ({
				provider: 'probe',
				event:
					payload.status === 'paid'
						? 'payment.succeeded'
						: payload.status === 'failed'
							? 'payment.failed'
							: 'unknown',
				eventId: `${String(payload.id)}:${String(payload.status)}`,
				checkoutId: textOrNull(payload.id),
				paymentId: null,
				reference: textOrNull(payload.reference),
				status:
					payload.status === 'paid' ? 'paid' : payload.status === 'failed' ? 'failed' : 'unknown',
				providerStatus: textOrNull(payload.status),
				statusReason: null,
				amount: textOrNull(payload.amount),
				currency: textOrNull(payload.currency),
				livemode: null,
				occurredAt: textOrNull(payload.at),
				raw: payload,
			}),
			acknowledgement: () => ({
				status: 200,
				contentType: 'text/plain; charset=utf-8',
				body: 'GOT IT',
			}),
			...callback,
		},
		...more,
	};
}

/** How this provider is asked: by the checkout, and it says what the test wants. */
export function probeConfirmation(
	more: Partial<Confirmation<ProbeCredentials>> = {},
): Confirmation<ProbeCredentials> {
	return {
		readUnsigned: ({ rawBody }) => ({
			payload: JSON.parse(rawBody.toString()) as Record<string, unknown>,
		}),
		askFor: ({ checkoutId }) => (checkoutId === null ? undefined : { checkoutId }),
		call: (about, credentials) => ({
			method: 'GET',
			url: `${credentials.baseUrl}/checkouts/${'checkoutId' in about ? about.checkoutId : ''}`,
			retry: 'idempotent',
		}),
		facts: () => undefined,
		timeOf: () => null,
		amountIs: 'received',
		nobodys: { checkoutId: 'nobodys' },
		...more,
	};
}

export const createCall = (
	credentials: Pick<ProbeCredentials, 'baseUrl'>,
	body: unknown,
	more: Partial<HttpCall> = {},
): HttpCall => ({
	method: 'POST',
	url: `${credentials.baseUrl}/checkouts`,
	headers: { 'content-type': 'application/json' },
	body: JSON.stringify(body),
	retry: 'never',
	howToFindOut: 'Look it up in the dashboard.',
	...more,
});

export class ProbeApi implements ICredentialType {
	name = 'probeApi';

	displayName = 'Probe API';

	properties: INodeProperties[] = [
		{
			displayName: 'Key',
			name: 'key',
			type: 'string',
			typeOptions: { password: true },
			default: '',
		},
		{
			displayName: 'Callback Secret',
			name: 'callbackSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
		},
		{ displayName: 'Proof', name: 'callbackProof', type: 'string', default: 'signature' },
		{ displayName: 'Account', name: 'account', type: 'string', default: '' },
		{ displayName: 'Base URL', name: 'baseUrl', type: 'string', default: '' },
	];

	authenticate: IAuthenticate = async (credentials, request) =>
		await authenticateRequest(probeContract(), credentials, request);
}

export const probeProvider = (
	contract: ProbeContract = probeContract(),
): CallbackProvider<ProbeCredentials> => ({ contract, credentialName: 'probeApi' });

/** A node whose `execute` is the given one. */
export function probeNode(
	execute: (context: IExecuteFunctions) => ReturnType<NonNullable<INodeType['execute']>>,
	properties: INodeProperties[] = [],
): INodeType {
	return {
		description: {
			displayName: 'Probe',
			name: 'probe',
			group: ['transform'],
			version: 1.1,
			description: 'Only for tests',
			defaults: { name: 'Probe' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			credentials: [{ name: 'probeApi', required: true }],
			properties,
		},
		async execute() {
			return await execute(this);
		},
	};
}

export const answer = (reply: Partial<HttpReply>): HttpReply => ({
	status: 200,
	headers: {},
	text: '',
	body: undefined,
	bytes: Buffer.alloc(0),
	...reply,
});
