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
	respondOption,
} from '../shared/callbacks/triggerFields';
import { noPaymentHint, wordsWithCallbackUrl } from '../shared/callbacks/triggerWords';
import { receiveCallback } from '../shared/callbacks/receiveCallback';
import { passEventOn } from '../shared/callbacks/testRefusal';
import { eFundPayCredentialTest } from './eFundPay.credentialTest';
import { eFundPay } from './eFundPay.contract';
import { eFundPayProvider } from './eFundPay.provider';

export class EFundPayTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'EFundPay Trigger',
		name: 'eFundPayTrigger',
		icon: { light: 'file:../../icons/eFundPay.svg', dark: 'file:../../icons/eFundPay.dark.svg' },
		group: ['trigger'],
		// Above 1: n8n reads the raw body and runs the webhook of version 1 nodes more slowly.
		version: [1.1],
		subtitle: eventsSubtitle,
		description:
			'Starts the workflow when EFundPay reports a payment, after verifying that the report is genuine',
		documentationUrl: 'https://hosted-checkout-nodes.example/docs/providers/efundpay.md#trigger',
		defaults: { name: 'EFundPay Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'eFundPayApi', required: true, testedBy: 'eFundPayCredentialTest' }],
		webhooks: [{ ...callbackWebhook }],
		...wordsWithCallbackUrl('EFundPay'),
		hints: [{ ...noPaymentHint }],
		properties: [
			{
				displayName:
					"Open 'Webhook URLs' above, choose Production URL and copy it into 'Callback URL' of the EFundPay credential: from then on every checkout made with it is reported here. (Or into 'Callback URL' of a node, for its checkouts only.) Then publish this workflow.",
				name: 'notice',
				type: 'notice',
				default: '',
			},
			{ ...eventsField, options: eventOptions(eFundPay) },
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [{ ...respondOption }],
			},
		],
	};

	methods = { credentialTest: { eFundPayCredentialTest } };

	webhookMethods = { default: checkedAtPublishing(eFundPayProvider) };

	/** Runs behind `webhook()`, with what that gave. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await passEventOn(this);
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveCallback(this, eFundPayProvider);
	}
}
