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
import { chingChingPay } from './chingChingPay.contract';
import { chingChingPayProvider } from './chingChingPay.provider';
import { chingChingPayCredentialTest } from './chingChingPay.credentialTest';

export class ChingChingPayTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ChingChingPay Trigger',
		name: 'chingChingPayTrigger',
		icon: {
			light: 'file:../../icons/chingChingPay.svg',
			dark: 'file:../../icons/chingChingPay.dark.svg',
		},
		group: ['trigger'],
		// Above 1: n8n reads the raw body and runs the webhook of version 1 nodes more slowly.
		version: [1.1],
		subtitle: eventsSubtitle,
		description:
			'Starts the workflow when ChingChingPay reports a payment, after checking with its API',
		documentationUrl:
			'https://hosted-checkout-nodes.example/docs/providers/chingchingpay.md#trigger',
		defaults: { name: 'ChingChingPay Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'chingChingPayApi', required: true, testedBy: 'chingChingPayCredentialTest' },
		],
		webhooks: [{ ...callbackWebhook }],
		...wordsWithCallbackUrl(
			'ChingChingPay',
			"The first one comes as Unknown: its status word belongs into 'Paid Values' of the credential.",
		),
		hints: [{ ...noPaymentHint }],
		properties: [
			{
				displayName:
					"Open 'Webhook URLs' above, choose Production URL and copy it into 'Callback URL' of the ChingChingPay credential: from then on every checkout made with it is reported here. (Or into 'Callback URL' of a node, for its checkouts only.) Then publish this workflow.",
				name: 'notice',
				type: 'notice',
				default: '',
			},
			{
				displayName:
					"ChingChingPay's status words are not documented. Make a test payment: the event is 'unknown', with ChingChingPay's own word in 'providerStatus'. Enter that word in 'Paid Values' of the credential; from then on such payments are 'payment.succeeded'. Do not ship on 'unknown'.",
				name: 'paidValuesNotice',
				type: 'notice',
				default: '',
			},
			{
				...eventsField,
				options: eventOptions(chingChingPay),
				default: ['payment.succeeded', 'unknown'],
				description:
					'Which events start the workflow; others are acknowledged and start nothing. Do not ship on Unknown: it is there to show you the status words.',
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					{
						...maximumAgeOption,
						description:
							'Refuse what ChingChingPay, when it is asked, says was started more than this many days ago. 0 accepts any age.',
					},
					{ ...respondOption },
				],
			},
		],
	};

	methods = { credentialTest: { chingChingPayCredentialTest } };

	webhookMethods = { default: checkedAtPublishing(chingChingPayProvider) };

	/** Runs behind `webhook()`, with what that gave. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await passEventOn(this);
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveCallback(this, chingChingPayProvider);
	}
}
