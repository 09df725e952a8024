import {
	createDecipheriv,
	createHmac,
	createSecretKey,
	verify as verifySignature,
} from 'node:crypto';
import { chingChingPay } from '../../nodes/ChingChingPay/chingChingPay.contract';
import { eFundPay } from '../../nodes/EFundPay/eFundPay.contract';
import { payfect } from '../../nodes/Payfect/payfect.contract';
import type {
	PaymentEventData,
	ReceivedCallback,
	Verification,
} from '../../nodes/shared/core/contract';
import type { CallbackProvider } from '../../nodes/shared/providerNode';
import { tokenPay } from '../../nodes/TokenPay/tokenPay.contract';
import { wooshPay } from '../../nodes/WooshPay/wooshPay.contract';
import { credentials as chingChingPayCredentials } from '../nodes/ChingChingPay/support';
import * as efundpay from '../nodes/EFundPay/callbacks';
import * as pf from '../nodes/Payfect/support';
import * as tokenpay from '../nodes/TokenPay/callbacks';
import { credentials as wooshPayCredentials, paymentEvent } from '../nodes/WooshPay/samples';

/** One payment, and rows of an order that make its callback longer. */
export interface Payment {
	/** A number that no other payment has. */
	number: number;
	items?: Record<string, string>[];
}

/**
 * A provider as a merchant has it: a credential, and genuine callbacks that are signed here,
 * independently of the package.
 */
export interface Merchant {
	displayName: string;
	trigger: string;
	/** Of any credential type. */
	node: CallbackProvider<never>;
	credentials: Record<string, unknown>;
	/** The fields of the credential that its callbacks are proved with. */
	secrets: Record<string, unknown>;
	callback(payment: Payment): ReceivedCallback;
	/** The contract's own, with this credential. */
	verify(received: ReceivedCallback): Verification;
	parseEvent(payload: Record<string, unknown>, received: ReceivedCallback): PaymentEventData;
	/**
	 * What cannot be left out: the crypto calls, their keys ready, and one JSON.parse of what they
	 * prove.
	 */
	bare(received: ReceivedCallback): () => void;
}

const json = { 'content-type': 'application/json' };
const parse = (bytes: Buffer) => JSON.parse(bytes.toString('utf8')) as unknown;
/**
 * The lists that a provider's own fields do not have; JSON leaves them out where there are none.
 */
const withItems = (content: object, { items }: Payment) => ({ ...content, items });
const sixteenDigits = (number: number) => String(2_026_000_000_000_000 + number);

function merchant<Credentials extends object>(
	displayName: string,
	trigger: string,
	node: CallbackProvider<Credentials>,
	credentials: Credentials,
	rest: Pick<Merchant, 'secrets' | 'callback' | 'bare'>,
): Merchant {
	const { callback } = node.contract;
	return {
		displayName,
		trigger,
		node,
		verify: (received) => callback.verify(received, credentials),
		parseEvent: (payload, received) => callback.parseEvent(payload, credentials, received),
		credentials: credentials as unknown as Record<string, unknown>,
		...rest,
	};
}

const wooshPaySecret = wooshPayCredentials.webhookSecret ?? '';
const chingChingPaySecret = 'chingchingpay-sandbox-not-a-secret';

export const merchants: readonly Merchant[] = [
	merchant(
		'Payfect',
		'payfectTrigger',
		{ contract: payfect, credentialName: 'payfectApi' },
		pf.credentials,
		{
			secrets: { callbackSecretKey: pf.secretKey },
			callback(payment) {
				const content = JSON.stringify(
					withItems(
						{
							...pf.paid,
							id: `checkout-${payment.number}`,
							client_reference_id: `order-${payment.number}`,
						},
						payment,
					),
				);
				return {
					headers: { ...json, 'x-payfect-signature': pf.fernetToken(content) },
					rawBody: Buffer.from(content),
				};
			},
			bare({ headers }) {
				const key = Buffer.from(pf.secretKey, 'base64url');
				const [signing, encryption] = [
					createSecretKey(key.subarray(0, 16)),
					createSecretKey(key.subarray(16)),
				];
				const token = headers['x-payfect-signature'] ?? '';
				return () => {
					const raw = Buffer.from(token, 'base64url');
					createHmac('sha256', signing).update(raw.subarray(0, -32)).digest();
					const decipher = createDecipheriv('aes-128-cbc', encryption, raw.subarray(9, 25));
					parse(Buffer.concat([decipher.update(raw.subarray(25, -32)), decipher.final()]));
				};
			},
		},
	),
	merchant(
		'EFundPay',
		'eFundPayTrigger',
		{ contract: eFundPay, credentialName: 'eFundPayApi' },
		efundpay.credentials,
		{
			secrets: { platformPublicKey: efundpay.credentials.platformPublicKey },
			callback(payment) {
				const content = {
					...efundpay.payment,
					ll_transaction_id: sixteenDigits(payment.number),
					merchant_transaction_id: `order-${payment.number}`,
				};
				// "items" comes before every name that EFundPay has.
				const text = [...(payment.items ?? []).map(efundpay.textOf), efundpay.textOf(content)].join(
					'&',
				);
				return efundpay.callback(
					JSON.stringify(withItems(content, payment)),
					efundpay.sign(text),
					json,
				);
			},
			bare({ headers, rawBody }) {
				const { items = [], ...content } = parse(rawBody) as { items?: object[] };
				const text = Buffer.from(
					[...items.map(efundpay.textOf), efundpay.textOf(content)].join('&'),
				);
				const signature = Buffer.from(headers.signature ?? '', 'base64');
				return () => {
					verifySignature('sha1', text, efundpay.platform.publicKey, signature);
					parse(rawBody);
				};
			},
		},
	),
	merchant(
		'WooshPay',
		'wooshPayTrigger',
		{ contract: wooshPay, credentialName: 'wooshPayApi' },
		wooshPayCredentials,
		{
			secrets: { webhookSecret: wooshPaySecret },
			callback(payment) {
				const content = JSON.stringify(
					paymentEvent(
						'payment_intent.succeeded',
						withItems(
							{ id: `pi_${payment.number}`, merchant_order_id: `order-${payment.number}` },
							payment,
						),
						{ id: `evt_${payment.number}` },
					),
				);
				const time = Date.now();
				const signature = createHmac('sha256', wooshPaySecret)
					.update(`${time}.${content}`)
					.digest('hex');
				return {
					headers: { ...json, 'wooshpay-signature': `t=${time},v1=${signature}` },
					rawBody: Buffer.from(content),
				};
			},
			bare({ headers, rawBody }) {
				const time = /t=(\d+)/.exec(headers['wooshpay-signature'] ?? '')?.[1] ?? '';
				return () => {
					createHmac('sha256', wooshPaySecret).update(`${time}.`).update(rawBody).digest();
					parse(rawBody);
				};
			},
		},
	),
	merchant(
		'ChingChingPay',
		'chingChingPayTrigger',
		{ contract: chingChingPay, credentialName: 'chingChingPayApi' },
		chingChingPayCredentials({
			callbackSignature: 'required',
			signingSecret: chingChingPaySecret,
			paidValues: 'SBX_PAID',
		}),
		{
			// The sandbox's own: requests are signed with it as well.
			secrets: {},
			callback(payment) {
				const content = {
					amount: 2050,
					currency: 'HKD',
					merchant_reference: `order-${payment.number}`,
					payment_id: `P${payment.number}`,
					status: 'SBX_PAID',
					transaction_id: `T${payment.number}`,
					transaction_type: 'sale',
				};
				const rawBody = Buffer.from(JSON.stringify(withItems(content, payment)));
				return {
					headers: {
						...json,
						'x-signature': createHmac('sha256', chingChingPaySecret).update(rawBody).digest('hex'),
					},
					rawBody,
				};
			},
			bare:
				({ rawBody }) =>
				() => {
					createHmac('sha256', chingChingPaySecret).update(rawBody).digest();
					parse(rawBody);
				},
		},
	),
	merchant(
		'TokenPay',
		'tokenPayTrigger',
		{ contract: tokenPay, credentialName: 'tokenPayApi' },
		tokenpay.credentials,
		{
			secrets: {
				appId: tokenpay.credentials.appId,
				merchantId: tokenpay.credentials.merchantId,
				appSecret: tokenpay.appSecret,
			},
			callback(payment) {
				const content = withItems(
					{
						...tokenpay.paid,
						out_trade_no: `order-${payment.number}`,
						transaction_id: `transaction-${payment.number}`,
						pay_time: Date.now(),
					},
					payment,
				);
				return tokenpay.callback(tokenpay.envelope({ resource: tokenpay.resource(content) }));
			},
			bare({ rawBody }) {
				// To find the ciphertext in the body takes one more, which is not in here.
				const { resource } = parse(rawBody) as { resource: { ciphertext: string; nonce: string } };
				return () => {
					tokenpay.encryptEcb(rawBody);
					const bytes = Buffer.from(resource.ciphertext, 'base64');
					const decipher = createDecipheriv('aes-256-gcm', tokenpay.appSecret, resource.nonce, {
						authTagLength: 16,
					});
					decipher.setAuthTag(bytes.subarray(-16));
					parse(Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]));
				};
			},
		},
	),
];

/** Rows that make a callback about this long. */
export function itemsOfBytes(bytes: number): Record<string, string>[] {
	const items: Record<string, string>[] = [];
	for (let length = 0; length < bytes; length += 70)
		items.push({
			description: `Box of tea number ${items.length + 1}`,
			quantity: '2',
			unit_price: '12.50',
		});
	return items;
}
