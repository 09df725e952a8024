import type { IAuthenticate, ICredentialType, INodeProperties } from 'n8n-workflow';
import { allowedCurrenciesField, largestAmountField } from '../nodes/shared/checkout/limitFields';
import { authenticateRequest } from '../nodes/shared/requests/authenticateRequest';
import { eFundPay } from '../nodes/EFundPay/eFundPay.contract';

/** Tested by the nodes: eFundPay.credentialTest.ts in nodes/EFundPay. */
export class EFundPayApi implements ICredentialType {
	name = 'eFundPayApi';

	displayName = 'EFundPay API';

	documentationUrl = 'https://docs.efundflow.com/overview';

	icon = { light: 'file:../icons/eFundPay.svg', dark: 'file:../icons/eFundPay.dark.svg' } as const;

	properties: INodeProperties[] = [
		{
			displayName: 'Environment',
			name: 'environment',
			type: 'options',
			options: [
				{
					name: 'Test',
					value: 'test',
					description: "EFundPay's sandbox; the secret key begins with sk_test_",
				},
				{
					name: 'Live',
					value: 'live',
					description: 'Real payments; the secret key begins with sk_live_',
				},
				{
					name: 'Custom',
					value: 'custom',
					description: 'An address of your own, for a sandbox or a proxy',
				},
			],
			default: 'test',
			description:
				'Which EFundPay environment is used. A key of the other environment is refused before anything is sent.',
			hint: 'Test goes with a key that begins with sk_test_, Live with sk_live_',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://api.efundpay.com/v4',
			hint: 'Up to and including /v4',
			displayOptions: { show: { environment: ['custom'] } },
		},
		{
			displayName: 'Secret Key',
			name: 'secretKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			hint: 'The API key that EFundPay gave you. It begins with sk_live_ or sk_test_.',
		},
		{
			displayName: 'Merchant Account ID',
			name: 'merchantAccountId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. default',
			hint: 'Which of your merchant accounts is used. EFundPay gives it to you together with the key.',
		},
		{
			displayName: 'Platform Public Key',
			name: 'platformPublicKey',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			description:
				"EFundPay's own public key, which verifies that a callback comes from it. It is not a secret, and not the key of your requests.",
			hint: "Needed to receive callbacks: EFundPay's own public key, as PEM or the base64 alone, also on one line. The connection test looks at its form only.",
		},
		{
			displayName: 'Previous Platform Public Key',
			name: 'platformPublicKeyPrevious',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			hint: 'Only while EFundPay changes its key: accepted as well. Remove it afterwards.',
		},
		{
			displayName: 'Signature Hash',
			name: 'signatureHash',
			type: 'options',
			options: [
				{ name: 'SHA-1', value: 'sha1' },
				{ name: 'SHA-256', value: 'sha256' },
			],
			default: 'sha1',
			description:
				"How callbacks are signed. The part of EFundPay's page that says it could not be read.",
			hint: "Leave it for now. When a callback is refused, n8n's log names the setting that would have fitted.",
		},
		{
			displayName: 'Signed Text',
			name: 'signedText',
			type: 'options',
			options: [
				{
					name: 'Canonical Text',
					value: 'canonical',
					description: 'The fields of the callback, sorted and joined',
				},
				{ name: 'Raw Body', value: 'rawBody', description: 'The body of the callback as it came' },
			],
			default: 'canonical',
			description: "What the signature of a callback covers. EFundPay's page says both.",
			hint: "Leave it for now. When a callback is refused, n8n's log names the setting that would have fitted.",
		},
		{
			displayName: 'My Provider Told Me Other Settings',
			name: 'otherSettings',
			type: 'boolean',
			default: false,
			description: 'Whether settings that only few accounts need are shown and count',
			hint: 'Switched off, the standard values count, whatever was entered before.',
		},
		{
			displayName: 'Amounts in Callbacks',
			name: 'callbackAmounts',
			type: 'options',
			options: [
				{
					name: 'As Documented',
					value: 'documented',
					description: 'Text in major units; a number without decimals gives no amount',
				},
				{ name: 'Major Units', value: 'major', description: '1299 is 1299.00' },
				{ name: 'Smallest Unit', value: 'smallest', description: '1299 is 12.99 in USD' },
			],
			default: 'documented',
			description:
				"What the amount of a payment counts in EFundPay's callbacks. The amount of a refund stays as it came, in raw.",
			hint: 'Change it only when EFundPay has told you the unit: with the wrong one every amount is off.',
			displayOptions: { show: { otherSettings: [true] } },
		},
		{ ...largestAmountField },
		{ ...allowedCurrenciesField },
	];

	authenticate: IAuthenticate = async (credentials, requestOptions) =>
		await authenticateRequest(eFundPay, credentials, requestOptions);
}
