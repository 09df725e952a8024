import { callback, payment, platform, refund, sign, textOf } from '../../nodes/EFundPay/callbacks';
import type { Dialect } from '../dialects';

const paidWith = (amount: unknown, currency: string, number: number) => ({
	...payment,
	ll_transaction_id: `20260315001122${number}`,
	merchant_transaction_id: `order-${number}`,
	payment_data: {
		...payment.payment_data,
		payment_amount: amount,
		payment_currency_code: currency,
	},
});

/** What the pages show, and what they leave open. */
const bodies = [
	payment,
	paidWith('20', 'USD', 40),
	paidWith('20.00', 'USD', 41),
	paidWith(20.5, 'USD', 42),
	paidWith(1299, 'USD', 43),
	paidWith(1250, 'JPY', 44),
	paidWith('1250', 'JPY', 45),
	{ ...payment, ll_transaction_id: 2026031500112246, merchant_transaction_id: 10046 },
	{
		...payment,
		ll_transaction_id: '2026031500112247',
		payment_data: { payment_status: 'PF', reason: 'declined & closed' },
	},
	{ merchant_transaction_id: 'order-48', payment_data: { payment_status: 'PC' } },
	{ ...payment, customer_data: { memo: 'a&payment_amount=1', name: 'Tom & Jerry' } },
	refund,
	{
		...refund,
		refund_data: { ...refund.refund_data, reason: 'see https://shop.example/?a=1&b=2' },
	},
	{
		ll_transaction_id: '2026031600445567',
		refund_data: { refund_status: 'RP', refund_amount: 500 },
	},
];

/**
 * The canonical text does not tell a text from a number. Where nobody has chosen the unit, a whole
 * number has no amount and a text has one, so that each may become the other: as much as was signed,
 * or nothing.
 */
const eitherType = [
	{ reference: 'order-40', status: 'paid', amount: null, currency: 'USD' },
	{ reference: 'order-43', status: 'paid', amount: '1299', currency: 'USD' },
] as const;

const HASHES = { sha1: 'RSA-SHA1', sha256: 'RSA-SHA256' };
const TEXTS = ['canonical', 'rawBody'] as const;
const UNITS = ['documented', 'major', 'smallest'];

export const dialects: Dialect[] = Object.entries(HASHES).flatMap(([signatureHash, hash]) =>
	TEXTS.flatMap((signedText) => {
		const genuine = bodies.map((body) => {
			const text = signedText === 'rawBody' ? JSON.stringify(body) : textOf(body);
			const { headers, rawBody } = callback(body, sign(text, { key: platform.privateKey, hash }));
			return { headers, body: rawBody };
		});
		return UNITS.map((callbackAmounts) => ({
			name: `${signatureHash} ${signedText} ${callbackAmounts}`,
			settings: { signatureHash, signedText, otherSettings: true, callbackAmounts },
			genuine,
			...(signedText === 'canonical' &&
				callbackAmounts === 'documented' && { rearranged: [...eitherType] }),
		}));
	}),
);
