/**
 * What stands behind *My Provider Told Me Other Settings*: each answer that EFundPay's pages leave
 * open, and that none of it counts while the switch is off.
 */
import { generateKeyPairSync, verify as verifySignature } from 'node:crypto';
import {
	eFundPay,
	readTransaction,
	type EFundPayCredentials,
} from '../../../nodes/EFundPay/eFundPay.contract';
import type { HttpCall } from '../../../nodes/shared/core/contract';
import { callback, credentials, payment, refund } from './callbacks';

const on = (settings: Partial<EFundPayCredentials>): EFundPayCredentials => ({
	...credentials,
	otherSettings: true,
	...settings,
});
const off = (settings: Partial<EFundPayCredentials>) => ({ ...on(settings), otherSettings: false });

const event = (body: object, using: EFundPayCredentials) => {
	const verdict = eFundPay.callback.verify(callback(body), using);
	if (!verdict.genuine) throw new Error(verdict.message);
	const { unreadable } = verdict;
	return unreadable === undefined
		? eFundPay.callback.parseEvent(verdict.payload, using)
		: { unreadable };
};
const paymentSaying = (payment_status: string, more: object = {}) => ({
	...payment,
	payment_data: { ...payment.payment_data, payment_status },
	...more,
});

describe('Paid Statuses', () => {
	const statusOf = (status: string, using: EFundPayCredentials) =>
		readTransaction({ id: '1', status }, using).status;

	it.each([
		['one word', 'authorization_succeeded'],
		['a word of several, separated by commas', 'SETTLED, authorization_succeeded'],
		['a word of several lines', 'SETTLED\nauthorization_succeeded\n'],
	])('makes %s mean paid', (_case, paidStatuses) => {
		expect(statusOf('authorization_succeeded', on({ paidStatuses }))).toBe('paid');
	});

	it.each([
		['another case', 'Authorization_Succeeded'],
		['a part of the word', 'authorization_succ'],
		['nothing', ''],
		['commas alone', ' , ,\n'],
	])('takes no word that is not exactly there: %s', (_case, paidStatuses) => {
		expect(statusOf('authorization_succeeded', on({ paidStatuses }))).toBe('pending');
	});

	it('does not count while the other settings are off', () => {
		const paidStatuses = 'authorization_succeeded, SETTLED';
		expect(statusOf('authorization_succeeded', off({ paidStatuses }))).toBe('pending');
		expect(event(paymentSaying('SETTLED'), off({ paidStatuses }))).toMatchObject({
			event: 'unknown',
		});
	});

	it('counts in callbacks as well, and the payment keeps the ID that PS would have', () => {
		const using = on({ paidStatuses: 'SETTLED' });
		expect(event(paymentSaying('SETTLED'), using)).toMatchObject({
			event: 'payment.succeeded',
			status: 'paid',
			providerStatus: 'SETTLED',
			amount: '20.50',
			eventId: '2026031500112233:PS',
		});
		expect(event(payment, using)).toMatchObject({ eventId: '2026031500112233:PS' });
	});

	it('is no success of a refund', () => {
		const body = { ...refund, refund_data: { ...refund.refund_data, refund_status: 'SETTLED' } };
		expect(event(body, on({ paidStatuses: 'SETTLED' }))).toMatchObject({ event: 'unknown' });
	});

	it.each([
		['without an amount', { payment_data: { payment_status: 'SETTLED' } }, 'payment_currency_code'],
		['without an id', { ll_transaction_id: undefined }, 'll_transaction_id'],
		['with its reference twice', { customer: { merchant_transaction_id: 'order-2' } }, 'merchant'],
	])('asks for the same proof as PS: %s it is unknown', (_case, more, field) => {
		const body = JSON.parse(JSON.stringify(paymentSaying('SETTLED', more))) as object;
		expect(event(body, on({ paidStatuses: 'SETTLED' }))).toMatchObject({
			unreadable: { message: expect.stringContaining(field) as string },
		});
	});

	it.each([
		...['authorization_failed', 'capture_pending', 'buyer_approval_timeout', 'refund_succeeded'],
		...['PF', 'PC', 'WP', 'CB', 'RS', 'RP', 'ER', 'refund_failed'],
	])('is refused where it names %s, and the word stays what it is', (word) => {
		const using = on({ paidStatuses: `SETTLED, ${word}` });
		const words = `'Paid Statuses' in the EFundPay credential names ${word}, which does not mean paid`;
		expect(eFundPay.credentialProblem?.(using)).toBe(words);
		expect(eFundPay.callback.setupProblem(using)).toBe(words);
		expect(statusOf(word, using)).not.toBe('paid');
		expect(event(paymentSaying(word), using)).not.toMatchObject({ event: 'payment.succeeded' });
	});

	it.each(['capture_succeeded, PS', 'authorization_succeeded', 'buyer_approval_succeeded', 'OK'])(
		'is taken where it names %s',
		(paidStatuses) => {
			expect(eFundPay.credentialProblem?.(on({ paidStatuses }))).toBeUndefined();
			expect(eFundPay.callback.setupProblem(on({ paidStatuses }))).toBeUndefined();
		},
	);
});

describe('Refund Amounts in Callbacks', () => {
	const amountOf = (refund_amount: unknown, using: EFundPayCredentials) => {
		const read = event({ ...refund, refund_data: { ...refund.refund_data, refund_amount } }, using);
		return 'amount' in read ? read.amount : read.unreadable;
	};
	const smallest = on({ callbackRefundAmounts: 'smallest' });
	const major = on({ callbackRefundAmounts: 'major' });

	it.each<[string, unknown, EFundPayCredentials, string | null]>([
		['500 of the smallest unit', 500, smallest, '5.00'],
		['500 in major units', 500, major, '500'],
		['5.50 in major units', '5.50', major, '5.50'],
		['nothing where the unit is not told', 500, on({}), null],
		[
			'nothing where only the unit of payments is told',
			500,
			on({ callbackAmounts: 'major' }),
			null,
		],
		[
			'nothing while the other settings are off',
			500,
			off({ callbackRefundAmounts: 'major' }),
			null,
		],
		['nothing where decimals contradict the smallest unit', '5.50', smallest, null],
		['nothing of a word', 'five', major, null],
	])('gives %s', (_case, value, using, amount) => {
		expect(amountOf(value, using)).toBe(amount);
	});
});

describe('Merchant Account ID', () => {
	const call: HttpCall = {
		method: 'GET',
		url: 'https://api.efundpay.com/v4/x',
		retry: 'idempotent',
	};
	const sent = (merchantAccountId?: string) =>
		eFundPay.authHeaders({ ...credentials, merchantAccountId }, call, {
			now: new Date(0),
			nonce: '',
		});

	it('is not sent where it is empty', () => {
		const headers = { Authorization: `Bearer ${credentials.secretKey}` };
		expect([sent(''), sent()]).toEqual([headers, headers]);
	});

	it('is what an answer 400 is traced to where it is empty', () => {
		const text = '{"message":"account?"}';
		const reply = {
			status: 400,
			headers: {},
			text,
			body: JSON.parse(text) as unknown,
			bytes: Buffer.from(text),
		};
		expect(eFundPay.failure(reply, { ...credentials, merchantAccountId: '' })?.advice).toContain(
			"enter 'Merchant Account ID'",
		);
		expect(eFundPay.failure(reply, credentials)?.advice).toBeUndefined();
	});
});

describe('Merchant Private Key', () => {
	const merchant = generateKeyPairSync('rsa', { modulusLength: 2048 });
	const pem = (type: 'pkcs1' | 'pkcs8') =>
		merchant.privateKey.export({ type, format: 'pem' }).toString();
	const signing = { merchantPrivateKey: pem('pkcs8'), requestSignatureHeader: 'x-signature' };
	const body = '{"amount":1250,"currency":"USD","buyer":{"name":"Maria"},"note":1.50}';
	const canonical = 'amount=1250&name=Maria&currency=USD&note=1.50';
	const call = (more: Partial<HttpCall> = {}): HttpCall => ({
		method: 'POST',
		url: 'https://api.efundpay.com/v4/transactions/payments',
		body,
		retry: 'never',
		...more,
	});
	const headersOf = (using: EFundPayCredentials, request = call()) =>
		eFundPay.authHeaders(using, request, { now: new Date(0), nonce: '' });
	const isSigned = (using: EFundPayCredentials, text: string, hash = 'sha1') =>
		verifySignature(
			hash,
			Buffer.from(text),
			merchant.publicKey,
			Buffer.from(headersOf(using)['x-signature'] ?? '', 'base64'),
		);

	it.each<[string, Partial<EFundPayCredentials>, string, string]>([
		['as callbacks are, by default', {}, canonical, 'sha1'],
		['over the raw body', { signedText: 'rawBody' }, body, 'sha1'],
		['with SHA-256', { signatureHash: 'sha256' }, canonical, 'sha256'],
	])('signs a request %s', (_case, more, text, hash) => {
		expect(isSigned(on({ ...signing, ...more }), text, hash)).toBe(true);
	});

	it.each([
		['PKCS#1', pem('pkcs1')],
		['PEM with all of its line ends written out', pem('pkcs8').replaceAll('\n', '\\n')],
		['bare base64', pem('pkcs8').replace(/-----[^-]*-----|\n/g, '')],
	])('is read as %s', (_form, merchantPrivateKey) => {
		expect(isSigned(on({ ...signing, merchantPrivateKey }), canonical)).toBe(true);
	});

	it('signs nothing where there is no body, where it is empty, and while the other settings are off', () => {
		expect(headersOf(on(signing), call({ method: 'GET', body: undefined }))).not.toHaveProperty(
			'x-signature',
		);
		const plain = headersOf(credentials);
		expect([headersOf(on({})), headersOf(off(signing))]).toEqual([plain, plain]);
	});

	it.each<[string, Partial<EFundPayCredentials>, RegExp]>([
		[
			'without the name of its header',
			{ requestSignatureHeader: '' },
			/'Request Signature Header'.*is empty/,
		],
		[
			'with a header that is no name',
			{ requestSignatureHeader: 'my header' },
			/'Request Signature Header'.*not a name/,
		],
		[
			'with the header of the key',
			{ requestSignatureHeader: 'AUTHORIZATION' },
			/'Request Signature Header'.*not a name/,
		],
		[
			'that is missing for a header',
			{ merchantPrivateKey: '' },
			/'Merchant Private Key'.*is empty/,
		],
		[
			'that is a word',
			{ merchantPrivateKey: 'private' },
			/'Merchant Private Key'.*not an RSA private key/,
		],
		[
			'that is a public one',
			{ merchantPrivateKey: merchant.publicKey.export({ type: 'spki', format: 'pem' }).toString() },
			/'Merchant Private Key'.*not an RSA private key/,
		],
	])('%s is refused before anything is sent, without showing it', (_case, more, words) => {
		const using = on({ ...signing, ...more });
		expect(eFundPay.credentialProblem?.(using)).toMatch(words);
		expect(() => headersOf(using)).toThrow(words);
		expect(eFundPay.credentialProblem?.({ ...using, otherSettings: false })).toBeUndefined();
	});

	it.each([400, 401, 403])(
		'is what an answer %d about a signature is traced to, unless requests are signed',
		(status) => {
			const text = '{"message":"Missing request signature"}';
			const body = JSON.parse(text) as unknown;
			const reply = { status, headers: {}, text, body, bytes: Buffer.from(text) };
			const advice = (using: EFundPayCredentials) => eFundPay.failure(reply, using)?.advice ?? '';
			expect(advice(credentials)).toContain("enter 'Merchant Private Key'");
			expect(advice(off(signing))).toContain('while it is off, what stands behind it does not');
			expect(advice(on(signing))).not.toContain("enter 'Merchant Private Key'");
		},
	);

	it('says what to do about a body that has no canonical text', () => {
		expect(() => headersOf(on(signing), call({ body: '[1]' }))).toThrow('is not a JSON object');
	});
});

it('what is stored for callbacks does not count while the other settings are off', () => {
	const sha256 = off({ signatureHash: 'sha256', signedText: 'rawBody' });
	expect(eFundPay.callback.verify(callback(payment), sha256).genuine).toBe(true);
});
