import type {
	IExecuteFunctions,
	IHookFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import {
	callbackWebhook,
	eventOptions,
	eventsField,
	eventsSubtitle,
	maximumAgeOption,
	respondOption,
} from '../shared/callbacks/triggerFields';
import { noPaymentHint, wordsWithRegistration } from '../shared/callbacks/triggerWords';
import { receiveCallback } from '../shared/callbacks/receiveCallback';
import { passEventOn } from '../shared/callbacks/testRefusal';
import {
	endpointIsRegistered,
	registerEndpoint,
	removeEndpoint,
} from '../shared/callbacks/endpointRegistration';
import { requireProvableCallbacks } from '../shared/callbacks/requireProvableCallbacks';
import { providerEventOf, wooshPay } from './wooshPay.contract';
import { wooshPayCredentialTest } from './wooshPay.credentialTest';
import { wooshPayProvider } from './wooshPay.provider';

export class WooshPayTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WooshPay Trigger',
		name: 'wooshPayTrigger',
		icon: { light: 'file:../../icons/wooshPay.svg', dark: 'file:../../icons/wooshPay.dark.svg' },
		group: ['trigger'],
		// Above 1: n8n reads the raw body and runs the webhook of version 1 nodes more slowly.
		version: [1.1],
		subtitle: eventsSubtitle,
		description:
			'Starts the workflow when WooshPay reports a payment, after verifying that the report is genuine',
		documentationUrl: 'https://hosted-checkout-nodes.example/docs/providers/wooshpay.md#trigger',
		defaults: { name: 'WooshPay Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'wooshPayApi', required: true, testedBy: 'wooshPayCredentialTest' }],
		webhooks: [{ ...callbackWebhook }],
		...wordsWithRegistration('WooshPay'),
		hints: [{ ...noPaymentHint }],
		properties: [
			{
				displayName:
					'Publishing this workflow registers its address at WooshPay, and unpublishing removes it. Do not enter it in the WooshPay dashboard as well: every payment would be reported twice.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			{ ...eventsField, options: eventOptions(wooshPay) },
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: [
					{
						displayName: 'Additional Provider Events',
						name: 'additionalProviderEvents',
						type: 'string',
						default: '',
						placeholder: 'e.g. payment_intent.created, payout.paid',
						description:
							'WooshPay\'s own names of more events that start the workflow, comma-separated. What this node does not know leaves it as event "unknown", with everything in raw.',
					},
					{
						...maximumAgeOption,
						description: `${maximumAgeOption.description} WooshPay repeats a callback for three days.`,
					},
					{ ...respondOption },
				],
			},
		],
	};

	methods = { credentialTest: { wooshPayCredentialTest } };

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await endpointIsRegistered(this, wooshPayProvider);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				await requireProvableCallbacks(this, wooshPayProvider);
				return await registerEndpoint(this, wooshPayProvider);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await removeEndpoint(this, wooshPayProvider);
			},
		},
	};

	/** Runs behind `webhook()`, with what that gave. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await passEventOn(this);
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveCallback(this, wooshPayProvider, providerEventOf);
	}
}
