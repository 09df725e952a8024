import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { NewCheckout } from '../core/checkoutStore';
import { timesWhole } from '../core/decimal';
import { readJsonBody } from '../core/jsonBody';
import {
	standardActions,
	type ApiCall,
	type ApiReply,
	type SandboxOperation,
	type CallbackMessage,
	type CallbackQuality,
	type CheckoutEvent,
	type Dialect,
	type ProviderContext,
	type SandboxCheckout,
	type SandboxProvider,
} from '../core/provider';

/*
 * TokenPay as its pages describe it (apidoc.tokenpay.me: order/order-creation, order/order-inquiry,
 * order/order-closure, currency/currency-information, currency/balance-inquiry, description/signature-generation,
 * description/signature-verification, description/decrypt-callback, error-code/status-code;
 * ttpay.io/doc/en/api/intro/structure.html). It shares no code with the package, so that it can judge the package.
 */

const appId = 'tokenpaysandboxnotarealapplicati';
const merchantId = '1234567890';
/** 32 bytes of text that nobody takes for a secret. */
const appSecret = 'tokenpay-sandbox-not-a-secret-32';
const strangersSecret = 'somebody-who-only-guesses-keys-1';

const requestsPerSecond = 5;
/** Inferred: no page says how old a signature may be. */
const signatureLifetimeMilliseconds = 5 * 60 * 1000;
const [second, minute, hour] = [1_000, 60_000, 3_600_000];

interface Coin {
	readonly network: string;
	readonly chain: string;
	readonly code: string;
	readonly currency: string;
	readonly name: string;
	readonly decimal: number;
	readonly contractAddress: string;
}

/** The chains and coins that the pages name, with the decimals of the samples or of the coin. */
const coins: readonly Coin[] = [
	{
		network: 'TRC20',
		chain: 'TRON',
		code: 'TRON_USDT',
		currency: 'USDT',
		name: 'Tether',
		decimal: 6,
		contractAddress: 'TSandboxUsdtContract00000000000000',
	},
	{
		network: 'TRX',
		chain: 'TRON',
		code: 'TRON_TRX',
		currency: 'TRX',
		name: 'TRX',
		decimal: 6,
		contractAddress: '',
	},
	{
		network: 'ERC20',
		chain: 'ETHEREUM',
		code: 'ETHEREUM_USDT',
		currency: 'USDT',
		name: 'Tether',
		decimal: 6,
		contractAddress: '0xSandboxUsdtContract',
	},
	{
		network: 'ETH',
		chain: 'ETHEREUM',
		code: 'ETHEREUM_ETH',
		currency: 'ETH',
		name: 'Ether',
		decimal: 18,
		contractAddress: '',
	},
	{
		network: 'BNB',
		chain: 'BSC',
		code: 'BINANCE_BNB',
		currency: 'BNB',
		name: 'Binance Coin',
		decimal: 18,
		contractAddress: '',
	},
];
const balances: Readonly<Record<string, string>> = {
	TRON_USDT: '54670000',
	BINANCE_BNB: '1500000000000000000',
};

interface Details {
	readonly coin: Coin;
	readonly expireSecond: number;
	readonly attach: string;
	readonly toAddress: string;
	readonly transactionHash: string;
}

interface State {
	/** When the latest signed requests of the application came, in milliseconds */
	readonly arrivals: number[];
}

const text = z.string({ required_error: 'is missing', invalid_type_error: 'must be a string' });
const filledText = text.min(1, 'is empty');
const webAddress = filledText.refine(
	(url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol),
	'must be an absolute URL',
);
const application = {
	app_id: filledText.refine((id) => id === appId, 'is not the application of the signature'),
	mch_id: filledText.refine((id) => id === merchantId, 'is not the merchant of the signature'),
};

const createRequest = z
	.object({
		...application,
		out_trade_no: filledText,
		expire_second: z
			.number({ required_error: 'is missing', invalid_type_error: 'must be an integer' })
			.int('must be an integer')
			.min(1, 'must be more than zero'),
		amount: z
			.number({ required_error: 'is missing', invalid_type_error: 'must be a number' })
			.positive('must be more than zero'),
		chain: filledText,
		currency: filledText,
		order_type: filledText.refine((type) => type === 'platform_order', 'must be platform_order'),
		description: text.optional(),
		to_address: text.optional(),
		attach: text.optional(),
		locale: filledText
			.refine((locale) => ['zh_cn', 'en'].includes(locale), 'must be zh_cn or en')
			.optional(),
		notify_url: webAddress.optional(),
		return_url: filledText.optional(),
	})
	.passthrough();
const queryRequest = z
	.object({
		...application,
		out_trade_no: filledText.optional(),
		transaction_id: filledText.optional(),
	})
	.passthrough()
	.refine((query) => query.out_trade_no !== undefined || query.transaction_id !== undefined, {
		message: 'is missing, and so is transaction_id',
		path: ['out_trade_no'],
	});
const closeRequest = z.object({ ...application, transaction_id: filledText }).passthrough();
const balanceRequest = z
	.object({ mch_id: application.mch_id, chain: filledText, currency: filledText })
	.passthrough();

type Context = ProviderContext<State, Details>;
type Reading = Context['dialect'];

const dialects = {
	signedPart: {
		label: 'What of a callback is signed',
		readings: {
			body: 'the body',
			resource: 'its resource alone',
			sorted: 'its resource alone, with sorted keys',
		},
		default: 'body',
	},
	algorithm: {
		label: 'How the content of a callback is encrypted',
		readings: {
			gcm: 'AES-256-GCM, called AEAD_AES_256_GCM',
			gcmAsEcb: 'AES-256-GCM, called AES-256-ECB',
			unnamed: 'AES-256-GCM, not called anything',
			ecb: 'AES-256-ECB, as the payout page says',
		},
		default: 'gcm',
	},
	associatedData: {
		label: 'associated_data of a callback',
		readings: { none: 'none', used: 'there, and authenticated' },
		default: 'none',
	},
	nonce: {
		label: 'The nonce of the encrypted content',
		readings: { text: 'text', base64: 'base64 of 12 bytes', hex: 'hexadecimal of 12 bytes' },
		default: 'text',
	},
	ids: {
		label: 'app_id and mch_id of a callback',
		readings: { there: 'there', absent: 'absent, as at WeChat Pay' },
		default: 'there',
	},
	time: {
		label: 'The time of a signature',
		readings: {
			milliseconds: '13 digits',
			seconds: '10 digits',
			microseconds: '16 digits',
			iso: 'ISO 8601',
		},
		default: 'milliseconds',
	},
	headers: {
		label: 'The headers of a signature',
		readings: { TTPay: 'TTPay-…', tokenpay: 'tokenpay-…' },
		default: 'TTPay',
	},
	events: {
		label: 'What callbacks are sent for',
		readings: { paid: 'payments', all: 'payments, and orders that ran out' },
		default: 'paid',
	},
	acknowledgement: {
		label: 'What acknowledges a callback',
		readings: { success: 'the text success', json: '{"code":"SUCCESS"}' },
		default: 'success',
	},
	orderAmounts: {
		label: 'amount of a new order',
		readings: { whole: 'whole coins', smallest: 'smallest units' },
		default: 'whole',
	},
	amounts: {
		label: 'amount in answers and callbacks',
		readings: {
			smallest: 'smallest units',
			text: 'smallest units as text',
			whole: 'whole coins',
		},
		default: 'smallest',
	},
	currency: {
		label: 'currency in answers and callbacks',
		readings: { object: 'an object', text: 'a text' },
		default: 'object',
	},
	query: {
		label: 'What a query says of an order that has just been paid',
		readings: {
			paid: 'SUCCESS',
			late: 'still NOTPAY, as its data lags behind',
			unknown: 'that there is no such order',
		},
		default: 'paid',
	},
	unknownOrder: {
		label: 'The code of an order that does not exist',
		readings: { 12002: '12002', 12003: '12003', 11000: '11000' },
		default: '12002',
	},
	link: {
		label: 'payment_url',
		readings: { relative: 'relative', absolute: 'absolute' },
		default: 'relative',
	},
	refusals: {
		label: 'The HTTP status of a refusal',
		readings: { 200: '200', 400: '400', 404: '404' },
		default: '200',
	},
	code: {
		label: 'code of an answer',
		readings: { number: 'a number', text: 'a text' },
		default: 'number',
	},
} satisfies Record<string, Dialect>;

export const provider: SandboxProvider<State, Details> = {
	name: 'tokenpay',
	displayName: 'TokenPay',

	credential: (providerUrl, payerUrl = providerUrl) => ({
		type: 'tokenPayApi',
		name: 'TokenPay (sandbox)',
		data: {
			appId,
			merchantId,
			appSecret,
			appSecretPrevious: '',
			baseUrl: providerUrl,
			checkoutBaseUrl: payerUrl,
		},
	}),

	newState: () => ({ arrivals: [] }),

	dialects,

	authenticate(call, context) {
		const { state } = context;
		if (call.method !== 'POST') return undefined;
		const problem = signatureProblem(call);
		if (problem !== undefined) return inDialect(problem, context);
		const now = Date.now();
		while (state.arrivals.length > 0 && now - (state.arrivals[0] ?? 0) >= second)
			state.arrivals.shift();
		if (state.arrivals.length >= requestsPerSecond)
			return refusal(
				11001,
				'too frequent',
				'More than 5 requests within a second from one app_id.',
			);
		state.arrivals.push(now);
		return undefined;
	},

	wrongKey: () =>
		refusal(103, 'invalid signature', 'The signature is not the one that the sandbox computes.'),

	faults: {
		'too-often': () =>
			refusal(11001, 'too frequent', 'More than 5 requests within a second from one app_id.'),
	},

	operations: operations().map((operation) => ({
		...operation,
		handle: async (call, context) => inDialect(await operation.handle(call, context), context),
	})),

	actions: {
		...standardActions,
		// The pages describe the callback of a payment only. A payer who turns back leaves the order
		// open.
		cancel: { ...standardActions.cancel, to: undefined, event: undefined },
		// Told in one dialect only.
		expire: standardActions.expire,
		refund: { label: 'Refund', from: ['paid'], to: 'refunded', returnTo: 'cashier', by: 'tester' },
	},

	callbacks: {
		// Envelope: apidoc.tokenpay.me/chinese/dai-fu/hui-tiao-tong-zhi; resource:
		// description/decrypt-callback.
		compose: (event, quality, _target, { dialect }) =>
			event.kind === 'paid' || dialect('events') === 'all'
				? callbackMessage(event, quality, dialect)
				: undefined,
		acknowledged: ({ status, body }, { dialect }) =>
			status === 200 &&
			body === (dialect('acknowledgement') === 'json' ? '{"code":"SUCCESS"}' : 'success'),
		redeliveryGapsMilliseconds: [
			15 * second,
			30 * second,
			3 * minute,
			10 * minute,
			20 * minute,
			30 * minute,
			hour,
			3 * hour,
			6 * hour,
		],
	},

	inferred: [
		'Refusals have HTTP status 200; only their code tells.',
		'A signature is accepted for five minutes before and after its time.',
		'app_id is required in Authorization and in the body, as samples and public clients have it; the balance call has none in its body.',
		'amount counts whole coins on creation and smallest units in queries and callbacks; it may have no more decimals than the coin.',
		'A repeated out_trade_no gives 12001; an order that does not exist gives 12002; a paid order cannot be closed (11000).',
		'The order callback has the envelope of the payout callback, with TTPay- headers, a signature over the raw body, original_type transaction and AEAD_AES_256_GCM.',
		'event_type is TRANSACTION.SUCCESS; no page names the value for orders.',
		'create_time of the callback is a time as text; no page shows its format.',
		'Only a payment sends a callback; cancelling leaves the order open, and running out of time closes it silently.',
		'A callback is acknowledged by status 200 with exactly "success". Its schedule is read as gaps: the last is 11 hours after the first.',
		'A redelivery has the bytes and the signature of the first delivery.',
		'The answer to create order is signed over its data with sorted keys (seen by third-party code), every other answer over the raw body (documented).',
		'The number of requests is counted for signed requests only, in any second.',
		'payment_url is relative to the address of the API.',
		'Paying too little or too much succeeds with the amount that was paid; the refund button stands for a refund in the merchant backend.',
	],
};

/** Every call, as it is answered in the dialect that is assumed. */
function operations(): Array<SandboxOperation<State, Details>> {
	return [
		{
			// apidoc.tokenpay.me/order/order-creation
			operation: 'create',
			method: 'POST',
			path: '/v1/transaction/prepayment',
			handle(call, { checkouts, dialect, providerUrl }) {
				const read = readRequest(call, createRequest);
				if (!read.ok) return read.refused;
				const request = read.value;
				const coin = coinOn(request.chain, request.currency);
				if (coin === undefined)
					return refusal(
						20005,
						'chain or currency not supported',
						`There is no ${request.currency} on ${request.chain}.`,
					);
				const amount = readAmount(call, coin, dialect('orderAmounts') === 'smallest');
				if (!amount.ok) return amount.refused;
				if (checkouts.withReference(request.out_trade_no).length > 0)
					return refusal(
						12001,
						'data already exists',
						`out_trade_no "${request.out_trade_no}" was used before.`,
					);
				const { checkoutId: prepayId } = checkouts.add(newOrder(request, amount.value, coin));
				return success(
					{
						prepay_id: prepayId,
						payment_url: `${dialect('link') === 'absolute' ? providerUrl : ''}/pay/order?prepay_id=${prepayId}`,
					},
					'content with sorted keys',
				);
			},
		},
		{
			// apidoc.tokenpay.me/order/order-inquiry
			operation: 'get',
			method: 'POST',
			path: '/v1/transaction/query',
			handle(call, { checkouts, dialect }) {
				const read = readRequest(call, queryRequest);
				if (!read.ok) return read.refused;
				const { out_trade_no: reference, transaction_id: paymentId } = read.value;
				const found =
					paymentId === undefined
						? checkouts.withReference(reference ?? '')[0]
						: checkouts.withPaymentId(paymentId);
				const lags = found?.status === 'paid' && dialect('query') === 'unknown';
				if (
					lags ||
					found === undefined ||
					(reference !== undefined && found.reference !== reference)
				)
					return refusal(
						Number(dialect('unknownOrder')),
						'data does not exist',
						'There is no such order.',
					);
				return success(transactionDetail(asQueried(found, dialect), dialect));
			},
		},
		{
			// apidoc.tokenpay.me/order/order-closure
			operation: 'close',
			method: 'POST',
			path: '/v1/transaction/close',
			handle(call, { checkouts }) {
				const read = readRequest(call, closeRequest);
				if (!read.ok) return read.refused;
				const found = checkouts.withPaymentId(read.value.transaction_id);
				if (found === undefined)
					return refusal(12002, 'data does not exist', 'There is no such order.');
				if (found.status === 'paid' || found.status === 'refunded')
					return refusal(11000, 'the order is paid', 'A paid order cannot be closed.');
				found.status = 'canceled';
				found.updatedAt = new Date();
				return success(undefined);
			},
		},
		{
			// apidoc.tokenpay.me/currency/currency-information
			operation: 'currencies',
			method: 'GET',
			path: '/v1/currency/index',
			handle: () => success(coins.map(currencyDetail)),
		},
		{
			// apidoc.tokenpay.me/currency/balance-inquiry
			operation: 'balance',
			method: 'POST',
			path: '/v1/merchant/balance',
			handle(call) {
				const read = readRequest(call, balanceRequest);
				if (!read.ok) return read.refused;
				const { chain, currency } = read.value;
				const coin = coinOn(chain, currency);
				if (coin === undefined)
					return refusal(12002, 'data does not exist', `There is no ${currency} on ${chain}.`);
				const { network, decimal, code } = coin;
				return success({
					merchant_id: 167,
					mch_id: merchantId,
					network,
					chain,
					balance: balances[code] ?? '0',
					currency,
					decimal,
					create_time: 1673407302044,
					modify_time: 1673407329000,
					cash_time: 0,
				});
			},
		},
		{
			// Where the relative payment_url leads.
			operation: 'cashier',
			method: 'GET',
			path: '/pay/order',
			handle: ({ query }, { cashierUrl }) => ({
				status: 302,
				body: '',
				headers: { location: cashierUrl(query.get('prepay_id') ?? '') },
			}),
		},
	];
}

function readAuthorization(header: string) {
	const parts =
		/^TTPAY-AES-256-ECB app_id=([^,\s]*),mch_id=([^,\s]*),nonce_str=([^,\s]*),timestamp=([^,\s]*),signature=(\S+)$/.exec(
			header,
		);
	if (parts === null) return undefined;
	const [, app = '', merchant = '', nonce = '', timestamp = '', signature = ''] = parts;
	return { app, merchant, nonce, timestamp, signature };
}

/** apidoc.tokenpay.me/description/signature-generation */
function signatureProblem(call: ApiCall): ApiReply | undefined {
	const authorization = readAuthorization(call.headers.authorization ?? '');
	if (authorization === undefined)
		return refusal(
			103,
			'invalid signature',
			'Authorization must be: TTPAY-AES-256-ECB app_id=…,mch_id=…,nonce_str=…,timestamp=…,signature=… with commas and no blanks.',
		);
	const { app, merchant, nonce, timestamp, signature } = authorization;
	if (app !== appId || merchant !== merchantId)
		return refusal(
			20000,
			'application does not exist',
			"app_id or mch_id of the Authorization header is not the sandbox's.",
		);
	if (!/^[0-9A-Za-z]{32}$/.test(nonce))
		return refusal(103, 'invalid signature', 'nonce_str must have 32 letters and digits.');
	if (!/^\d{13}$/.test(timestamp))
		return refusal(104, 'signature expired', 'timestamp must be milliseconds, 13 digits.');
	const text = Buffer.concat([
		Buffer.from(`${call.providerTarget}\n${timestamp}\n${nonce}\n`),
		call.rawBody,
	]);
	if (signature !== encrypted(text, appSecret))
		return refusal(103, 'invalid signature', signatureHint(signature, text));
	if (Math.abs(Date.now() - Number(timestamp)) > signatureLifetimeMilliseconds)
		return refusal(104, 'signature expired', 'timestamp is more than five minutes off.');
	return undefined;
}

/** The signature is the encrypted text, so the sandbox can show what was signed. */
function signatureHint(signature: string, expected: Buffer): string {
	try {
		const decipher = createDecipheriv('aes-256-ecb', appSecret, null);
		const plain = Buffer.concat([decipher.update(signature, 'base64'), decipher.final()]);
		const [signed, arrived] = [plain, expected].map((bytes) => JSON.stringify(bytes.toString()));
		return `The signed text is ${signed}, and what arrived is ${arrived}.`;
	} catch {
		return 'The signature was not made with the app secret of the sandbox.';
	}
}

function encrypted(text: Buffer | string, secret: string): string {
	const cipher = createCipheriv('aes-256-ecb', secret, null);
	return Buffer.concat([cipher.update(text), cipher.final()]).toString('base64');
}

type Read<Value> =
	{ readonly ok: true; readonly value: Value } | { readonly ok: false; readonly refused: ApiReply };

/** 100: not JSON; 11003: a field is missing; 20005: a field is wrong (error-code/status-code). */
function readRequest<Schema extends z.ZodTypeAny>(
	call: ApiCall,
	schema: Schema,
): Read<z.infer<Schema>> {
	const body = readJsonBody(call);
	if (!body.ok) return { ok: false, refused: refusal(100, 'bad request parameters', body.problem) };
	const parsed = schema.safeParse(body.value);
	if (!parsed.success) {
		const words = parsed.error.issues
			.map(({ path, message }) => `${path.join('.') || 'body'} ${message}`)
			.join('; ');
		const missing = parsed.error.issues.some(({ message }) => message.startsWith('is missing'));
		return {
			ok: false,
			refused: missing ? refusal(11003, words, words) : refusal(20005, words, words),
		};
	}
	return { ok: true, value: parsed.data as z.infer<Schema> };
}

/**
 * The amount as sent, because `JSON.parse` would round it. Without final zeros; undefined if it has
 * an exponent.
 */
function amountAsSent(call: ApiCall): string | undefined {
	let literal: string | undefined;
	const note = ((name: string, value: unknown, context: { source?: string }) => {
		if (name === 'amount') literal = context.source;
		return value;
	}) as (name: string, value: unknown) => unknown;
	JSON.parse(call.rawBody.toString('utf8'), note);
	if (literal === undefined || !/^\d+(\.\d+)?$/.test(literal)) return undefined;
	return literal.includes('.') ? literal.replace(/\.?0+$/, '') : literal;
}

/** Smallest units as decimal text in whole coins */
function wholeCoins(units: string, decimals: number): string {
	const digits = units.padStart(decimals + 1, '0');
	return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`.replace(/\.?0+$/, '');
}

function readAmount(call: ApiCall, coin: Coin, isSmallest: boolean): Read<string> {
	const invalid = (reason: string) =>
		({ ok: false, refused: refusal(20005, 'amount invalid', reason) }) as const;
	const amount = amountAsSent(call);
	if (amount === undefined) return invalid('amount must be written in plain digits.');
	if (isSmallest)
		return amount.includes('.')
			? invalid('amount must be a whole number of smallest units.')
			: { ok: true, value: wholeCoins(amount, coin.decimal) };
	return (amount.split('.')[1]?.length ?? 0) > coin.decimal
		? invalid(`amount has more than the ${coin.decimal} decimals of ${coin.code}.`)
		: { ok: true, value: amount };
}

function coinOn(chain: string, currency: string): Coin | undefined {
	return coins.find((coin) => coin.chain === chain && coin.currency === currency);
}

function newOrder(
	request: z.infer<typeof createRequest>,
	amount: string,
	coin: Coin,
): NewCheckout<Details> {
	const createdAt = new Date();
	return {
		checkoutId: randomBytes(32).toString('hex'),
		paymentId: randomUUID().replaceAll('-', ''),
		reference: request.out_trade_no,
		amount,
		currency: request.currency,
		description: request.description,
		callbackUrl: request.notify_url ?? null,
		successUrl: request.return_url ?? null,
		cancelUrl: request.return_url ?? null,
		createdAt,
		expiresAt: new Date(createdAt.getTime() + request.expire_second * second),
		request,
		remarks: unknownFields(request, createRequest),
		details: {
			coin,
			expireSecond: request.expire_second,
			attach: request.attach ?? '',
			toAddress: request.to_address || 'TSandboxToAddress00000000000000000',
			transactionHash: randomBytes(32).toString('hex'),
		},
	};
}

/** Decimal text in whole coins as an integer of smallest units */
function smallestUnits(amount: string, decimals: number): string {
	return timesWhole(amount, 10 ** decimals).split('.')[0] ?? '';
}

/** ttpay.io/doc/en/api/intro/structure.html: SUCCESS, REFUND, NOTPAY, CLOSED */
const states: Readonly<Partial<Record<SandboxCheckout['status'], string>>> = {
	open: 'NOTPAY',
	paid: 'SUCCESS',
	refunded: 'REFUND',
	canceled: 'CLOSED',
	expired: 'CLOSED',
};

/** A number that JSON.stringify would round, as text that `asJson` writes without quotes */
const bigNumber = (digits: string) => `\u0001${digits}`;

function asJson(value: unknown): string {
	return JSON.stringify(value).replaceAll(/"\\u0001([\d.]+)"/g, '$1');
}

type Order = Readonly<SandboxCheckout<Details>>;

const isPaid = ({ status }: Order) => status === 'paid' || status === 'refunded';
const isClosed = ({ status }: Order) => status === 'canceled' || status === 'expired';

/** As a query finds it: its data may lag behind what has happened. */
function asQueried(checkout: Order, dialect: Reading): Order {
	return checkout.status === 'paid' && dialect('query') === 'late'
		? { ...checkout, status: 'open' }
		: checkout;
}

function amountIn(dialect: Reading, amount: string, { decimal }: Coin): string {
	const units = smallestUnits(amount, decimal);
	return {
		smallest: bigNumber(units),
		text: units,
		whole: bigNumber(amount),
	}[dialect('amounts')] as string;
}

function transactionDetail(checkout: Order, dialect: Reading) {
	const { coin, attach, toAddress, transactionHash } = checkout.details;
	const paid = isPaid(checkout);
	return {
		out_trade_no: checkout.reference,
		transaction_id: checkout.paymentId,
		trade_state: states[checkout.status],
		description: checkout.description,
		block_no: paid ? 33215220 : 0,
		...transactionTimes(checkout),
		tx_id: paid ? transactionHash : '',
		from_address: paid ? 'TSandboxFromAddress000000000000000' : '',
		contract_address: coin.contractAddress,
		to_address: toAddress,
		amount: amountIn(dialect, checkout.paidAmount ?? checkout.amount, coin),
		chain: coin.chain,
		decimals: coin.decimal,
		// As documented: only after the payment.
		attach: paid ? attach : '',
		service_amount: 0,
		service_amount_currency: coin.currency,
		notify_url: checkout.callbackUrl ?? '',
		notify_num: paid ? 1 : 0,
		notify_status: paid ? 2 : 0,
		status: paid ? 2 : 0,
		// A test may have the checkout claim another currency.
		currency:
			dialect('currency') === 'text'
				? checkout.currency
				: { ...currencyOf(coin), currency: checkout.currency },
	};
}

function currencyOf(coin: Coin) {
	return {
		type: coin.network,
		chain: coin.chain,
		code: coin.code,
		currency: coin.currency,
		name: coin.name,
		sub_name: coin.network,
		logo: '',
		contract_address: coin.contractAddress,
		decimal: coin.decimal,
	};
}

function transactionTimes(checkout: Order) {
	const milliseconds = (at: Date | null) => at?.getTime() ?? 0;
	const [paid, closed] = [isPaid(checkout), isClosed(checkout)];
	const left = Math.max(0, Math.floor((milliseconds(checkout.expiresAt) - Date.now()) / second));
	return {
		create_time: milliseconds(checkout.createdAt),
		block_time: milliseconds(checkout.paidAt),
		expire_time: milliseconds(checkout.expiresAt),
		expire_second: paid || closed ? 0 : left,
		...(paid ? { pay_time: milliseconds(checkout.paidAt) } : {}),
		close_time: closed ? milliseconds(checkout.updatedAt) : 0,
	};
}

/** apidoc.tokenpay.me/description/data-structure */
function currencyDetail({ network, chain, code, currency, name, decimal, contractAddress }: Coin) {
	return {
		network,
		chain,
		code,
		currency,
		name,
		logo: '',
		contract_address: contractAddress,
		decimal,
		is_fiat: 0,
		payment_qr_code: 1,
		payment_connect_wallet: 1,
		payment_tron_link: chain === 'TRON' ? 1 : 0,
		min_payment_amount: '0',
		max_payment_amount: '0',
	};
}

function callbackMessage(
	event: CheckoutEvent<Details>,
	quality: CallbackQuality,
	dialect: Reading,
): CallbackMessage {
	const secret = quality === 'forged' ? strangersSecret : appSecret;
	const content = asJson(transactionDetail(event.checkout, dialect));
	const { ciphertext, ...fields } = resourceIn(dialect, content, secret);
	const envelope = (bytes: Buffer) => ({
		...(dialect('ids') === 'there' && { app_id: appId, mch_id: merchantId }),
		create_time: event.at.toISOString(),
		resource_type: 'encrypt-resource',
		event_type: 'TRANSACTION.SUCCESS',
		resource: { ...fields, ciphertext: bytes.toString('base64') },
	});
	const genuine = envelope(ciphertext);
	const headers = {
		'Content-Type': 'application/json',
		...signed(signedPart(genuine, dialect), secret, dialect),
	};
	if (quality !== 'tampered') return { headers, body: JSON.stringify(genuine) };
	const changed = Buffer.from(ciphertext);
	changed[0] = (changed[0] ?? 0) ^ 1;
	return { headers, body: JSON.stringify(envelope(changed)) };
}

function signedPart(body: { resource: object }, dialect: Reading): string {
	const { resource } = body;
	const sorted = Object.entries(resource).sort(([left], [right]) => (left < right ? -1 : 1));
	return JSON.stringify(
		{ body, resource, sorted: Object.fromEntries(sorted) as object }[dialect('signedPart')],
	);
}

const LABELS: Readonly<Record<string, string>> = {
	gcm: 'AEAD_AES_256_GCM',
	gcmAsEcb: 'AES-256-ECB',
	ecb: 'AES-256-ECB',
};

function resourceIn(dialect: Reading, content: string, secret: string) {
	const bytes = randomBytes(12);
	const encoding = dialect('nonce');
	const nonce =
		encoding === 'text'
			? bytes.toString('hex').slice(0, 12)
			: bytes.toString(encoding as 'hex' | 'base64');
	const label = LABELS[dialect('algorithm')];
	const isAuthenticated = dialect('associatedData') === 'used';
	const fields = {
		original_type: 'transaction',
		...(label !== undefined && { algorithm: label }),
		nonce,
		...(isAuthenticated && { associated_data: 'transaction' }),
	};
	if (dialect('algorithm') === 'ecb')
		return { ...fields, ciphertext: Buffer.from(encrypted(content, secret), 'base64') };
	const cipher = createCipheriv('aes-256-gcm', secret, encoding === 'text' ? nonce : bytes);
	cipher.setAAD(Buffer.from(isAuthenticated ? 'transaction' : ''));
	const text = Buffer.concat([cipher.update(content, 'utf8'), cipher.final()]);
	return { ...fields, ciphertext: Buffer.concat([text, cipher.getAuthTag()]) };
}

const TIMES: Readonly<Record<string, (at: Date) => string>> = {
	milliseconds: (at) => String(at.getTime()),
	seconds: (at) => String(Math.floor(at.getTime() / 1000)),
	microseconds: (at) => `${at.getTime()}000`,
	iso: (at) => at.toISOString(),
};

/** The readings that are assumed. */
const assumed: Reading = (name) => dialects[name as keyof typeof dialects].default;

/** apidoc.tokenpay.me/description/signature-verification */
function signed(
	text: string,
	secret = appSecret,
	dialect: Reading = assumed,
): Record<string, string> {
	const timestamp = TIMES[dialect('time')]?.(new Date()) ?? '';
	const nonce = randomBytes(16).toString('hex');
	const prefix = dialect('headers');
	return {
		[`${prefix}-Timestamp`]: timestamp,
		[`${prefix}-Nonce`]: nonce,
		[`${prefix}-Signature`]: encrypted(`${timestamp}\n${nonce}\n${text}`, secret),
	};
}

/** An answer as the chosen readings have it. */
function inDialect(reply: ApiReply, { dialect }: Context): ApiReply {
	if (typeof reply.body !== 'string' || !reply.body.startsWith('{"code":')) return reply;
	const status = reply.refusal === undefined ? reply.status : Number(dialect('refusals'));
	if (dialect('code') === 'number') return { ...reply, status };
	const body = reply.body.replace(/^\{"code":(\d+)/, '{"code":"$1"');
	return { ...reply, status, body, headers: { ...reply.headers, ...signed(body) } };
}

function success(
	data: unknown,
	over: 'raw body' | 'content with sorted keys' = 'raw body',
): ApiReply {
	const body = asJson({
		code: 0,
		msg: 'ok',
		request_id: randomUUID(),
		...(data === undefined ? {} : { data }),
	});
	const text =
		over === 'raw body'
			? body
			: asJson(
					Object.fromEntries(
						Object.entries(data as object).sort(([left], [right]) => left.localeCompare(right)),
					),
				);
	return { status: 200, body, headers: { 'content-type': 'application/json', ...signed(text) } };
}

function refusal(code: number, msg: string, reason: string): ApiReply {
	const body = asJson({ code, msg, request_id: randomUUID() });
	return {
		status: 200,
		body,
		headers: { 'content-type': 'application/json', ...signed(body) },
		refusal: `${code}: ${reason}`,
	};
}

function unknownFields(request: object, schema: typeof createRequest): string[] {
	return Object.keys(request)
		.filter((name) => !Object.hasOwn(schema.shape, name))
		.map((name) => `unknown field: ${name}`);
}
