import type { IAuthenticate, ICredentialType, INodeProperties } from 'n8n-workflow';
import { allowedCurrenciesField, largestAmountField } from '../nodes/shared/checkout/limitFields';
import { otherSettingsField } from '../nodes/shared/checkout/otherSettingsFields';
import { authenticateRequest } from '../nodes/shared/requests/authenticateRequest';
import { wooshPay } from '../nodes/WooshPay/wooshPay.contract';

/** Tested by the nodes: wooshPay.credentialTest.ts in nodes/WooshPay. */
export class WooshPayApi implements ICredentialType {
	name = 'wooshPayApi';

	displayName = 'WooshPay API';

	documentationUrl = 'https://hosted-checkout-nodes.example/docs/providers/wooshpay.md#set-up';

	icon = { light: 'file:../icons/wooshPay.svg', dark: 'file:../icons/wooshPay.dark.svg' } as const;

	/** For calls that no node of this package makes: n8n offers them as an HTTP Request node. */
	httpRequestNode = {
		name: 'WooshPay',
		docsUrl: 'https://docs.wooshpay.com',
		apiBaseUrlPlaceholder: 'https://api.wooshpay.com/v1/events',
	};

	properties: INodeProperties[] = [
		{
			displayName: 'Environment',
			name: 'environment',
			type: 'options',
			options: [
				{ name: 'Test', value: 'test', description: 'Trying out: a key that begins with sk_test_' },
				{ name: 'Live', value: 'live', description: 'Real money: a key that begins with sk_live_' },
				{ name: 'Custom', value: 'custom', description: 'A sandbox or a proxy of your own' },
			],
			default: 'test',
			description: 'Which of the two WooshPay services is used. Each has keys of its own.',
			hint: 'Test goes with a key that begins with sk_test_, Live with sk_live_',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://wooshpay-proxy.example',
			hint: 'Up to, but without, /v1',
			displayOptions: { show: { environment: ['custom'] } },
		},
		{
			displayName: 'Secret Key',
			name: 'secretKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			hint: 'From the WooshPay dashboard under Developer. It begins with sk_; the publishable key (pk_) does not work here.',
		},
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Verifies callbacks of an endpoint that you registered by hand; WooshPay shows its secret when the endpoint is made',
			hint: 'Leave it empty for the trigger, which registers itself. Only for endpoints that you registered by hand. The connection test does not check it.',
		},
		{
			displayName: 'Previous Webhook Secret',
			name: 'webhookSecretPrevious',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: 'Only while you change the webhook secret: accepted as well. Remove it afterwards.',
		},
		{
			displayName: 'When a Callback Comes',
			name: 'callbackProof',
			type: 'options',
			options: [
				{
					name: 'Check the Signature and Ask WooshPay',
					value: 'signatureAndProvider',
					description:
						'The signature must fit, and WooshPay must say the same when it is asked for the event',
				},
				{
					name: 'Check the Signature, Ask WooshPay If It Does Not Fit',
					value: 'signatureOrProvider',
					description:
						'The secret of a trigger can get lost. Where no secret fits, the event is looked up at WooshPay, and only its answer counts.',
				},
				{
					name: 'Trust Its Signature',
					value: 'signature',
					description:
						"The signature must fit, made with the secret of the trigger's endpoint or with 'Webhook Secret'",
				},
			],
			default: 'signatureOrProvider',
			description:
				'How the trigger, Wait for Payment and Verify find out whether a callback is genuine',
		},
		{ ...largestAmountField },
		{ ...allowedCurrenciesField },
		{ ...otherSettingsField },
		{
			displayName: 'Paid Values',
			name: 'paidValues',
			type: 'string',
			typeOptions: { rows: 2 },
			default: '',
			description:
				"Words that mean paid, separated by commas or lines: in payment_status of a checkout besides paid, in status of a payment besides succeeded. No page shows another; read the word in the output with 'Simplify' off, and enter it only when WooshPay has told you that it means paid.",
			displayOptions: { show: { otherSettings: [true] } },
		},
	];

	authenticate: IAuthenticate = async (credentials, requestOptions) =>
		await authenticateRequest(wooshPay, credentials, requestOptions);
}
