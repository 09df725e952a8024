import { CheckoutStore } from '../../sandbox/core/checkoutStore';
import {
	fromSmallestUnit,
	lessThan,
	moreThan,
	sumOfDecimals,
	timesWhole,
} from '../../sandbox/core/decimal';

describe('the store of checkouts', () => {
	const store = new CheckoutStore<null>('example', 3);
	const add = (checkoutId: string, changes: { reference?: string; expiresAt?: Date } = {}) =>
		store.add({
			checkoutId,
			paymentId: `payment of ${checkoutId}`,
			amount: '1.00',
			currency: 'USD',
			request: {},
			details: null,
			...changes,
		});
	beforeEach(() => store.clear());

	test('forgets the oldest beyond its capacity, also under its other names', () => {
		add('a', { reference: 'order-1' });
		for (const id of ['b', 'c', 'd']) add(id, { reference: 'order-2' });
		expect(store.all().map(({ checkoutId }) => checkoutId)).toEqual(['b', 'c', 'd']);
		expect(store.get('a')).toBeUndefined();
		expect(store.withReference('order-1')).toEqual([]);
		expect(store.withPaymentId('payment of a')).toBeUndefined();
		expect(store.withReference('order-2')).toHaveLength(3);
		expect(store.withPaymentId('payment of d')?.checkoutId).toBe('d');
	});

	test('an open checkout whose time is up reads as expired', () => {
		add('a', { expiresAt: new Date(Date.now() - 1) });
		expect(store.get('a')?.status).toBe('expired');
	});

	test('a paid checkout whose time is up stays paid', () => {
		add('a', { expiresAt: new Date(Date.now() - 1) }).status = 'paid';
		expect(store.get('a')?.status).toBe('paid');
	});
});

describe('decimal texts', () => {
	test.each([
		[['0.1', '0.2'], 2, '0.30'],
		[['1', '2'], 0, '3'],
		[['0.001', '5'], 2, '5.001'],
		[['99999999999999999999.99', '0.01'], 2, '100000000000000000000.00'],
	])('the sum of %j with at least %i decimals is %s', (texts, decimals, sum) => {
		expect(sumOfDecimals(texts, decimals)).toBe(sum);
	});

	test('times a whole number', () => expect(timesWhole('0.07', 3)).toBe('0.21'));

	test.each(['20.50', '1', '0.01'])('less and more than %s differ from it', (amount) => {
		expect(Number(lessThan(amount))).toBeLessThan(Number(amount));
		expect(Number(moreThan(amount))).toBeGreaterThan(Number(amount));
	});

	test.each([
		[1299, 'USD', '12.99'],
		[5, 'GBP', '0.05'],
		[1200, 'JPY', '1200'],
		[12345, 'KWD', '12.345'],
		[150000, 'IDR', '1500.00'],
		['12345678901234567890', 'EUR', '123456789012345678.90'],
	])('%s of the smallest unit of %s is %s', (units, currency, amount) => {
		expect(fromSmallestUnit(units, currency)).toBe(amount);
	});

	test('what is no number is refused', () => expect(() => timesWhole('1e3', 2)).toThrow('"1e3"'));
});
