import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { BoundedMap } from '../core/bounded';
import { fromSmallestUnit } from '../core/decimal';
import { readJsonBody } from '../core/jsonBody';
import {
	standardActions,
	type ApiCall,
	type ApiReply,
	type CallbackMessage,
	type CallbackQuality,
	type CheckoutEvent,
	type ProviderContext,
	type SandboxCheckout,
	type SandboxProvider,
} from '../core/provider';
import {
	acknowledges,
	answered,
	dialects,
	expectedSignature,
	inWords,
	redirect,
	shaped,
	signatureHeaders,
	sortedPairs,
} from './chingchingpay/dialects';

/*
 * ChingChingPay as far as its pages can be read (apifox.com/apidoc/shared/d926d8a5-fa35-415d-8dcb-d6564b19980a:
 * api-208767284 checkout, api-201789332 link, api-219518553 query, api-219517934 refund, api-205804629 detail,
 * api-322476418 and api-322478080 settlements, folder-34819081 overview). `inferred` lists what they leave open. Every
 * word that begins with SBX is made up. It shares no code with the package, so that it can judge the package.
 */

const signingSecret = 'chingchingpay-sandbox-not-a-secret';
const strangersSecret = 'somebody-who-only-guesses-secrets';
const merchantId = 'M_SANDBOX';

/**
 * The readable pages do not say how to sign. Each key wants another way, so that a tester can play
 * the merchant who searches for the right one.
 */
const schemes: Record<string, (body: string) => string> = {
	'chingchingpay-sandbox-not-a-real-key': (body) =>
		createHmac('sha256', signingSecret).update(body).digest('hex'),
	'chingchingpay-sandbox-pairs-in-base64': (body) =>
		createHmac('sha256', signingSecret)
			.update(sortedPairs({ body, target: '' }))
			.digest('base64'),
	'chingchingpay-sandbox-the-only-key': (body) =>
		createHmac('sha256', 'chingchingpay-sandbox-the-only-key')
			.update(body)
			.digest('hex')
			.toUpperCase(),
};
const [apiKey = ''] = Object.keys(schemes);

const statusWords: Record<SandboxCheckout['status'], string> = {
	open: 'SBX_OPEN',
	pending: 'SBX_OPEN',
	authorized: 'SBX_OPEN',
	paid: 'SBX_PAID',
	failed: 'SBX_FAILED',
	canceled: 'SBX_CANCELED',
	expired: 'SBX_EXPIRED',
	refunded: 'SBX_PAID',
};

interface Details {
	readonly channelId: number;
	readonly paymentReference: string;
	readonly deviceId: string;
	readonly storeId: string;
	readonly expiresAt: string | undefined;
	refundedUnits: number;
}

interface Refund {
	readonly transactionId: string;
	readonly reference: string;
	readonly originalReference: string;
	readonly originalPaymentReference: string;
	readonly units: number;
	readonly currency: string;
	readonly description: string;
	readonly createdAt: Date;
}

interface State {
	readonly refunds: BoundedMap<string, Refund>;
	/** What the query was asked for since it changed */
	readonly asked: BoundedMap<string, true>;
}

type Context = ProviderContext<State, Details>;

const text = z.string({ required_error: 'is required', invalid_type_error: 'must be a string' });
const filledText = text.min(1, 'must not be empty');
const webAddress = text.refine(
	(url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol),
	'must be an absolute http or https address',
);
const integer = z
	.number({ required_error: 'is required', invalid_type_error: 'must be an integer' })
	.int('must be an integer')
	.safe('must be an integer');
const jsonText = text.refine((value) => isJsonObject(value), 'must be the JSON text of an object');
const timestamp = text.regex(/^\d{10}(\d{3})?$/, 'must be a timestamp');

const orderFields = {
	callback_url: webAddress.optional(),
	cancel_url: webAddress.optional(),
	complete_url: webAddress.optional(),
	description: text.optional(),
	device_id: text.optional(),
	expires_at: timestamp.optional(),
	merchant_id: filledText.refine((id) => id === merchantId, "is not the sandbox's merchant"),
	store_id: text.optional(),
};
const checkoutRequest = z
	.object({
		...orderFields,
		amount: integer.min(10, 'must be 10 or more').optional(),
		channel_id: integer,
		client_ip: text.optional(),
		currency: z.enum(['HKD', 'CNY'], { message: 'must be HKD or CNY' }).optional(),
		merchant_reference: filledText.optional(),
		payment_id: filledText.optional(),
		payment_method: filledText,
		payment_method_option: jsonText.optional(),
		transaction_type: z.enum(['sale', 'refund', 'command'], {
			message: 'must be sale, refund or command',
		}),
	})
	.passthrough()
	.superRefine((request, context) => {
		const needs = (field: 'amount' | 'currency' | 'merchant_reference', when: string) => {
			if (request[field] === undefined)
				context.addIssue({ code: 'custom', path: [field], message: `is required ${when}` });
		};
		if (request.payment_id === undefined) {
			needs('merchant_reference', 'when payment_id is empty');
			if (request.transaction_type === 'sale') {
				needs('amount', 'for a new sale');
				needs('currency', 'for a new sale');
			}
		}
	});
const linkRequest = z
	.object({
		...orderFields,
		amount: integer.min(1, 'must be 1 or more'),
		currency: filledText,
		merchant_reference: filledText,
		payment_type: z.enum(['link', 'checkout'], { message: 'must be link or checkout' }).optional(),
	})
	.passthrough();
const queryRequest = z
	.object({ merchant_reference: filledText.optional(), transaction_id: filledText.optional() })
	.passthrough()
	.refine((query) => query.merchant_reference !== undefined || query.transaction_id !== undefined, {
		message: 'or transaction_id is required',
		path: ['merchant_reference'],
	});
const refundRequest = z
	.object({
		amount: integer.min(1, 'must be 1 or more'),
		callback_url: webAddress.optional(),
		currency: filledText,
		description: text.optional(),
		merchant_reference: filledText,
		original_merchant_reference: filledText.optional(),
		transaction_id: filledText.optional(),
		transaction_type: z.literal('refund', { message: 'must be refund' }),
	})
	.passthrough()
	.refine(
		(refund) =>
			refund.original_merchant_reference !== undefined || refund.transaction_id !== undefined,
		{ message: 'or transaction_id is required', path: ['original_merchant_reference'] },
	);
const autodebitOption = z.object({
	state: filledText,
	merchant_agreement_id: filledText,
	redirect_url: webAddress,
});

const settlements = Array.from({ length: 120 }, (_each, index) => ({
	settlement_id: `SBX${String(index + 1).padStart(4, '0')}`,
	amount: 1000 + index,
	currency: 'HKD',
	is_transferred: index % 2 === 0,
	created_at: 1_767_225_600 + index * 86_400,
}));

/** The ten objects of api-208767284 by name, with made-up content. */
const nextActions: Record<string, (url: string) => Record<string, unknown>> = {
	redirect_to_url: (url) => ({ http_method: 'GET', params: '', url }),
	display_qr_code: (url) => ({ qr_code: url, url }),
	alipay_mobile_security_pay: () => ({ order_str: 'app_id=sandbox&method=made.up' }),
	alipay_auto_debit: () => ({
		access_token: 'made-up',
		auth_site_user_id: 'made-up',
		expires_in: '3600',
		re_expires_in: '7200',
		refresh_token: 'made-up',
		token_status: 'SBX_ACTIVE',
	}),
	crypto_payment: () => ({
		amount: 1000,
		contract_id: 'made-up',
		expiration: 3600,
		fee_rate: 0,
		memo: '',
		merchant_address: 'made-up',
		token_id: 'made-up',
		tx_id: '',
	}),
	wechat_inapp_payment: () => ({
		app_id: 'wx-made-up',
		nonce_str: 'made-up',
		package: 'Sign=WXPay',
		partner_id: 'made-up',
		pay_sign: 'made-up',
		prepay_id: 'made-up',
		time_stamp: '1767225600',
	}),
	wechat_jsapi_payment: () => wechatPackage(),
	wechat_pay_in_mini_program: () => wechatPackage(),
	wechat_official_account_auth_code: () => ({ auth_code: 'made-up' }),
	wechat_official_account_openid: () => ({ openid: 'made-up' }),
};

const operations: SandboxProvider<State, Details>['operations'] = [
	{
		operation: 'create',
		method: 'POST',
		path: '/gateway/api/v1/payments/checkout',
		handle: withBody(checkoutRequest, (request, call, context) => {
			if (request.transaction_type === 'refund')
				return refusal(200, 40001, 'The sandbox makes refunds by transactions/refund only.');
			if (request.transaction_type === 'command') return command(request);
			if (request.payment_id !== undefined) {
				const existing = context.checkouts.get(request.payment_id);
				if (existing === undefined) return refusal(200, 40400, 'payment not found');
				return existing.status === 'open'
					? created(existing, request.payment_method, context)
					: refusal(200, 40002, 'payment is not open');
			}
			const taken = referenceTaken(request.merchant_reference ?? '', context);
			if (taken !== undefined) return taken;
			const checkout = add(request, checkoutRequest._def.schema.shape, call, context);
			return created(checkout, request.payment_method, context);
		}),
	},
	{
		operation: 'createLink',
		method: 'POST',
		path: '/gateway/api/v1/payments/link',
		handle: withBody(linkRequest, (request, call, context) => {
			const taken = referenceTaken(request.merchant_reference, context);
			if (taken !== undefined) return taken;
			const checkout = add(request, linkRequest.shape, call, context);
			return success({
				merchant_reference: checkout.reference,
				payment_id: checkout.checkoutId,
				payment_link: context.cashierUrl(checkout.checkoutId),
				status: statusWords[checkout.status],
			});
		}),
	},
	{
		operation: 'query',
		method: 'POST',
		path: '/gateway/api/v1/payments/transactions/query',
		handle: withBody(queryRequest, (query, _call, context) => {
			const { checkouts, state, dialect } = context;
			const checkout = find(query.merchant_reference, query.transaction_id, checkouts);
			if (checkout !== undefined) {
				const known = whatQueryKnows(checkout, context);
				return known === undefined
					? refusal(200, 40400, 'transaction not found')
					: success(inWords(dialect, transaction(known)));
			}
			const refund = state.refunds
				.values()
				.find(
					(each) =>
						each.reference === query.merchant_reference ||
						each.transactionId === query.transaction_id,
				);
			return refund === undefined
				? refusal(200, 40400, 'transaction not found')
				: success(inWords(dialect, refundTransaction(refund)));
		}),
	},
	{
		operation: 'refund',
		method: 'POST',
		path: '/gateway/api/v1/payments/transactions/refund',
		handle: withBody(refundRequest, (request, _call, context) => {
			const checkout = find(
				request.original_merchant_reference,
				request.transaction_id,
				context.checkouts,
			);
			if (checkout === undefined) return refusal(200, 40400, 'original transaction not found');
			if (checkout.status !== 'paid')
				return refusal(200, 40003, 'original transaction is not paid');
			if (request.currency !== checkout.currency)
				return refusal(200, 40004, `currency must be ${checkout.currency}`);
			const left = unitsOf(checkout.paidAmount ?? checkout.amount) - checkout.details.refundedUnits;
			if (request.amount > left)
				return refusal(200, 40005, `amount is more than the ${left} that are left`);
			const taken = referenceTaken(request.merchant_reference, context);
			if (taken !== undefined) return taken;
			const refund: Refund = {
				transactionId: `SBXT${randomUUID()}`,
				reference: request.merchant_reference,
				originalReference: checkout.reference ?? '',
				originalPaymentReference: checkout.details.paymentReference,
				units: request.amount,
				currency: checkout.currency,
				description: request.description ?? '',
				createdAt: new Date(),
			};
			checkout.details.refundedUnits += request.amount;
			context.state.refunds.set(refund.reference, refund);
			context.tell(checkout, 'refunded', {
				callbackUrl: request.callback_url ?? null,
				details: { refund },
			});
			return success(inWords(context.dialect, refundTransaction(refund)));
		}),
	},
	{
		operation: 'detail',
		method: 'GET',
		path: '/gateway/api/v1/payments/detail/:paymentId',
		handle({ params }, { checkouts }) {
			const checkout = checkouts.get(params.paymentId ?? '');
			return checkout === undefined
				? refusal(200, 40400, 'payment not found')
				: success(detail(checkout));
		},
	},
	{
		operation: 'settlements',
		method: 'GET',
		path: '/gateway/api/v1/settlements',
		handle({ query }) {
			const numbers = {
				page: query.get('page') ?? '1',
				page_size: query.get('page_size') ?? '20',
			};
			for (const [name, value] of Object.entries(numbers)) {
				if (!/^[1-9]\d{0,5}$/.test(value))
					return refusal(200, 40000, `${name}: must be a whole number above zero`);
			}
			const size = Math.min(Number(numbers.page_size), 100);
			const wanted = settlements.filter(
				({ is_transferred }) =>
					!query.has('is_transferred') || String(is_transferred) === query.get('is_transferred'),
			);
			const start = (Number(numbers.page) - 1) * size;
			return success({ list: wanted.slice(start, start + size), total: wanted.length });
		},
	},
	{
		operation: 'downloadSettlement',
		method: 'GET',
		path: '/gateway/api/v1/settlements/:settlementId/download',
		handle({ params }) {
			const settlement = settlements.find(
				({ settlement_id }) => settlement_id === params.settlementId,
			);
			if (settlement === undefined) return refusal(200, 40400, 'settlement not found');
			const headers = {
				'content-type': 'text/csv; charset=utf-8',
				'content-disposition': `attachment; filename="${settlement.settlement_id}.csv"`,
			};
			return {
				status: 200,
				headers,
				body: `settlement_id,amount,currency\n${settlement.settlement_id},${settlement.amount},${settlement.currency}\n`,
			};
		},
	},
];

export const provider: SandboxProvider<State, Details> = {
	name: 'chingchingpay',
	displayName: 'ChingChingPay',

	credential: (providerUrl) => ({
		type: 'chingChingPayApi',
		name: 'ChingChingPay (sandbox)',
		data: {
			environment: 'custom',
			baseUrl: `${providerUrl}/gateway`,
			apiKey,
			signingSecret,
			signingSecretPrevious: '',
			merchantId,
			callbackProof: 'signatureAndProvider',
			paidValues: statusWords.paid,
		},
		choices: { environment: 'Custom', callbackProof: 'Check the Signature and Ask ChingChingPay' },
	}),

	newState: () => ({ refunds: new BoundedMap(20_000), asked: new BoundedMap(20_000) }),

	authenticate(call, context) {
		const reply = authenticate(call, context);
		return reply && answered(context.dialect, reply);
	},

	wrongKey: () => refusal(401, 40103, 'invalid api key'),

	operations: operations.map((operation) => ({
		...operation,
		handle: async (call, context) =>
			answered(context.dialect, await operation.handle(call, context)),
	})),

	actions: standardActions,

	callbacks: {
		compose: (event, quality, { url }, { dialect }) =>
			message(inWords(dialect, callbackBody(event)), { quality, url, dialect }),
		acknowledged: ({ status, body }, { dialect }) =>
			status >= 200 && status < 300 && acknowledges(dialect, body),
		redeliveryGapsMilliseconds: [],
	},

	report: ({ state }) => ({
		refunds: state.refunds.values().map(({ reference, originalReference, units, currency }) => ({
			reference,
			originalReference,
			amount: fromSmallestUnit(units, currency),
			currency,
		})),
	}),

	dialects,

	inferred: [
		`A request is signed as chosen, with the signing secret. The key "${Object.keys(schemes)[1]}" wants base64 over the sorted pairs, "${Object.keys(schemes)[2]}" upper-case hexadecimal with the API key itself.`,
		'A missing or wrong key or signature is HTTP 401. All codes and messages are made up.',
		'Every status, result and settlement is made up; such words begin with SBX.',
		'A new sale needs amount, currency and merchant_reference; a reference can be used once.',
		"The query answers with payment_id, status, transaction_id and transaction_type behind the readable fields, and with the refund where the number is a refund's.",
		`The payment methods ${nextActionMethods().join(', ')} give the other kinds of next_action.`,
		'A callback is a POST with the names of the query, delivered once, and acknowledged by 2xx and a text. One is sent when a payment is paid, canceled or expired, and when a refund is made.',
		'Refunds succeed at once, in part too; the refunded payment keeps its status.',
		'expires_at is Unix seconds (10 digits) or milliseconds (13 digits).',
		'Settlements are listed under data.list, 100 a page at the most, pages counted from 1; the file is CSV.',
		'Only one command is played: HK_ALIPAY_AUTODEBIT_PREPARE, which gives a redirect.',
	],
};

function authenticate(call: ApiCall, { dialect }: Context): ApiReply | undefined {
	const key = call.headers['x-api-key'] ?? '';
	const signature = call.headers['x-signature'] ?? '';
	if (key === '') return refusal(401, 40100, 'x-api-key is missing');
	if (!Object.hasOwn(schemes, key)) return refusal(401, 40103, 'invalid api key');
	if (signature === '') return refusal(401, 40101, 'x-signature is missing');
	const body = call.rawBody.toString('utf8');
	const message = {
		method: call.method,
		target: call.target,
		body,
		apiKey: key,
		secret: signingSecret,
	};
	// The other keys stand for a way of their own.
	const expected =
		key === apiKey
			? expectedSignature(dialect, call.headers, message)
			: { signature: schemes[key]?.(body) ?? '' };
	if ('problem' in expected) return refusal(401, 40104, expected.problem);
	if (sameText(signature, expected.signature)) return undefined;
	return {
		...refusal(401, 40102, 'invalid signature'),
		refusal: `x-signature is "${signature}"; over the ${call.rawBody.length} bytes that arrived it must be "${expected.signature}".`,
	};
}

/** At the first question after the payer has done something it may be behind. */
function whatQueryKnows(
	checkout: SandboxCheckout<Details>,
	{ state, dialect }: Context,
): SandboxCheckout<Details> | undefined {
	const change = `${checkout.checkoutId} ${checkout.status}`;
	const isBehind =
		dialect('queryKnows') !== 'atOnce' &&
		checkout.status !== 'open' &&
		state.asked.get(change) === undefined;
	state.asked.set(change, true);
	if (!isBehind) return checkout;
	return dialect('queryKnows') === 'open' ? { ...checkout, status: 'open' } : undefined;
}

/** A handler for a JSON request of this shape. */
function withBody<Request>(
	shape: z.ZodType<Request, z.ZodTypeDef, unknown>,
	handle: (request: Request, call: ApiCall, context: Context) => ApiReply,
) {
	return (call: ApiCall, context: Context): ApiReply => {
		const body = readJsonBody(call);
		if (!body.ok) return refusal(200, 40000, body.problem);
		const parsed = shape.safeParse(body.value);
		if (parsed.success) return handle(parsed.data, call, context);
		return refusal(
			200,
			40000,
			parsed.error.issues
				.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
				.join('; '),
		);
	};
}

function success(data: unknown): ApiReply {
	return { status: 200, body: { code: 0, data, message: 'success' } };
}

function refusal(status: number, code: number, words: string): ApiReply {
	return { status, body: { code, data: {}, message: words }, refusal: words };
}

type OrderRequest = z.infer<z.ZodObject<typeof orderFields>> & {
	amount?: number;
	currency?: string;
	merchant_reference?: string;
	channel_id?: number;
} & Record<string, unknown>;

function add(
	request: OrderRequest,
	known: z.ZodRawShape,
	call: ApiCall,
	{ checkouts }: Context,
): SandboxCheckout<Details> {
	const { amount: units = 0, currency = '' } = request;
	return checkouts.add({
		checkoutId: `SBXP${randomUUID()}`,
		paymentId: `SBXT${randomUUID()}`,
		reference: request.merchant_reference ?? null,
		amount: fromSmallestUnit(units, currency),
		currency,
		description: request.description ?? '',
		callbackUrl: request.callback_url ?? null,
		successUrl: request.complete_url ?? null,
		cancelUrl: request.cancel_url ?? null,
		expiresAt:
			request.expires_at === undefined
				? null
				: new Date(Number(request.expires_at.padEnd(13, '0'))),
		request: JSON.parse(call.rawBody.toString('utf8')),
		remarks: unknownFields(request, known),
		details: {
			channelId: request.channel_id ?? 1,
			paymentReference: `SBXU${randomUUID()}`,
			deviceId: request.device_id ?? '',
			storeId: request.store_id ?? '',
			expiresAt: request.expires_at,
			refundedUnits: 0,
		},
	});
}

function created(
	checkout: SandboxCheckout<Details>,
	method: string,
	{ cashierUrl, dialect }: Context,
): ApiReply {
	return success({
		merchant_reference: checkout.reference,
		message: '',
		next_action: nextAction(method, cashierUrl(checkout.checkoutId), dialect),
		payment_id: checkout.checkoutId,
		payment_reference: checkout.details.paymentReference,
		result: 'SBX_ACCEPTED',
		transaction_id: checkout.paymentId,
		transaction_type: 'sale',
	});
}

function wechatPackage(): Record<string, unknown> {
	return {
		app_id: 'wx-made-up',
		nonce_str: 'made-up',
		package: 'prepay_id=made-up',
		pay_sign: 'made-up',
		sign_type: 'RSA',
		time_stamp: '1767225600',
	};
}

function methodOf(name: string): string {
	return `SBX_${name.toUpperCase()}`;
}

function nextActionMethods(): string[] {
	return Object.keys(nextActions).map(methodOf);
}

function nextAction(
	method: string,
	url: string,
	dialect: Context['dialect'],
): Record<string, unknown> {
	const name = Object.keys(nextActions).find((each) => methodOf(each) === method);
	return name === undefined
		? redirect(dialect, url)
		: { type: name, [name]: nextActions[name]?.(url) };
}

/** folder-34819081: the method's options, and what the wallet's redirect carries. */
function command(request: z.infer<typeof checkoutRequest>): ApiReply {
	if (request.payment_method !== 'HK_ALIPAY_AUTODEBIT_PREPARE')
		return refusal(200, 40006, 'The sandbox plays the command HK_ALIPAY_AUTODEBIT_PREPARE only.');
	const option = autodebitOption.safeParse(JSON.parse(request.payment_method_option ?? '{}'));
	if (!option.success) {
		const problems = option.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
		return refusal(200, 40000, `payment_method_option: ${problems.join('; ')}`);
	}
	const back = new URL(option.data.redirect_url);
	const parameters = {
		state: option.data.state,
		auth_site: 'ALIPAY_HK',
		merchantAgreementId: option.data.merchant_agreement_id,
		authCode: 'SBX_CODE',
	};
	for (const [name, value] of Object.entries(parameters)) back.searchParams.set(name, value);
	return success({
		merchant_reference: request.merchant_reference,
		message: '',
		next_action: {
			type: 'redirect_to_url',
			redirect_to_url: { http_method: 'GET', params: '', url: back.href },
		},
		payment_id: `SBXP${randomUUID()}`,
		payment_reference: '',
		result: 'SBX_ACCEPTED',
		transaction_id: `SBXT${randomUUID()}`,
		transaction_type: 'command',
	});
}

function referenceTaken(reference: string, { checkouts, state }: Context): ApiReply | undefined {
	const taken =
		checkouts.withReference(reference).length > 0 || state.refunds.get(reference) !== undefined;
	return taken ? refusal(200, 40007, 'merchant_reference must be unique') : undefined;
}

function find(
	reference: string | undefined,
	transactionId: string | undefined,
	checkouts: Context['checkouts'],
): SandboxCheckout<Details> | undefined {
	if (reference !== undefined) return checkouts.withReference(reference)[0];
	return transactionId === undefined ? undefined : checkouts.withPaymentId(transactionId);
}

function transaction(checkout: SandboxCheckout<Details>) {
	return {
		amount: unitsOf(checkout.paidAmount ?? checkout.amount),
		channel_id: checkout.details.channelId,
		created_at: seconds(checkout.createdAt),
		currency: checkout.currency,
		description: checkout.description,
		device_id: checkout.details.deviceId,
		extra: '',
		merchant_id: merchantId,
		merchant_reference: checkout.reference,
		original_merchant_reference: '',
		original_payment_reference: '',
		payment_id: checkout.checkoutId,
		status: statusWords[checkout.status],
		transaction_id: checkout.paymentId,
		transaction_type: 'sale',
	};
}

function refundTransaction(refund: Refund) {
	return {
		amount: refund.units,
		channel_id: 1,
		created_at: seconds(refund.createdAt),
		currency: refund.currency,
		description: refund.description,
		device_id: '',
		extra: '',
		merchant_id: merchantId,
		merchant_reference: refund.reference,
		original_merchant_reference: refund.originalReference,
		original_payment_reference: refund.originalPaymentReference,
		status: statusWords.paid,
		transaction_id: refund.transactionId,
		transaction_type: 'refund',
	};
}

function detail(checkout: SandboxCheckout<Details>) {
	return {
		callback_url: checkout.callbackUrl ?? '',
		cancel_url: checkout.cancelUrl ?? '',
		channels: [{ channel_id: checkout.details.channelId, sub_channel_id: [] }],
		complete_url: checkout.successUrl ?? '',
		created_at: seconds(checkout.createdAt),
		currency: checkout.currency,
		description: checkout.description,
		device_id: checkout.details.deviceId,
		// As documented: text in requests, an integer here.
		expires_at: Number(checkout.details.expiresAt ?? 0),
		merchant: {
			contact_email: 'shop@shop.example',
			contact_name: 'Example',
			contact_phone: '',
			merchant_id: merchantId,
			merchant_name: 'Example Shop',
			status: 1,
		},
		merchant_id: merchantId,
		merchant_reference: checkout.reference,
		payment_id: checkout.checkoutId,
		refunded_amount: checkout.details.refundedUnits,
		status: statusWords[checkout.status],
		store: { store_id: checkout.details.storeId },
	};
}

function callbackBody({
	kind,
	checkout,
	details,
}: CheckoutEvent<Details>): Record<string, unknown> {
	return kind === 'refunded'
		? refundTransaction(details.refund as Refund)
		: transaction(checkout as SandboxCheckout<Details>);
}

interface Composed {
	readonly quality: CallbackQuality;
	readonly url: string;
	readonly dialect: Context['dialect'];
}

function message(
	content: Record<string, unknown>,
	{ quality, url, dialect }: Composed,
): CallbackMessage {
	const { body: genuine, contentType } = shaped(dialect, content);
	const { pathname, search } = new URL(url);
	const signed = {
		method: 'POST',
		target: `${pathname}${search}`,
		body: genuine,
		time: String(seconds(new Date())),
		nonce: randomUUID(),
		apiKey,
		secret: quality === 'forged' ? strangersSecret : signingSecret,
	};
	const body =
		quality === 'tampered'
			? shaped(dialect, { ...content, amount: Number(content.amount) * 10 }).body
			: genuine;
	return { headers: { 'Content-Type': contentType, ...signatureHeaders(dialect, signed) }, body };
}

function sameText(left: string, right: string): boolean {
	const [one, other] = [Buffer.from(left), Buffer.from(right)];
	return one.length === other.length && timingSafeEqual(one, other);
}

function isJsonObject(value: string): boolean {
	try {
		const parsed: unknown = JSON.parse(value);
		return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
	} catch {
		return false;
	}
}

function unknownFields(request: object, known: z.ZodRawShape): string[] {
	return Object.keys(request)
		.filter((name) => !Object.hasOwn(known, name))
		.map((name) => `unknown field: ${name}`);
}

/** The store keeps decimal text with the currency's own number of decimals. */
function unitsOf(amount: string): number {
	return Number(amount.replace('.', ''));
}

function seconds(at: Date): number {
	return Math.floor(at.getTime() / 1000);
}
