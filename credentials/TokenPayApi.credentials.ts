import type { IAuthenticate, ICredentialType, INodeProperties } from 'n8n-workflow';
import { credentialCallbackUrlField } from '../nodes/shared/checkout/checkoutFields';
import { coinLimitFields } from '../nodes/shared/checkout/limitFields';
import {
	acknowledgementBodyField,
	otherSettingsField,
} from '../nodes/shared/checkout/otherSettingsFields';
import { authenticateRequest } from '../nodes/shared/requests/authenticateRequest';
import { tokenPay } from '../nodes/TokenPay/tokenPay.contract';

/** Tested by the nodes: tokenPay.credentialTest.ts in nodes/TokenPay. */
export class TokenPayApi implements ICredentialType {
	name = 'tokenPayApi';

	displayName = 'TokenPay API';

	documentationUrl = 'https://hosted-checkout-nodes.example/docs/providers/tokenpay.md#set-up';

	icon = { light: 'file:../icons/tokenPay.svg', dark: 'file:../icons/tokenPay.dark.svg' } as const;

	properties: INodeProperties[] = [
		{
			displayName:
				"TokenPay answers listed addresses only: add the outgoing IP address of this n8n server to the application's IP whitelist in the TokenPay merchant backend.",
			name: 'whitelistNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'App ID',
			name: 'appId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 8e4b8c2e7c0000000000a1cbd3d59e0b',
			hint: 'ID of the application that you made in the TokenPay merchant backend',
		},
		{
			displayName: 'Merchant ID',
			name: 'merchantId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 1234567890',
			hint: 'The merchant number (mch_id) from the TokenPay merchant backend',
		},
		{
			displayName: 'App Secret',
			name: 'appSecret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'It signs the requests, and it verifies and decrypts the callbacks',
			hint: "The application's secret, exactly 32 characters",
		},
		{
			displayName: 'Previous App Secret',
			name: 'appSecretPrevious',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: 'Only while you change the secret: accepted as well for callbacks. Remove it afterwards.',
		},
		{
			displayName: 'When a Callback Comes',
			name: 'callbackProof',
			type: 'options',
			options: [
				{
					name: 'Ask TokenPay',
					value: 'provider',
					description:
						'The callback is only a hint: the order is looked up at TokenPay, and only its answer counts',
				},
				{
					name: 'Check the Signature and Ask TokenPay',
					value: 'signatureAndProvider',
					description:
						'The signature must fit, and TokenPay must say the same when it is asked for the order',
				},
			],
			default: 'signatureAndProvider',
			description:
				'How the trigger, Wait for Payment and Verify find out whether a callback is genuine',
			hint: "TokenPay's signature alone does not tell a payment from a payout, so each callback costs one of TokenPay's five requests a second",
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://api.tokenpay.me',
			hint: 'Change it only for a sandbox or a proxy of your own. TokenPay has no test mode.',
		},
		{
			displayName: 'Checkout Base URL',
			name: 'checkoutBaseUrl',
			type: 'string',
			required: true,
			default: 'https://api.tokenpay.me',
			description:
				'What the link to the payment page begins with. TokenPay gives only the rest of the link and documents no host for it.',
			hint: 'What the link to the payment page begins with. If the links lead nowhere, ask TokenPay for the address of its payment page.',
		},
		{ ...credentialCallbackUrlField },
		...coinLimitFields,
		{ ...otherSettingsField },
		{
			displayName: 'Amounts in Orders',
			name: 'orderAmounts',
			type: 'options',
			options: [
				{
					name: 'Smallest Unit',
					value: 'smallestUnit',
					description: '12.5 USDT is sent as 12500000',
				},
				{ name: 'Whole Coins', value: 'wholeCoins', description: '12.5 USDT is sent as 12.5' },
			],
			default: 'wholeCoins',
			description:
				'The unit in which TokenPay takes the amount of a new order; its page shows both. In the nodes you enter whole coins in either case.',
			hint: 'Change it only when TokenPay has told you the unit: with the wrong one every amount is off.',
			displayOptions: { show: { otherSettings: [true] } },
		},
		{
			displayName: 'Amounts in Answers and Callbacks',
			name: 'answerAmounts',
			type: 'options',
			options: [
				{
					name: 'Smallest Unit',
					value: 'smallestUnit',
					description: '15000000 of a coin with 6 decimals is 15',
				},
				{ name: 'Whole Coins', value: 'wholeCoins', description: '15 is 15' },
			],
			default: 'smallestUnit',
			description:
				'The unit in which TokenPay states the amount of an order (undocumented: its sample has 15000000 beside 6 decimals)',
			hint: 'Change it only when TokenPay has told you the unit: with the wrong one every amount is off.',
			displayOptions: { show: { otherSettings: [true] } },
		},
		{
			displayName: 'Codes of Unknown Orders',
			name: 'unknownOrderCodes',
			type: 'string',
			default: '',
			placeholder: 'e.g. 11000',
			description:
				'Further codes that mean that there is no such order, besides 12002 and 12003, separated by commas or lines (undocumented)',
			displayOptions: { show: { otherSettings: [true] } },
		},
		{
			...acknowledgementBodyField,
			default: 'success',
			description:
				'What a callback is answered with, besides HTTP 200 (documented for payouts only); a JSON object is sent as JSON',
		},
	];

	authenticate: IAuthenticate = async (credentials, requestOptions) =>
		await authenticateRequest(tokenPay, credentials, requestOptions);
}
