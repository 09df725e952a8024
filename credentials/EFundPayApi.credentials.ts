import type { IAuthenticate, ICredentialType, INodeProperties } from 'n8n-workflow';
import { credentialCallbackUrlField } from '../nodes/shared/checkout/checkoutFields';
import { allowedCurrenciesField, largestAmountField } from '../nodes/shared/checkout/limitFields';
import { otherSettingsField } from '../nodes/shared/checkout/otherSettingsFields';
import { authenticateRequest } from '../nodes/shared/requests/authenticateRequest';
import { eFundPay } from '../nodes/EFundPay/eFundPay.contract';

/** Tested by the nodes: eFundPay.credentialTest.ts in nodes/EFundPay. */
export class EFundPayApi implements ICredentialType {
	name = 'eFundPayApi';

	displayName = 'EFundPay API';

	documentationUrl = 'https://hosted-checkout-nodes.example/docs/providers/efundpay.md#set-up';

	icon = { light: 'file:../icons/eFundPay.svg', dark: 'file:../icons/eFundPay.dark.svg' } as const;

	/** For calls that no node of this package makes: n8n offers them as an HTTP Request node. */
	httpRequestNode = {
		name: 'EFundPay',
		docsUrl: 'https://docs.efundflow.com/overview',
		apiBaseUrlPlaceholder: 'https://api.efundpay.com/v4/transactions',
	};

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
			default: '',
			placeholder: 'e.g. default',
			hint: 'Which of your merchant accounts is used. EFundPay gives it to you together with the key. Leave it empty only if you have none: it is not sent then.',
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
		{ ...credentialCallbackUrlField },
		{ ...largestAmountField },
		{ ...allowedCurrenciesField },
		{ ...otherSettingsField },
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
				'How callbacks are signed (not documented). Requests are signed in the same way, if you enter a merchant private key.',
			hint: "When a callback is refused, n8n's log names the setting that would have fitted.",
			displayOptions: { show: { otherSettings: [true] } },
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
			hint: "When a callback is refused, n8n's log names the setting that would have fitted.",
			displayOptions: { show: { otherSettings: [true] } },
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
			description: "The unit of a payment's amount in EFundPay's callbacks",
			hint: 'Change it only when EFundPay has told you the unit: with the wrong one every amount is off.',
			displayOptions: { show: { otherSettings: [true] } },
		},
		{
			displayName: 'Refund Amounts in Callbacks',
			name: 'callbackRefundAmounts',
			type: 'options',
			options: [
				{
					name: 'As Documented',
					value: 'documented',
					description:
						'Whole numbers whose unit is not documented: the amount stays empty, raw has the number',
				},
				{ name: 'Major Units', value: 'major', description: '500 is 500.00' },
				{ name: 'Smallest Unit', value: 'smallest', description: '500 is 5.00 in USD' },
			],
			default: 'documented',
			description: "The unit of a refund's amount in EFundPay's callbacks",
			hint: 'Change it only when EFundPay has told you the unit: with the wrong one every amount is off.',
			displayOptions: { show: { otherSettings: [true] } },
		},
		{
			displayName: 'Paid Statuses',
			name: 'paidStatuses',
			type: 'string',
			typeOptions: { rows: 2 },
			default: '',
			placeholder: 'e.g. authorization_succeeded',
			description:
				'Statuses that mean paid besides capture_succeeded, and PS in callbacks; exactly as EFundPay writes them, separated by commas or lines. A word that EFundPay documents as failed, canceled, pending or refunded is refused.',
			hint: 'Only words that EFundPay told you mean that the money is yours: orders with them are shipped. Empty: the documented ones.',
			displayOptions: { show: { otherSettings: [true] } },
		},
		{
			displayName: 'Merchant Private Key',
			name: 'merchantPrivateKey',
			type: 'string',
			typeOptions: { password: true, rows: 4 },
			default: '',
			description:
				"Your own RSA private key, in PEM or base64. It signs each request with a body, by 'Signature Hash' and 'Signed Text'.",
			hint: 'Only if EFundPay told you that it requires signed requests. Empty: requests are not signed.',
			displayOptions: { show: { otherSettings: [true] } },
		},
		{
			displayName: 'Request Signature Header',
			name: 'requestSignatureHeader',
			type: 'string',
			default: '',
			placeholder: 'e.g. signature',
			description: 'The header that carries the signature of a request, in base64',
			hint: "Needed with 'Merchant Private Key': EFundPay has to tell you its name",
			displayOptions: { show: { otherSettings: [true] } },
		},
	];

	authenticate: IAuthenticate = async (credentials, requestOptions) =>
		await authenticateRequest(eFundPay, credentials, requestOptions);
}
