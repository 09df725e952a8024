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
import { tokenPayCredentialTest } from './tokenPay.credentialTest';
import { tokenPay } from './tokenPay.contract';
import { tokenPayProvider } from './tokenPay.provider';

export class TokenPayTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'TokenPay Trigger',
		name: 'tokenPayTrigger',
		icon: { light: 'file:../../icons/tokenPay.svg', dark: 'file:../../icons/tokenPay.dark.svg' },
		group: ['trigger'],
		// Above 1: n8n reads the raw body and runs the webhook of version 1 nodes more slowly.
		version: [1.1],
		subtitle: eventsSubtitle,
		description:
			'Starts the workflow when TokenPay reports a payment, after verifying that the report is genuine',
		documentationUrl: 'https://hosted-checkout-nodes.example/docs/providers/tokenpay.md#trigger',
		defaults: { name: 'TokenPay Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'tokenPayApi', required: true, testedBy: 'tokenPayCredentialTest' }],
		webhooks: [{ ...callbackWebhook }],
		...wordsWithCallbackUrl('TokenPay', 'TokenPay has no test mode: pay a small amount.'),
		hints: [{ ...noPaymentHint }],
		properties: [
			{
				displayName:
					"Open 'Webhook URLs' above, choose Production URL and copy it into 'Callback URL' of the TokenPay credential: from then on every checkout made with it is reported here. (Or into 'Callback URL' of a node, for its checkouts only.) Then publish this workflow.",
				name: 'notice',
				type: 'notice',
				default: '',
			},
			{ ...eventsField, options: eventOptions(tokenPay) },
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					{
						...maximumAgeOption,
						description: `${maximumAgeOption.description} TokenPay repeats a callback for about half a day.`,
					},
					{ ...respondOption },
				],
			},
		],
	};

	methods = { credentialTest: { tokenPayCredentialTest } };

	webhookMethods = { default: checkedAtPublishing(tokenPayProvider) };

	/** Runs behind `webhook()`, with what that gave. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await passEventOn(this);
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveCallback(this, tokenPayProvider);
	}
}
