import type { IAuthenticate, ICredentialType, INodeProperties } from 'n8n-workflow';
import { credentialCallbackUrlField } from '../nodes/shared/checkout/checkoutFields';
import { allowedCurrenciesField, largestAmountField } from '../nodes/shared/checkout/limitFields';
import {
	acknowledgementBodyField,
	otherSettingsField,
} from '../nodes/shared/checkout/otherSettingsFields';
import { authenticateRequest } from '../nodes/shared/requests/authenticateRequest';
import { chingChingPay } from '../nodes/ChingChingPay/chingChingPay.contract';

/** Tested by the nodes: chingChingPay.credentialTest.ts in nodes/ChingChingPay. */
export class ChingChingPayApi implements ICredentialType {
	name = 'chingChingPayApi';

	displayName = 'ChingChingPay API';

	documentationUrl = 'https://hosted-checkout-nodes.example/docs/providers/chingchingpay.md#set-up';

	icon = {
		light: 'file:../icons/chingChingPay.svg',
		dark: 'file:../icons/chingChingPay.dark.svg',
	} as const;

	properties: INodeProperties[] = [
		{
			displayName: 'Environment',
			name: 'environment',
			type: 'options',
			options: [
				{ name: 'Test', value: 'test', description: 'https://test-api.chingchingpay.com/gateway' },
				{
					name: 'Custom',
					value: 'custom',
					description:
						'The live address that ChingChingPay gave you, or a sandbox or proxy of your own',
				},
			],
			default: 'test',
			hint: 'The live address is not documented: ask ChingChingPay (dev@chingchingpay.com) for it, choose Custom and enter it',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://gateway.example/gateway',
			hint: 'Up to, but without, /api/v1',
			displayOptions: { show: { environment: ['custom'] } },
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			hint: 'From ChingChingPay; it is sent as the header x-api-key',
		},
		{
			displayName: 'Signing Secret',
			name: 'signingSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: "Signs each request. If ChingChingPay gave you one key only, leave this empty, switch on 'My Provider Told Me Other Settings' and set 'Request Key' to API Key.",
		},
		{
			displayName: 'Previous Signing Secret',
			name: 'signingSecretPrevious',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				"Accepted as well for signed callbacks while you change the signing secret (or the API key, if 'Request Key' is API Key)",
			hint: 'Only while you change the secret: accepted as well for signed callbacks. Remove it afterwards.',
		},
		{
			displayName: 'Merchant ID',
			name: 'merchantId',
			type: 'string',
			default: '',
			hint: 'Your merchant number, used where a node does not name another',
		},
		{
			displayName: 'When a Callback Comes',
			name: 'callbackProof',
			type: 'options',
			options: [
				{
					name: 'Ask ChingChingPay',
					value: 'provider',
					description:
						'Whether callbacks are signed is not documented: each is only a hint, and the transaction is looked up at ChingChingPay before a workflow starts',
				},
				{
					name: 'Check the Signature and Ask ChingChingPay',
					value: 'signatureAndProvider',
					description:
						'A callback must carry the header x-signature, made like that of a request, and ChingChingPay must say the same when it is asked for the transaction',
				},
				{
					name: 'Trust Its Signature',
					value: 'signature',
					description:
						'A callback must carry the header x-signature, made like that of a request; all others are refused',
				},
			],
			default: 'provider',
			description:
				'How the trigger, Wait for Payment and Verify find out whether a callback is genuine',
		},
		{
			displayName: 'Paid Values',
			name: 'paidValues',
			type: 'string',
			typeOptions: { rows: 2 },
			default: '',
			description:
				'The status words that mean paid, separated by commas or lines (undocumented). Add further ones at the end: the first is part of eventId.',
			hint: "While this is empty nothing counts as paid. Make a test payment, read the word in providerStatus of the trigger's event or of Get a Transaction, and enter it here exactly.",
		},
		{ ...credentialCallbackUrlField },
		{ ...largestAmountField },
		{ ...allowedCurrenciesField },
		{
			displayName:
				"How requests are signed and what a callback looks like is not documented, so the standard values are assumptions. Leave them for now. When the test of this credential, or the log of n8n, shows that ChingChingPay expects others, switch on 'My Provider Told Me Other Settings'.",
			name: 'undocumentedNotice',
			type: 'notice',
			default: '',
		},
		{ ...otherSettingsField },
		{
			displayName: 'Request Key',
			name: 'requestKeySource',
			type: 'options',
			options: [
				{ name: 'API Key', value: 'apiKey' },
				{ name: 'Signing Secret', value: 'signingSecret' },
				{
					name: 'Signing Secret, Decoded From Base64',
					value: 'signingSecretBase64',
					description: 'The bytes that the signing secret spells in base64',
				},
				{
					name: 'Signing Secret, Decoded From Hexadecimal',
					value: 'signingSecretHex',
					description: 'The bytes that the signing secret spells in hexadecimal',
				},
			],
			default: 'signingSecret',
			description: 'The key that requests are signed with (undocumented)',
			displayOptions: { show: { otherSettings: [true] } },
		},
		{
			displayName: 'Signed Text',
			name: 'requestSignedText',
			type: 'options',
			options: [
				{
					name: 'Raw Body',
					value: 'rawBody',
					description: 'The body exactly as it is sent; nothing for requests without one',
				},
				{
					name: 'Sorted Pairs',
					value: 'sortedPairs',
					description:
						'The non-empty fields as key=value, sorted by key and joined by &. Such a signature does not tell where a value ends, so a callback with it has to be asked about as well.',
				},
				{
					name: 'Template',
					value: 'template',
					description: 'A text of your own, with the parts that ChingChingPay told you',
				},
			],
			default: 'rawBody',
			description: 'What the signature covers (undocumented)',
			displayOptions: { show: { otherSettings: [true] } },
		},
		{
			displayName: 'Signed Text Template',
			name: 'requestTemplate',
			type: 'string',
			typeOptions: { rows: 2 },
			required: true,
			default: '',
			placeholder: 'e.g. {method}{path}{timestamp}{body}',
			description:
				'{body}: as it is sent. {sortedPairs}: see above, of a request without a body those of its query. {sortedJson}: the body as compact JSON, names sorted. {method}: such as POST. {path}: from the host on. {apiPath}: from /api/v1 on. {query}: without its question mark. {pathAndQuery}: both, as in the address. {key}: the API key. {secret}: the signing secret. {timestamp}: seconds since 1970. {timestampMilliseconds}: the same in milliseconds. {nonce}: 32 random digits.',
			hint: 'Parts in braces: {body}, {sortedPairs}, {sortedJson}, {method}, {path}, {apiPath}, {query}, {pathAndQuery}, {key}, {secret}, {timestamp}, {timestampMilliseconds}, {nonce}. \\n is a line break.',
			displayOptions: { show: { otherSettings: [true], requestSignedText: ['template'] } },
		},
		{
			displayName: 'Signature Algorithm',
			name: 'requestAlgorithm',
			type: 'options',
			options: [
				{ name: 'HMAC-SHA256', value: 'hmacSha256', description: 'As documented' },
				{
					name: 'SHA-256 Without a Key',
					value: 'sha256',
					description:
						'A hash; the template holds the secret. It does not prove what a callback says, so each is asked about.',
				},
			],
			default: 'hmacSha256',
			description: 'How the signature is made of that text',
			displayOptions: { show: { otherSettings: [true] } },
		},
		{
			displayName: 'Signature Encoding',
			name: 'requestEncoding',
			type: 'options',
			options: [
				{ name: 'Base64', value: 'base64' },
				{ name: 'Hexadecimal, Lower Case', value: 'hexLower' },
				{ name: 'Hexadecimal, Upper Case', value: 'hexUpper' },
			],
			default: 'hexLower',
			description: 'How the signature is written (undocumented)',
			displayOptions: { show: { otherSettings: [true] } },
		},
		{
			displayName: 'Further Headers',
			name: 'requestHeaders',
			type: 'string',
			typeOptions: { rows: 2 },
			default: '',
			placeholder: 'e.g. x-timestamp: {timestamp}',
			description:
				'Sent with each request beside x-api-key and x-signature, with the same time and nonce that are signed. The parts are those of the template without a secret or the body.',
			hint: 'One a line, as name: value',
			displayOptions: { show: { otherSettings: [true] } },
		},
		{
			displayName: 'Success Codes',
			name: 'successCodes',
			type: 'string',
			default: '0',
			description:
				'The values of code that mean success in an answer of ChingChingPay, separated by commas (undocumented: the samples show 0, but only as a placeholder). An answer with another code is an error, unless it is that of Create or Create Link and brings a checkout.',
			displayOptions: { show: { otherSettings: [true] } },
		},
		{
			displayName: 'Status Field',
			name: 'statusPath',
			type: 'string',
			default: 'status',
			description:
				"The field of the looked-up transaction that holds its status (an assumption); a dot goes one level down, as in extra.status. The trigger's raw shows all fields.",
			displayOptions: { show: { otherSettings: [true] } },
		},
		{ ...acknowledgementBodyField, default: 'success' },
	];

	authenticate: IAuthenticate = async (credentials, requestOptions) =>
		await authenticateRequest(chingChingPay, credentials, requestOptions);
}
