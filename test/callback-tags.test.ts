/** Where callbacks may come unsigned, the address of a checkout's callback carries the credential's tag. */
import { chingChingPay } from '../nodes/ChingChingPay/chingChingPay.contract';
import { payfect } from '../nodes/Payfect/payfect.contract';
import { hasCallbackTag } from '../nodes/shared/core/callbackTag';
import type { CheckoutOrder, HttpCall } from '../nodes/shared/core/contract';
import { tokenPay } from '../nodes/TokenPay/tokenPay.contract';
import { order as chingChingPayOrder } from './nodes/ChingChingPay/support';
import { testProviders } from './providers';

interface Contract {
	checkout: { call(order: CheckoutOrder, credentials: never): HttpCall };
	callback: { tagSecrets?(credentials: never): string[] };
}

const address = 'https://n8n.example/webhook/5f3c/callback';
const order = (callbackUrl: string) => ({
	...chingChingPayOrder({ currency: 'HKD' }),
	chain: 'TRON',
	expiresInSeconds: 900,
	paymentMethod: null,
	attach: null,
	locale: null,
	toAddress: null,
	callbackUrl,
});

const contracts: Array<[string, Contract, string]> = [
	['Payfect', payfect as unknown as Contract, 'callback_url'],
	['ChingChingPay', chingChingPay as unknown as Contract, 'callback_url'],
	['TokenPay', tokenPay as unknown as Contract, 'notify_url'],
];

describe.each(contracts)('%s', (folder, contract, field) => {
	const credentials = {
		...testProviders().find((provider) => provider.folder === folder)?.signing.credentials,
		callbackProof: 'provider',
		apiKey: 'an-api-key-of-the-test',
	};
	const sentTo = (callbackUrl: string, changes: object = {}) => {
		const call = contract.checkout.call(
			{
				...order(callbackUrl),
				...(folder === 'ChingChingPay' && { paymentMethod: 'card' }),
			} as never,
			{ ...credentials, ...changes } as never,
		);
		return String((JSON.parse(call.body ?? '') as Record<string, unknown>)[field]);
	};
	const isTagged = (url: string) =>
		hasCallbackTag(
			Object.fromEntries(new URL(url).searchParams),
			contract.callback.tagSecrets?.(credentials as never) ?? [],
		);

	it('is told an address that begins as it was typed, and whose callbacks the trigger knows', () => {
		expect(sentTo(address).startsWith(`${address}?`)).toBe(true);
		expect(isTagged(sentTo(address))).toBe(true);
	});

	it('is told the address of a waiting execution as it is', () => {
		const resume = 'https://n8n.example/webhook-waiting/17?signature=0123abcd';
		expect(sentTo(resume)).toBe(resume);
	});
});

it.each(contracts.filter(([folder]) => folder !== 'ChingChingPay'))(
	'%s, whose signature is verified, is told the address as it was typed',
	(folder, contract, field) => {
		const { credentials } = testProviders().find((one) => one.folder === folder)?.signing ?? {};
		const call = contract.checkout.call(order(address) as never, credentials as never);
		expect((JSON.parse(call.body ?? '') as Record<string, unknown>)[field]).toBe(address);
	},
);
