import type { IWebhookFunctions } from 'n8n-workflow';
import type { ReceivedCallback } from '../../nodes/shared/core/contract';

/**
 * As while somebody listens for test events: what is remembered then can be forgotten again
 * (`forgetTestDeliveries`).
 */
export const listener = { workflowId: 'workflow', nodeId: 'trigger' };

/**
 * What n8n hands to `webhook()`, as far as it is used: no HTTP and no n8n-core (contexts.ts has
 * those), for speed.
 */
export function bareWebhookContext(
	callback: ReceivedCallback,
	credentials: Record<string, unknown>,
	parameters: Record<string, unknown>,
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
		logger: { info: log, warn: log, error: log },
	} as unknown as IWebhookFunctions;
	return { context, response, answer };
}
