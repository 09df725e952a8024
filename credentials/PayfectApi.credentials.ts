import type { IAuthenticate, ICredentialType, INodeProperties } from 'n8n-workflow';
import { credentialCallbackUrlField } from '../nodes/shared/checkout/checkoutFields';
import { coinLimitFields } from '../nodes/shared/checkout/limitFields';
import {
	acknowledgementBodyField,
	otherSettingsField,
} from '../nodes/shared/checkout/otherSettingsFields';
import { authenticateRequest } from '../nodes/shared/requests/authenticateRequest';
import { payfect } from '../nodes/Payfect/payfect.contract';

/** Tested by the nodes: payfect.credentialTest.ts in nodes/Payfect. */
export class PayfectApi implements ICredentialType {
	name = 'payfectApi';

	displayName = 'Payfect API';

	documentationUrl = 'https://hosted-checkout-nodes.example/docs/providers/payfect.md#set-up';

	icon = { light: 'file:../icons/payfect.svg', dark: 'file:../icons/payfect.dark.svg' } as const;

	/** For calls that no node of this package makes: n8n offers them as an HTTP Request node. */
	httpRequestNode = {
		name: 'Payfect',
		docsUrl: 'https://docs.payfect.finance',
		apiBaseUrlPlaceholder: 'https://api.payfect.finance/api/v1/checkouts/',
	};

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			hint: 'From the Payfect dashboard. The key decides whether payments are live or test.',
		},
		{
			displayName: 'Callback Secret Key',
			name: 'callbackSecretKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Verifies that a callback comes from Payfect',
			hint: "Needed to receive callbacks: 44 characters that end with =, not the API key. Look at the webhook settings of Payfect's dashboard (where it is shown is not documented). The connection test looks at its form only.",
		},
		{
			displayName: 'Previous Callback Secret Key',
			name: 'callbackSecretKeyPrevious',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: 'Only while you change the secret key: accepted as well. Remove it afterwards.',
		},
		{
			displayName: 'When a Callback Comes',
			name: 'callbackProof',
			type: 'options',
			options: [
				{
					name: 'Ask Payfect',
					value: 'provider',
					description:
						"The callback is only a hint: each checkout is looked up at Payfect, and 'Callback Secret Key' is not needed. The amount of the event is then what was ordered. Fill in 'Merchant ID' as well.",
				},
				{
					name: 'Check the Signature and Ask Payfect',
					value: 'signatureAndProvider',
					description:
						'The signature must fit, and Payfect must say the same when it is asked for the checkout',
				},
				{
					name: 'Trust Its Signature',
					value: 'signature',
					description: "The signature must fit, made with 'Callback Secret Key'",
				},
			],
			default: 'signature',
			description:
				'How the trigger, Wait for Payment and Verify find out whether a callback is genuine',
		},
		{
			displayName: 'Merchant ID',
			name: 'merchantId',
			type: 'string',
			default: '',
			placeholder: 'e.g. 7b1d2c3e-4f50-4a6b-8c7d-9e0f1a2b3c4d',
			description:
				'Where Payfect is asked about a callback, a checkout of another merchant does not count',
			hint: "Needed for Ask Payfect: merchant.id in the answer to Create a Checkout, with 'Simplify' off",
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://api.payfect.finance/api/v1',
			hint: 'Change it only for a sandbox or a proxy of your own',
		},
		{ ...credentialCallbackUrlField },
		...coinLimitFields,
		{ ...otherSettingsField },
		{ ...acknowledgementBodyField, default: 'OK' },
	];

	authenticate: IAuthenticate = async (credentials, requestOptions) =>
		await authenticateRequest(payfect, credentials, requestOptions);
}
