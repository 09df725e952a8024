/** An id is one part of a path, at every provider: whatever else it is would ask for something else. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { getPaymentCall as getChingChingPayPayment } from '../nodes/ChingChingPay/chingChingPay.contract';
import { downloadSettlementCall } from '../nodes/ChingChingPay/chingChingPay.settlements';
import {
	getRefundCall as getEFundPayRefund,
	listRefundsCall,
} from '../nodes/EFundPay/eFundPay.refunds';
import { getTransactionCall } from '../nodes/EFundPay/eFundPay.contract';
import { getCheckoutCall as getPayfectCheckout, payfect } from '../nodes/Payfect/payfect.contract';
import {
	getCheckoutCall as getWooshPayCheckout,
	getPaymentCall as getWooshPayPayment,
	wooshPay,
} from '../nodes/WooshPay/wooshPay.contract';
import { getPriceCall, updatePriceCall } from '../nodes/WooshPay/wooshPay.catalog';
import { getRefundCall as getWooshPayRefund } from '../nodes/WooshPay/wooshPay.refunds';
import type { HttpCall, PaymentEventData } from '../nodes/shared/core/contract';
import { isPathPart } from '../nodes/shared/core/urls';
import { root } from './support/providers';

/** Enough of each credential to make an address. */
const credentials = { environment: 'custom', baseUrl: 'https://api.example/v1' } as never;

const calls: Array<[string, string, (id: string) => HttpCall | undefined]> = [
	['Payfect', 'Checkout ID', (id) => getPayfectCheckout(id, credentials)],
	['EFundPay', 'Payment ID', (id) => getTransactionCall(id, credentials)],
	['EFundPay', 'Refund ID', (id) => getEFundPayRefund(id, credentials)],
	['EFundPay', 'Payment ID', (id) => listRefundsCall(id, 1, null, credentials)],
	['WooshPay', 'Checkout ID', (id) => getWooshPayCheckout(id, credentials)],
	['WooshPay', 'Payment ID', (id) => getWooshPayPayment(id, credentials)],
	['WooshPay', 'Price ID', (id) => getPriceCall(id, credentials)],
	['WooshPay', 'Price ID', (id) => updatePriceCall({ priceId: id, fields: {} }, credentials)],
	['WooshPay', 'Refund ID', (id) => getWooshPayRefund(id, credentials)],
	['WooshPay', 'Endpoint ID', (id) => wooshPay.callback.registration?.remove(id, credentials)],
	['ChingChingPay', 'Checkout ID', (id) => getChingChingPayPayment(id, credentials)],
	['ChingChingPay', 'Settlement ID', (id) => downloadSettlementCall(id, credentials)],
];
const harmful = [
	'',
	'.',
	'..',
	' .. ',
	'%2e',
	'%2E.',
	'../refunds',
	'a/../b',
	'a//b',
	'a/',
	'..\\a',
	'%2F..',
];

describe.each(calls)('%s %s', (_provider, field, call) => {
	it.each(harmful)('%j is refused, and the error names the field', (id) => {
		expect(() => call(id)).toThrow(`'${field}'`);
	});

	it.each(['cs_1', '..a', 'a.b', 'a?b=c#d', '%zz'])('%j stays one part of the path', (id) => {
		const url = new URL(call(id)?.url ?? '');
		expect(url.hash).toBe('');
		expect(url.pathname.split('/')).toContain(encodeURIComponent(id));
	});
});

/** Anybody can send it, so nothing is asked and the provider is not told to send it again. */
test.each(harmful.filter((id) => id !== ''))(
	'an unsigned callback that names %j names nothing to ask for',
	(id) => {
		const claimed = { checkoutId: id, raw: { id } } as unknown as PaymentEventData;
		expect(payfect.callback.confirm?.askFor(claimed)).toBeUndefined();
		expect(wooshPay.callback.confirm?.askFor(claimed)).toBeUndefined();
	},
);

test('no address is put together without that check', () => {
	const files = readdirSync(path.join(root, 'nodes'), { recursive: true, encoding: 'utf8' });
	const unchecked = files
		.filter((file) => file.endsWith('.ts'))
		.filter((file) =>
			/\/\$\{encodeURIComponent/.test(readFileSync(path.join(root, 'nodes', file), 'utf8')),
		);
	expect(unchecked).toEqual([]);
});

test('an id of letters, digits, points and signs is one part', () => {
	expect(['pi_3f0c', '1.2.3', 'a-b_c', 'A=='].map(isPathPart)).toEqual([true, true, true, true]);
});
