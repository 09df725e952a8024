import type { IDataObject } from 'n8n-workflow';
import type { ProviderCase } from './support';

export const callbackByUrl = (url: string): IDataObject => ({ callback: 'url', callbackUrl: url });

export type CallbackCase = Pick<
	ProviderCase,
	| 'provider'
	| 'displayName'
	| 'node'
	| 'trigger'
	| 'credential'
	| 'order'
	| 'callbackParameters'
	| 'acknowledgement'
> & {
	/**
	 * The credential field that proves callbacks, a wrong value of the right form, and what the log
	 * says then; WooshPay's endpoint brings its own secret.
	 */
	wrongSecret?: { field: string; value: string; words: RegExp };
};

const text = (body: string) => ({ status: 200, contentType: 'text/plain; charset=utf-8', body });

export const callbackCases: readonly CallbackCase[] = [
	{
		provider: 'payfect',
		displayName: 'Payfect',
		node: 'payfect',
		trigger: 'payfectTrigger',
		credential: 'payfectApi',
		order: {
			amountFrom: 'amount',
			amount: '20.50',
			currency: 'usdt',
			description: 'One box of tea',
		},
		callbackParameters: callbackByUrl,
		acknowledgement: text('OK'),
		wrongSecret: {
			field: 'callbackSecretKey',
			value: Buffer.from('a-key-of-32-bytes-nobody-ever-us').toString('base64url') + '=',
			words: /X-Payfect-Signature/,
		},
	},
	{
		provider: 'efundpay',
		displayName: 'EFundPay',
		node: 'eFundPay',
		trigger: 'eFundPayTrigger',
		credential: 'eFundPayApi',
		order: {
			amountFrom: 'amount',
			amount: '20.50',
			currency: 'USD',
			description: 'One box of tea',
			buyerName: 'Ann Lee',
			buyerEmail: 'ann@shop.example',
			successUrl: 'https://shop.example/thanks',
		},
		callbackParameters: callbackByUrl,
		acknowledgement: {
			status: 200,
			contentType: 'application/json; charset=utf-8',
			body: '{"code":"200","message":"SUCCESS"}',
		},
		wrongSecret: {
			field: 'platformPublicKey',
			value:
				'MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCqGKukO1De7zhZj6+H0qtjTkVxwTCpvKe4eCZ0FPqri0cb2JZfXJ/DgYSF6vUpwmJG8wVQZKjeGcjDOL5UlsuusFncCzWBQ7RKNUSesmQRMSGkVb1/3j+skZ6UtW+5u09lHNsj6tQ51s1SPrCBkedbNf0Tp0GbMJDyR4e9T04ZZwIDAQAB',
			words: /signature does not belong to this body and this platform public key/,
		},
	},
	{
		provider: 'wooshpay',
		displayName: 'WooshPay',
		node: 'wooshPay',
		trigger: 'wooshPayTrigger',
		credential: 'wooshPayApi',
		order: {
			amountFrom: 'amount',
			amount: '20.50',
			currency: 'USD',
			description: 'One box of tea',
			successUrl: 'https://shop.example/thanks',
			cancelUrl: 'https://shop.example/basket',
		},
		acknowledgement: text('OK'),
	},
	{
		provider: 'chingchingpay',
		displayName: 'ChingChingPay',
		node: 'chingChingPay',
		trigger: 'chingChingPayTrigger',
		credential: 'chingChingPayApi',
		order: {
			amountFrom: 'amount',
			amount: '20.50',
			currency: 'HKD',
			description: 'One box of tea',
			channelId: '1',
			paymentMethod: 'HK_ALIPAY_REDIRECT',
			transactionType: 'sale',
		},
		callbackParameters: callbackByUrl,
		acknowledgement: text('success'),
		wrongSecret: {
			field: 'signingSecret',
			value: 'chingchingpay-secret-nobody-ever-had',
			words: /x-signature|signature/i,
		},
	},
	{
		provider: 'tokenpay',
		displayName: 'TokenPay',
		node: 'tokenPay',
		trigger: 'tokenPayTrigger',
		credential: 'tokenPayApi',
		order: {
			amountFrom: 'amount',
			amount: '20.5',
			chain: 'TRON',
			currency: 'USDT',
			description: 'One box of tea',
		},
		callbackParameters: callbackByUrl,
		acknowledgement: text('success'),
		wrongSecret: {
			field: 'appSecret',
			value: 'tokenpay-secret-nobody-ever-had!',
			words: /TTPay-Signature was not made over this body with this secret/,
		},
	},
];
