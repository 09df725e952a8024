import type { IExecuteFunctions, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

/**
 * n8n prints the message alone, without the fields that go with it, so the message itself says
 * where.
 */
export function logLine(
	context: IWebhookFunctions | IExecuteFunctions | IHookFunctions,
	level: 'info' | 'warn' | 'error',
	message: string,
): void {
	const { id, name } = context.getWorkflow();
	const nodeName = context.getNode().name;
	context.logger[level](
		`${message} (workflow ${JSON.stringify(name ?? '')}, ${id ?? 'not saved'}; node ${JSON.stringify(nodeName)})`,
		{ workflowId: id, nodeName },
	);
}
