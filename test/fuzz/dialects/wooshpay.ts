import { createHmac } from 'node:crypto';
import { paymentEvent } from '../../nodes/WooshPay/samples';
import { testProviderNamed } from '../../providers';
import type { Dialect } from '../dialects';

const secret = String(testProviderNamed('wooshpay').vectors.credentials.webhookSecret);
const milliseconds = 1768435200000;

interface Spelling {
	header?: string;
	time?: number;
	/** The header's value, of time and signature. */
	written?: (time: number, signature: string) => string;
}

const SPELLINGS: Record<string, Spelling> = {
	'header signature': { header: 'signature' },
	'time in seconds': { time: milliseconds / 1000 },
	'several signatures': {
		written: (time, signature) => `t=${time}, v1=${'0'.repeat(64)}, v0=x, v1=${signature}`,
	},
	'upper case': { written: (time, signature) => `t=${time},v1=${signature.toUpperCase()}` },
};

const intent = (number: number, status: string) => ({
	id: `pi_${number}`,
	status,
	merchant_order_id: `order-${number}`,
	amount: 1000 + number,
});

const EVENTS: Array<[type: string, object: Record<string, unknown>]> = [
	['payment_intent.succeeded', intent(1, 'succeeded')],
	['payment_intent.succeeded', intent(2, 'succeeded')],
	['payment_intent.canceled', intent(3, 'canceled')],
	['payment_intent.processing', intent(4, 'processing')],
	['refund.succeeded', { id: 're_5', object: 'refund', status: 'succeeded', amount: 500 }],
];

export const dialects: Dialect[] = Object.entries(SPELLINGS).map(([name, spelling]) => {
	const { header = 'wooshpay-signature', time = milliseconds } = spelling;
	const { written = (at, signature) => `t=${at},v1=${signature}` } = spelling;
	const genuine = EVENTS.map(([type, object], index) => {
		const body = JSON.stringify(paymentEvent(type, object, { id: `evt_${index}` }));
		const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
		return { headers: { [header]: written(time, signature) }, body };
	});
	return { name, genuine };
});
