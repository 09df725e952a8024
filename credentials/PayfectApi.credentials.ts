import type {
	IAuthenticate,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';
import { allowedCurrenciesField, largestAmountField } from '../nodes/shared/checkout/limitFields';
import { authenticateRequest } from '../nodes/shared/requests/authenticateRequest';
import { payfect } from '../nodes/Payfect/payfect.contract';

/**
 * Everything but success, 400 and 404: a server in trouble and a redirect say nothing about the
 * key.
 */
const NO_ANSWER_TO_A_GOOD_KEY = Array.from({ length: 300 }, (_, index) => 300 + index).filter(
	(status) => status !== 400 && status !== 404,
);

export class PayfectApi implements ICredentialType {
	name = 'payfectApi';

	displayName = 'Payfect API';

	documentationUrl = 'https://docs.payfect.finance/authentication';

	icon = { light: 'file:../icons/payfect.svg', dark: 'file:../icons/payfect.dark.svg' } as const;

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
			hint: "Needed to receive callbacks: 44 characters that end with =, not the API key. Look at the webhook settings of Payfect's dashboard (where it is shown is not documented). The connection test does not check it.",
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
		{ ...largestAmountField },
		{ ...allowedCurrenciesField },
	];

	authenticate: IAuthenticate = async (credentials, requestOptions) =>
		await authenticateRequest(payfect, credentials, requestOptions);

	/**
	 * No call that only checks a key is documented. Inferred: looking up a checkout that cannot exist
	 * is refused with 401 or 403 for a wrong key and with 404 for a good one. It proves neither the
	 * callback secret key nor, where any server says 404, the address.
	 */
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl.trim()}}',
			url: '/checkouts/00000000-0000-4000-8000-000000000000/',
			ignoreHttpStatusErrors: { ignore: true, except: NO_ANSWER_TO_A_GOOD_KEY },
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						"Payfect refused this API Key (HTTP 401). Check 'API Key'; the callback secret key is a different one.",
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						"Payfect refused this API Key (HTTP 403). Check 'API Key'; the callback secret key is a different one.",
				},
			},
		],
	};
}
