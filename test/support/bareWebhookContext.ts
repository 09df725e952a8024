import type { IHttpRequestOptions, INodeProperties, IWebhookFunctions } from 'n8n-workflow';
import type { ReceivedCallback } from '../../nodes/shared/core/contract';
import type { ApiAnswer, ApiQuestion } from '../providers';

/**
 * As while somebody listens for test events: what is remembered then can be forgotten again
 * (`forgetTestDeliveries`).
 */
export const listener = { workflowId: 'workflow', nodeId: 'trigger' };

/** A provider that can be asked, and the fields of its credential. */
export interface Askable {
	api(question: ApiQuestion): ApiAnswer;
	properties: INodeProperties[];
}

/** n8n's helper for requests, without HTTP. */
function askedBy({ api }: Askable) {
	return async (_credential: string, { url, body }: IHttpRequestOptions) => {
		const answer = api({ url, body: typeof body === 'string' ? body : '' });
		return {
			statusCode: answer.status ?? 200,
			headers: { 'content-type': 'application/json' },
			body: [Buffer.from(JSON.stringify(answer.body))],
		};
	};
}

/**
 * What n8n hands to `webhook()`, as far as it is used: no HTTP and no n8n-core (contexts.ts has
 * those), for speed.
 */
export function bareWebhookContext(
	callback: ReceivedCallback,
	credentials: Record<string, unknown>,
	parameters: Record<string, unknown>,
	askable?: Askable,
) {
	const answer = { status: 200, body: undefined as unknown, log: '' };
	const response = {
		status(code: number) {
			answer.status = code;
			return response;
		},
		type: () => response,
		setHeader: () => response,
		send(body: unknown) {
			answer.body = body;
			return response;
		},
	};
	const log = (line: string) => {
		answer.log += `${line}\n`;
	};
	const context = {
		getRequestObject: () => ({ rawBody: callback.rawBody }),
		getHeaderData: () => callback.headers,
		getCredentials: async () => credentials,
		getNodeParameter: (name: string, fallback: unknown) => parameters[name] ?? fallback,
		getWorkflow: () => ({ id: listener.workflowId, name: 'Workflow' }),
		getNode: () => ({ id: listener.nodeId, name: 'Trigger' }),
		getMode: () => 'manual',
		getResponseObject: () => response,
		getWorkflowStaticData: () => ({}),
		...(askable && {
			getCredentialsProperties: () => askable.properties,
			helpers: { httpRequestWithAuthentication: askedBy(askable) },
		}),
		logger: { info: log, warn: log, error: log },
	} as unknown as IWebhookFunctions;
	return { context, response, answer };
}
