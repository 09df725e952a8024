import type {
	ApiContract,
	CallbackContract,
	ReceivedCallback,
} from '../../nodes/shared/core/contract';
import type { CallbackProvider } from '../../nodes/shared/providerNode';
import { chingChingPay } from '../../nodes/ChingChingPay/chingChingPay.contract';
import { eFundPay } from '../../nodes/EFundPay/eFundPay.contract';
import { payfect } from '../../nodes/Payfect/payfect.contract';
import { tokenPay } from '../../nodes/TokenPay/tokenPay.contract';
import { wooshPay } from '../../nodes/WooshPay/wooshPay.contract';
import { credentials as chingChingPayCredentials } from '../nodes/ChingChingPay/support';
import chingChingPayVectors from '../nodes/ChingChingPay/fixtures/vectors.json';
import {
	callback as signedByEFundPay,
	credentials as eFundPayCredentials,
	payment,
	refund,
} from '../nodes/EFundPay/callbacks';
import eFundPayVectors from '../nodes/EFundPay/fixtures/vectors.json';
import payfectVectors from '../nodes/Payfect/fixtures/vectors.json';
import tokenPayVectors from '../nodes/TokenPay/fixtures/vectors.json';
import { credentials as wooshPayCredentials } from '../nodes/WooshPay/samples';
import wooshPayVectors from '../nodes/WooshPay/fixtures/vectors.json';

/**
 * A provider with a credential, and callbacks that are genuine for it: those of the vector files,
 * which independent code signed, and some more.
 */
export interface FuzzedProvider {
	name: string;
	/** Of any credential type. */
	node: CallbackProvider<never>;
	credentials: Record<string, unknown>;
	secrets: string[];
	genuine: ReceivedCallback[];
}

const lowerCase = (headers: Record<string, string>) =>
	Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function fuzzed<Credentials extends object>(
	contract: ApiContract<Credentials> & CallbackContract<Credentials>,
	credentialName: string,
	credentials: Credentials,
	secrets: string[],
	genuine: Array<{ headers: Record<string, string>; body: string | Buffer }>,
): FuzzedProvider {
	return {
		name: contract.provider,
		node: { contract, credentialName },
		credentials: credentials as unknown as Record<string, unknown>,
		secrets,
		genuine: genuine.map(({ headers, body }) => ({
			headers: { 'content-type': 'application/json', ...lowerCase(headers) },
			rawBody: Buffer.from(body),
		})),
	};
}

const payfectKey = payfectVectors.vectors[0]?.key ?? '';
const wooshPaySecret = wooshPayVectors.vectors[0]?.secret ?? '';
const tokenPayCallbacks = tokenPayVectors.vectors.filter(
	({ kind, expect }) => kind === 'callback' && expect.valid,
) as unknown as Array<{ app_secret: string; headers: Record<string, string>; raw_body: string }>;
const tokenPaySecret = tokenPayCallbacks[0]?.app_secret ?? '';
const chingChingPayCallbacks = chingChingPayVectors.vectors.filter(
	({ direction, expected }) => direction === 'callback' && 'accept' in expected && expected.accept,
) as unknown as Array<{
	verifier_key: string;
	headers: Record<string, string>;
	body_bytes_hex: string;
}>;
const chingChingPaySecret = chingChingPayCallbacks[0]?.verifier_key ?? '';

/**
 * With what no page describes, which may hold anything. The platform of the tests has signed them,
 * with the previous key.
 */
const eFundPayUndocumented = [
	{
		...payment,
		customer_data: { first: 'a&b=c', memo: 'Tom & Jerry', reason: 'gift' },
		payment_url: 'https://pay.efundpay.com/p?id=1&lang=en',
	},
	{
		...refund,
		refund_data: { ...refund.refund_data, reason: 'see https://shop.example/?a=1&b=2' },
	},
].map((body) => signedByEFundPay(body));

export const fuzzedProviders: FuzzedProvider[] = [
	fuzzed(
		payfect,
		'payfectApi',
		{ apiKey: 'key', callbackSecretKey: payfectKey, baseUrl: 'https://api.payfect.finance/api/v1' },
		[payfectKey],
		payfectVectors.vectors
			.filter(({ key, expect }) => key === payfectKey && expect.valid)
			.map((vector) => ({
				headers: { 'x-payfect-signature': String(vector.signature_header) },
				body: vector.body,
			})),
	),
	fuzzed(
		eFundPay,
		'eFundPayApi',
		{
			...eFundPayCredentials,
			platformPublicKey: eFundPayVectors.keys.platform.publicKeyPem,
			platformPublicKeyPrevious: eFundPayCredentials.platformPublicKey,
		},
		[eFundPayCredentials.secretKey],
		[
			...eFundPayVectors.vectors
				.filter(({ expect }) => expect.accept)
				.map(({ headers, rawBody }) => ({
					headers: headers as Record<string, string>,
					body: rawBody,
				})),
			...eFundPayUndocumented.map(({ headers, rawBody }) => ({ headers, body: rawBody })),
		],
	),
	fuzzed(
		wooshPay,
		'wooshPayApi',
		{ ...wooshPayCredentials, webhookSecret: wooshPaySecret },
		[wooshPaySecret, wooshPayCredentials.secretKey],
		wooshPayVectors.vectors
			.filter(({ secret, expect }) => secret === wooshPaySecret && expect.signature_match)
			.map(({ header, body }) => ({ headers: { 'wooshpay-signature': header }, body })),
	),
	fuzzed(
		chingChingPay,
		'chingChingPayApi',
		chingChingPayCredentials({
			callbackSignature: 'required',
			signingSecret: chingChingPaySecret,
			paidValues: 'PLACEHOLDER_STATUS',
		}),
		[chingChingPaySecret],
		chingChingPayCallbacks
			.filter(({ verifier_key: key }) => key === chingChingPaySecret)
			.map((vector) => ({
				headers: vector.headers,
				body: Buffer.from(vector.body_bytes_hex, 'hex'),
			})),
	),
	fuzzed(
		tokenPay,
		'tokenPayApi',
		{
			appId: tokenPayVectors.app_id,
			merchantId: tokenPayVectors.mch_id,
			appSecret: tokenPaySecret,
			appSecretPrevious: '',
			baseUrl: 'https://api.tokenpay.me',
			checkoutBaseUrl: 'https://api.tokenpay.me',
		},
		[tokenPaySecret],
		tokenPayCallbacks
			.filter(({ app_secret: secret }) => secret === tokenPaySecret)
			.map((vector) => ({ headers: vector.headers, body: vector.raw_body })),
	),
];
