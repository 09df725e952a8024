import type { IHookFunctions, IWebhookDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

/** For the `webhooks` of a node with Wait for Payment: n8n's resume address of a paused execution. */
export const resumeWebhook: IWebhookDescription = {
	name: 'default',
	httpMethod: 'POST',
	path: '',
	responseMode: 'onReceived',
	responseData: '',
	restartWebhook: true,
	isFullPath: true,
};

/**
 * For the `webhookMethods` beside it: n8n itself gives a paused execution its address and takes it
 * away, so there is nothing to register anywhere.
 */
export const nothingToRegister = {
	async checkExists(this: IHookFunctions): Promise<boolean> {
		return true;
	},
	async create(this: IHookFunctions): Promise<boolean> {
		return true;
	},
	async delete(this: IHookFunctions): Promise<boolean> {
		return true;
	},
};

/**
 * What n8n shows at the step while it waits, which knows the node's parameters only: neither the
 * item nor the link.
 */
export const waitingNodeTooltip =
	'={{ $parameter["operation"] === "waitForPayment" ? "Waiting for the payment. This step goes on by itself once it arrives, or through Not Paid when the time is up." : "" }}';

const twoOutputs = (first: string, second: string) =>
	`[{ type: "${NodeConnectionTypes.Main}", displayName: "${first}" }, { type: "${NodeConnectionTypes.Main}", displayName: "${second}" }]` as const;

/** For the `outputs` of a node: two for Wait for Payment and for Compare With Order, else one. */
export const paidOrNotOutputs =
	`={{ ({ waitForPayment: ${twoOutputs('Paid', 'Not Paid')}, compare: ${twoOutputs('Paid in Full', 'Not Paid in Full')} })[$parameter["operation"]] ?? [{ type: "${NodeConnectionTypes.Main}" }] }}` as const;
