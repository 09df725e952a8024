import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { checkedAtPublishing } from '../shared/callbacks/requireProvableCallbacks';
import {
	callbackWebhook,
	eventOptions,
	eventsField,
	eventsSubtitle,
	maximumAgeOption,
	respondOption,
} from '../shared/callbacks/triggerFields';
import { noPaymentHint, wordsWithCallbackUrl } from '../shared/callbacks/triggerWords';
import { receiveCallback } from '../shared/callbacks/receiveCallback';
import { passEventOn } from '../shared/callbacks/testRefusal';
import { payfectCredentialTest } from './payfect.credentialTest';
import { payfect } from './payfect.contract';
import { payfectProvider } from './payfect.provider';

export class PayfectTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Payfect Trigger',
		name: 'payfectTrigger',
		icon: { light: 'file:../../icons/payfect.svg', dark: 'file:../../icons/payfect.dark.svg' },
		group: ['trigger'],
		// Above 1: n8n reads the raw body and runs the webhook of version 1 nodes more slowly.
		version: [1.1],
		subtitle: eventsSubtitle,
		description:
			'Starts the workflow when Payfect reports a payment, after verifying that the report is genuine',
		documentationUrl: 'https://hosted-checkout-nodes.example/docs/providers/payfect.md#trigger',
		defaults: { name: 'Payfect Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'payfectApi', required: true, testedBy: 'payfectCredentialTest' }],
		webhooks: [{ ...callbackWebhook }],
		...wordsWithCallbackUrl('Payfect'),
		hints: [{ ...noPaymentHint }],
		properties: [
			{
				displayName:
					"Open 'Webhook URLs' above, choose Production URL and copy it into 'Callback URL' of the Payfect credential: from then on every checkout made with it is reported here. (Or into 'Callback URL' of a node, for its checkouts only.) Then publish this workflow.",
				name: 'notice',
				type: 'notice',
				default: '',
			},
			{
				...eventsField,
				options: eventOptions(payfect),
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [{ ...maximumAgeOption }, { ...respondOption }],
			},
		],
	};

	methods = { credentialTest: { payfectCredentialTest } };

	webhookMethods = { default: checkedAtPublishing(payfectProvider) };

	/** Runs behind `webhook()`, with what that gave. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await passEventOn(this);
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveCallback(this, payfectProvider);
	}
}
