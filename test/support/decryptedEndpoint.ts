import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import {
	rememberedEndpoints,
	type RememberedEndpoint,
} from '../../nodes/shared/callbacks/endpointMemory';

/** A trigger's static data with its secrets decrypted, as n8n has them after a restart. */
export function decryptedEndpoint(
	staticData: IDataObject,
	{ workflowId = 'workflow-1', nodeId }: { workflowId?: string; nodeId: string },
	secretKey: string,
): RememberedEndpoint {
	const context = {
		getMode: () => 'trigger',
		getWorkflow: () => ({ id: workflowId }),
		getNode: () => ({ id: nodeId }),
		getNodeWebhookUrl: () => 'of nobody',
		getWorkflowStaticData: () => staticData,
	} as unknown as IWebhookFunctions;
	return rememberedEndpoints(context, secretKey)[0] ?? {};
}
