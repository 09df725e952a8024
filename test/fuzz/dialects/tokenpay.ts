import * as tokenPay from '../../providers/tokenpay';
import type { Dialect } from '../dialects';

export const dialects: Dialect[] = Object.entries(tokenPay.dialects).map(([name, dialect]) => ({
	name,
	genuine: ['SUCCESS', 'SUCCESS', 'REFUND', 'NOTPAY', 'CLOSED'].map((trade_state, index) =>
		tokenPay.signed(
			{
				transaction_id: `transaction-${index + 1}`,
				out_trade_no: `order-${index + 1}`,
				amount: 7_000_000 + index,
				trade_state,
				memo: 'x'.repeat(index * 5),
			},
			dialect,
		),
	),
	besides: tokenPay.payouts(dialect),
}));
