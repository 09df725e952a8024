import {
	constants,
	createHash,
	createHmac,
	createPrivateKey,
	createPublicKey,
	createSign,
	generateKeyPairSync,
	randomInt,
	randomUUID,
	type KeyObject,
} from 'node:crypto';
import { isIP } from 'node:net';
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
	type Dialect,
	type ProviderContext,
	type SandboxCheckout,
	type SandboxOperation,
	type SandboxProvider,
} from '../core/provider';

/*
 * EFundPay as its pages describe it (docs.efundflow.com: overview, transactions/checkout, transactions/create,
 * transactions/get, transactions/list, refunds/create, refunds/get, refunds/list, pagination,
 * webhooks/payment-webhooks, webhooks/refund-webhooks, webhooks/signatures). It shares no code with the package, so
 * that it can judge the package.
 */

const secretKey = 'sk_test_efundpay_sandbox_not_a_real_key';
const merchantAccountId = 'default';

/** Made for this file only. The key is public, so never trust what it signs. */
const platformPrivateKey = createPrivateKey({
	key: Buffer.from(
		[
			'MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCzr8OewR7iOfwrNyaLLx1jl7++YUOMdwIdhIrY',
			'dhfGeMUS/HW6ES1wVusj7QxYbQvtW+crO7PACoApjIlZbReMANIofJfujGWDmFW9UiQ491wYenQ6jxRBx5VZxRXb',
			'+dWA5qBfqi0Ag/zltw7ChTiEk42WYjMhGl17FdWD4wJ3q3F1kUpDjTLou9N4bW6RJtOVfT5uwsNLe0WH5rDtH5e0',
			'/D523ZL/YHoYxUyiaL6MrjLiXNDWYFTHe+L4TBrYZBXgFehrhtn7qCNQIobn2UStm+n2bGlC+qgteQsibbDTbhSU',
			'4vVuZxgGlU0P8jCMQC7UKxpkJd6Mb9mqYv6zxHc/AgMBAAECggEADjK8v94drR2M1fNZKdVSuqxie84essoykheH',
			'ixwlu8qOM/Zb7RRvZTmRAfk4qQIQ17QT26Avj2SlBON0dOsAWdE0yfsyXCie2tueJsQHVbMCBXMjnP7ySFJXdEz0',
			'8blXjARtNrHxNWG4iYRB98/kC+HG5dOjm6GEMnYitXWqG79/2SWhtz0lwUxQJNfrqEzOk9tBtiqdJcc6+PCSzbjX',
			'iT8675cydu8B7L7n7d88gAgd/6f6oFHut+tMzacactrovIOAagTvwzhcBmkWGkMfPy283p9mavst+WaFKUKSI4Qy',
			'Z8OIxO6JjtMPgKYEVtILCsFMYN+TNmIVllum3IIELQKBgQDigQuBlZ9Vfc9MrjDxJ6fEhziP/ImaZHYIjGXqWYXF',
			'VhhLz4MAM3MrXeFpTGEM7ODXTUvvDUIa7fYZvtIaoxNMWpVC/6WX+0XpPSWT3ymveBpZtr5LTCbWTONWw13ovSG3',
			'QUHDVdVjTtaoZQwzO3c9D/mCprDHX7a8g4Z1Foze2wKBgQDLFfdq250v4NLMYw/ZkrPJl1w1jmjys7zNpWJ8ECuX',
			'4myaMsdznwqOMTi8Hscv8UpNuhgPkpA/DDeq36hRCWyXBvx1yiKr2/GmntWsJsGNVX3N07/2DRfYRnI7VxdTUSJf',
			'jZ6/PCwLA3+MPHvm+pm9mPh2u825OakS2PCY7l78bQKBgDQuOnJd/9j4JNurfYbw9ctmw3cYXLL+1dpeTdRRT2oI',
			'zYwZgDp5n9yrwhQ6Dlml8J5pJkcqLMJ7c6i2tzx/uSBr9dr7fjCnKJH1DkUksjvEVX25hdle78uK5wzD8Ux+1deb',
			'5wSTL5ezP+yHauoalvuwRHD+6dbki/qd6knrKgTlAoGAAOubkG9oWfQx4F0+kCTbDbnS4CdCEH+CBoiOVrOYDvsm',
			'tNgwETUSTiyo7ilRi8UTKiECxOdMIg0DH5Id6Cgbxt9wO3RsDc1UXgXwP/R5AhP2Gv2vrATJK+C92cj+QRFoD3jL',
			'1GAIbxBX/qGzigtusO5Fifw15XX+byhuhrLl2U0CgYBSdG4xCpzsjkqT2x3o+vBWtJxZSXFwEJqO+81kYL/WuSFi',
			'KLC9g62+7SROnZvuagCuw3NN0XE+Dvw0tTOsQcx3ZCmwBrPc9B9uRl2wIreegaNwKIe6nZx0Wy8PJ4jLCU+OZvCm',
			'goXJ0jgqBgZsGz+Hisq7cz5RsNxVBPguL+HTTQ==',
		].join(''),
		'base64',
	),
	format: 'der',
	type: 'pkcs8',
});
const platformPublicKey = createPublicKey(platformPrivateKey)
	.export({ type: 'spki', format: 'der' })
	.toString('base64');
let madeForStrangers: KeyObject | undefined;
const strangersPrivateKey = () =>
	(madeForStrangers ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);

/** The documented sample is 300 seconds; a person trying the sandbox needs longer. */
const linkLifetimeSeconds = 3600;
const idempotencyCapacity = 20_000;
const refundCapacity = 20_000;
/** The card that is declined, since no page names test cards. */
const declinedCard = '4000000000000002';

interface Refund {
	readonly id: string;
	readonly llTransactionId: string;
	readonly checkoutId: string;
	readonly amount: number;
	readonly currency: string;
	readonly reason: string;
	readonly reference: string;
	readonly createdAt: Date;
	status: 'processing' | 'succeeded';
}

interface State {
	/** By idempotency key: the hash of the request, and the reply */
	readonly answered: BoundedMap<string, { readonly asked: string; readonly reply: ApiReply }>;
	readonly refunds: BoundedMap<string, Refund>;
}

interface Details {
	readonly kind: 'checkout' | 'transaction';
	readonly units: number;
	readonly method: string;
	readonly card: { readonly bin: string; readonly expirationDate: string } | null;
	readonly country: string | null;
	readonly buyer: unknown;
	readonly cartItems: unknown;
	readonly errorCode: string | null;
	/** 16 digits. Callbacks carry it, but no call looks a payment up by it. */
	readonly llTransactionId: string;
	refundedUnits: number;
}

type Context = ProviderContext<State, Details>;

const text = z.string({ required_error: 'is required', invalid_type_error: 'must be a string' });
const filled = text.min(1, 'must not be empty');
const webAddress = filled.refine(
	(url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol),
	'must be an absolute URL',
);
const minorUnits = z
	.number({ required_error: 'is required', invalid_type_error: 'must be an integer' })
	.int('must be an integer');
const anyObject = z.record(z.unknown(), {
	required_error: 'is required',
	invalid_type_error: 'must be an object',
});
const cartItem = z
	.object({
		name: filled,
		quantity: minorUnits.min(1, 'must be at least 1'),
		unit_amount: minorUnits.min(0, 'must not be negative'),
	})
	.passthrough();
const card = {
	number: text.regex(/^\d{12,19}$/, 'must be digits'),
	expiration_date: text.regex(/^(0[1-9]|1[0-2])\/\d\d$/, 'must be MM/YY'),
	security_code: text.regex(/^\d{3,4}$/, 'must be 3 or 4 digits'),
};
const paymentMethod = z
	.object(
		{ method: filled, redirect_url: webAddress.optional(), webhooks_url: webAddress.optional() },
		{ required_error: 'is required', invalid_type_error: 'must be an object' },
	)
	.passthrough()
	.superRefine((method, context) => {
		const found = method.method === 'card' ? z.object(card).safeParse(method) : undefined;
		for (const issue of found?.error?.issues ?? []) context.addIssue(issue);
	});

const orderFields = {
	amount: minorUnits.min(100, 'must be at least 100').max(99_999_999, 'must be at most 99999999'),
	currency: text.length(3, 'must have 3 letters').regex(/^[A-Z]*$/, 'must be capital letters'),
	external_identifier: filled.max(64, 'must have at most 64 characters'),
	country: text.regex(/^[A-Z]{2}$/, 'must be two capital letters').nullish(),
	billing_details: anyObject.nullish(),
	shipping_details: anyObject.nullish(),
	metadata: anyObject.nullish(),
};
const checkoutRequest = z
	.object(
		{
			...orderFields,
			redirect_url: webAddress,
			webhooks_url: webAddress,
			cancel_url: webAddress.optional(),
			buyer: anyObject,
			cart_items: z.array(cartItem).nullish(),
		},
		{ invalid_type_error: 'must be an object' },
	)
	.passthrough();
const transactionRequest = z
	.object(
		{
			...orderFields,
			payment_method: paymentMethod.nullable(),
			buyer: anyObject.nullish(),
			cart_items: z.array(cartItem, { required_error: 'is required' }).nullable(),
			browser_info: anyObject.nullish(),
		},
		{ invalid_type_error: 'must be an object' },
	)
	.passthrough()
	.refine(
		({ payment_method: method, buyer }) =>
			method === null || method.method === 'card' || (buyer !== null && buyer !== undefined),
		{ message: 'is required with this payment method', path: ['buyer'] },
	);
const refundRequest = z
	.object(
		{
			amount: minorUnits.min(1, 'must be at least 1'),
			currency: text.length(3, 'must have 3 letters'),
			reason: filled.max(255, 'must have at most 255 characters'),
			external_identifier: filled.max(50, 'must have at most 50 characters'),
			webhooks_url: webAddress,
			bank_detail: z
				.object({
					bank_code: text.regex(/^\d{3}$/, 'must be 3 digits'),
					bank_account_name: filled,
					bank_account_no: text.regex(/^\d+$/, 'must be digits'),
				})
				.nullish(),
		},
		{ invalid_type_error: 'must be an object' },
	)
	.passthrough();

/** What EFundPay's pages leave open, and what it may be instead. */
const dialects = {
	linkName: {
		label: "Name of the payer's link in an answer",
		readings: {
			payment_url_link: 'payment_url_link, as on the pages of other calls',
			payment_url: "payment_url, as in LianLian's SDK",
			approval_url: "approval_url, as in Gr4vy's API",
		},
		default: 'payment_url_link',
	},
	linkPlace: {
		label: 'Where the link stands in the answer to a create',
		readings: {
			details: 'in payment_method.details',
			method: 'in payment_method',
			top: 'beside the other fields',
		},
		default: 'details',
	},
	cartItems: {
		label: 'A checkout without cart_items',
		readings: { optional: 'is taken', required: 'is refused' },
		default: 'optional',
	},
	merchantAccount: {
		label: 'A request without x-merchant-account-id',
		readings: { required: 'is refused', optional: 'is taken' },
		default: 'required',
	},
	createPath: {
		label: 'Path of a direct payment',
		readings: { both: 'both documented ones', transactions: '/transactions alone' },
		default: 'both',
	},
	capturedStatus: {
		label: 'Last status of a paid transaction',
		readings: {
			capture_succeeded: 'capture_succeeded',
			authorization_succeeded: 'authorization_succeeded',
		},
		default: 'capture_succeeded',
	},
	query: {
		label: 'What a transaction that was paid just now is when it is looked up',
		readings: { known: 'paid', behind: 'not paid yet', unknown: 'not there (HTTP 404)' },
		default: 'known',
	},
	callbackEvents: {
		label: 'What callbacks are sent for',
		readings: {
			success: 'a payment and a refund that succeeded',
			all: "canceled and expired checkouts too, with LianLian's codes PC and PF",
			bare: 'the same, of those only IDs and code',
		},
		default: 'success',
	},
	paidCode: {
		label: 'Code of a payment that succeeded',
		readings: { PS: 'PS, as documented', SETTLED: 'SETTLED' },
		default: 'PS',
	},
	amounts: {
		label: 'The amount of a payment in a callback',
		readings: {
			text: 'text in major units, as documented',
			number: 'a number in major units',
			smallest: 'a number of the smallest unit',
		},
		default: 'text',
	},
	refundAmounts: {
		label: 'The amount of a refund in a callback',
		readings: { smallest: 'a number of the smallest unit', major: 'a number in major units' },
		default: 'smallest',
	},
	ids: {
		label: "EFundPay's number in a callback",
		readings: { text: 'text, as documented', number: 'a number' },
		default: 'text',
	},
	signatureHash: {
		label: "Hash of a callback's signature",
		readings: { 'RSA-SHA1': 'SHA-1', 'RSA-SHA256': 'SHA-256' },
		default: 'RSA-SHA1',
	},
	signedText: {
		label: "Text that a callback's signature covers",
		readings: { canonical: 'the sorted fields', rawBody: 'the body as it is sent' },
		default: 'canonical',
	},
	signature: {
		label: "Kind of a callback's signature",
		readings: {
			rsa: 'RSA in base64, as documented',
			hex: 'RSA in hexadecimal',
			pss: 'RSA-PSS in base64',
			hmac: "an HMAC of the secret key over the fields without separators, as in LianLian's SDK",
		},
		default: 'rsa',
	},
	errors: {
		label: 'Where the words of a refusal stand',
		readings: {
			message: '{"message": "…", "code": "…"}',
			msg: '{"code": "…", "msg": "…"}',
			nested: '{"error": {"message": "…"}}',
		},
		default: 'message',
	},
	wrongKey: {
		label: 'A wrong key',
		readings: { unauthorized: 'HTTP 401', forbidden: 'HTTP 403' },
		default: 'unauthorized',
	},
	wrongRequest: {
		label: 'A wrong request',
		readings: { badRequest: 'HTTP 400', unprocessable: 'HTTP 422' },
		default: 'badRequest',
	},
} satisfies Record<string, Dialect>;

export const provider: SandboxProvider<State, Details> = {
	name: 'efundpay',
	displayName: 'EFundPay',

	credential: (providerUrl) => ({
		type: 'eFundPayApi',
		name: 'EFundPay (sandbox)',
		data: {
			environment: 'custom',
			baseUrl: `${providerUrl}/v4`,
			secretKey,
			merchantAccountId,
			platformPublicKey,
			platformPublicKeyPrevious: '',
		},
		choices: { environment: 'Custom' },
	}),

	newState: () => ({
		answered: new BoundedMap(idempotencyCapacity),
		refunds: new BoundedMap(refundCapacity),
	}),

	// docs.efundflow.com/overview
	authenticate(call, context) {
		const refusal = keyProblem(call, context);
		return refusal && inDialect(refusal, context);
	},

	wrongKey: () => wrongKey,

	unmatched: (call) =>
		refused(
			404,
			'Not found',
			'not_found',
			`${call.method} ${call.providerTarget} is not a documented call; every path begins with /v4.`,
		),

	operations: inEachDialect([
		{
			// docs.efundflow.com/transactions/checkout
			operation: 'create',
			method: 'POST',
			path: '/v4/checkout/payments',
			handle: (call, context) => once(call, context.state, () => createCheckout(call, context)),
		},
		// docs.efundflow.com/transactions/create names both paths.
		...['/v4/transactions/payments', '/v4/transactions'].map((path) => ({
			operation: 'createTransaction',
			method: 'POST' as const,
			path,
			handle: (call: ApiCall, context: Context) =>
				path.endsWith('/payments') && context.dialect('createPath') === 'transactions'
					? refused(404, 'Not found', 'not_found')
					: once(call, context.state, () => createTransaction(call, context)),
		})),
		{
			// docs.efundflow.com/transactions/get
			operation: 'getTransaction',
			method: 'GET',
			path: '/v4/transactions/:id',
			handle(call, context) {
				const checkout = context.checkouts.get(call.params.id ?? '');
				return checkout === undefined || context.dialect('query') === 'unknown'
					? noSuch('transaction', call)
					: { status: 200, body: lookedUp(checkout, context) };
			},
		},
		{
			// docs.efundflow.com/transactions/list
			operation: 'listTransactions',
			method: 'GET',
			path: '/v4/transactions',
			handle(call, context) {
				const problem = filterProblem(call.query);
				if (problem !== undefined) return refused(400, problem, 'invalid_query');
				const found = context.checkouts
					.all()
					.map((checkout, made) => ({ checkout, made, body: lookedUp(checkout, context) }))
					.filter(({ checkout, body }) => passes(call.query, checkout, body));
				// Within one millisecond, the one made last is the newest.
				found.sort(
					(left, right) =>
						right.checkout.updatedAt.getTime() - left.checkout.updatedAt.getTime() ||
						right.made - left.made,
				);
				return page(
					call.query,
					found.map(({ body }) => body),
				);
			},
		},
		{
			// docs.efundflow.com/refunds/create
			operation: 'createRefund',
			method: 'POST',
			path: '/v4/transactions/:id/refunds',
			handle: createRefund,
		},
		{
			// docs.efundflow.com/refunds/list
			operation: 'listRefunds',
			method: 'GET',
			path: '/v4/transactions/:id/refunds',
			handle(call, { state, checkouts }) {
				const checkout = checkouts.get(call.params.id ?? '');
				const problem = filterProblem(call.query);
				if (checkout === undefined) return noSuch('transaction', call);
				if (problem !== undefined) return refused(400, problem, 'invalid_query');
				const refunds = state.refunds
					.values()
					.filter(({ checkoutId }) => checkoutId === checkout.checkoutId);
				return page(
					call.query,
					refunds.reverse().map((refund) => refundObject(refund, checkout)),
				);
			},
		},
		{
			// docs.efundflow.com/zh/refunds/get
			operation: 'getRefund',
			method: 'GET',
			path: '/v4/refunds/:id',
			handle(call, { state, checkouts }) {
				const refund = state.refunds.get(call.params.id ?? '');
				const checkout = refund && checkouts.get(refund.checkoutId);
				return refund === undefined || checkout === undefined
					? noSuch('refund', call)
					: { status: 200, body: refundObject(refund, checkout) };
			},
		},
	]),

	actions: standardActions,

	callbacks: {
		// docs.efundflow.com/webhooks/payment-webhooks and /refund-webhooks describe notices of success
		// only.
		compose(event, quality, _target, context) {
			const notice =
				event.kind === 'refunded' ? refundNotice(event, context) : paymentNotice(event, context);
			return notice && message(notice, { quality, at: event.at, context });
		},
		// docs.efundflow.com/webhooks/payment-webhooks
		acknowledged({ status, body }) {
			if (status !== 200) return false;
			try {
				const { code, message: words } = JSON.parse(body) as { code?: unknown; message?: unknown };
				return code === '200' && words === 'SUCCESS';
			} catch {
				return false;
			}
		},
		redeliveryGapsMilliseconds: [],
	},

	report: ({ state, checkouts }) => ({
		refunds: state.refunds.values().map((refund) => ({
			refund: refund.id,
			transaction: refund.checkoutId,
			reference: refund.reference,
			'payment reference': checkouts.get(refund.checkoutId)?.reference ?? null,
			amount: fromSmallestUnit(refund.amount, refund.currency),
			currency: refund.currency,
			status: refund.status,
		})),
	}),

	dialects,

	inferred: [
		'A callback is delivered once; the Redeliver button sends it again. No page describes redeliveries.',
		'A callback is acknowledged by HTTP 200 with the documented body; the HTTP status is not documented.',
		'The answer to a checkout is a transaction; the page with the answer could not be read.',
		'A checkout begins as buyer_approval_pending, is buyer_approval_timeout after an hour, buyer_approval_failed when the payer gives up, and capture_succeeded when paid.',
		'A card other than the declined one waits for the payer at a link, as after 3-D Secure.',
		`No page names test cards: ${declinedCard} is declined (authorization_failed, error_code flow_decline).`,
		'The same idempotency key gives the first answer again; with another body it is a conflict (409). Refusals are not remembered.',
		'An external_identifier that is open or paid is a conflict (409); after it has failed, expired or been given up it may be used again.',
		'A foreign merchant account is refused with 403, an unknown id with 404.',
		'A list in the query of Get Many may be one value, a repeated name, or a JSON list.',
		'A cursor is opaque. Pages hold what there is at that moment.',
		'A refund is processing in the answer and succeeded right after.',
		'A partly refunded payment stays capture_succeeded; a fully refunded one becomes refund_succeeded.',
		'Paying too little or too much captures what was paid, in the callback and in amount.',
		'Fields that no page names are accepted and listed as remarks.',
	],
};

const wrongKey = refused(401, 'Invalid API key', 'unauthorized');

function keyProblem(call: ApiCall, { dialect }: Context): ApiReply | undefined {
	const { authorization } = call.headers;
	const account = call.headers['x-merchant-account-id'];
	if (authorization === undefined)
		return refused(401, 'There is no Authorization header.', 'unauthorized');
	if (!authorization.startsWith('Bearer '))
		return refused(
			401,
			'The Authorization header must be "Bearer", one space, and the secret key.',
			'unauthorized',
		);
	if (authorization !== `Bearer ${secretKey}`) return wrongKey;
	if (account === undefined || account === '')
		return dialect('merchantAccount') === 'optional'
			? undefined
			: refused(400, 'The header x-merchant-account-id is required.', 'missing_merchant_account');
	return account === merchantAccountId
		? undefined
		: refused(403, 'This key has no access to this merchant account.', 'forbidden');
}

/** Every reply as the chosen dialects have it. */
function inEachDialect(
	operations: ReadonlyArray<SandboxOperation<State, Details>>,
): Array<SandboxOperation<State, Details>> {
	return operations.map((operation) => ({
		...operation,
		handle: async (call, context) => inDialect(await operation.handle(call, context), context),
	}));
}

const envelopes: Record<string, (message: string, code: string) => unknown> = {
	msg: (msg, code) => ({ code, msg }),
	nested: (message) => ({ error: { message } }),
};
const otherStatus: Record<number, number> = { 400: 422, 401: 403 };

/** A refusal with the status and in the envelope that are chosen; everything else as it is. */
function inDialect(reply: ApiReply, { dialect }: Context): ApiReply {
	if (reply.refusal === undefined) return reply;
	const { message: words = '', code = '' } = reply.body as { message?: string; code?: string };
	const isOther =
		(reply.status === 400 && dialect('wrongRequest') === 'unprocessable') ||
		(reply.status === 401 && dialect('wrongKey') === 'forbidden');
	return {
		...reply,
		status: (isOther ? otherStatus[reply.status] : undefined) ?? reply.status,
		body: envelopes[dialect('errors')]?.(words, code) ?? reply.body,
	};
}

type Read<Value> =
	{ readonly ok: true; readonly value: Value } | { readonly ok: false; readonly refused: ApiReply };

function readRequest<Schema extends z.ZodTypeAny>(
	call: ApiCall,
	schema: Schema,
): Read<z.infer<Schema>> {
	const body = readJsonBody(call);
	if (!body.ok) return { ok: false, refused: refused(400, body.problem, 'invalid_request') };
	const parsed = schema.safeParse(body.value);
	return parsed.success
		? { ok: true, value: parsed.data as z.infer<Schema> }
		: { ok: false, refused: wrongFields(parsed.error) };
}

/**
 * A repeated request with the same idempotency-key is not processed again
 * (docs.efundflow.com/transactions/create).
 */
function once(call: ApiCall, { answered }: State, make: () => ApiReply): ApiReply {
	const key = call.headers['idempotency-key'];
	if (key === undefined) return make();
	const asked = createHash('sha256').update(call.rawBody).digest('hex');
	const before = answered.get(key);
	if (before !== undefined)
		return before.asked === asked
			? before.reply
			: refused(409, 'This idempotency-key was used for another request.', 'idempotency_conflict');
	const reply = make();
	if (reply.status < 300) answered.set(key, { asked, reply });
	return reply;
}

function createCheckout(call: ApiCall, context: Context): ApiReply {
	const read = readRequest(call, checkoutRequest);
	if (!read.ok) return read.refused;
	const request = read.value;
	if (!request.cart_items && context.dialect('cartItems') === 'required')
		return refused(400, 'cart_items: is required', 'invalid_request');
	const taken = takenReference(request.external_identifier, context);
	if (taken !== undefined) return taken;
	const checkout = store(request, context, {
		status: 'open',
		callbackUrl: request.webhooks_url,
		successUrl: request.redirect_url,
		cancelUrl: request.cancel_url ?? null,
		remarks: unknownFields(request, Object.keys(checkoutRequest.shape)),
		details: {
			kind: 'checkout',
			method: 'card',
			card: null,
			errorCode: null,
			buyer: request.buyer,
			cartItems: request.cart_items ?? null,
		},
	});
	return { status: 200, body: created(checkout, context) };
}

function buyerIpProblem({ headers }: ApiCall): ApiReply | undefined {
	const buyerIp = headers['x-forwarded-for'] ?? '';
	return isIP(buyerIp) === 0
		? refused(
				400,
				`The header X-Forwarded-For must be the buyer's IP address, not "${buyerIp}".`,
				'missing_buyer_ip',
			)
		: undefined;
}

function createTransaction(call: ApiCall, context: Context): ApiReply {
	const noBuyer = buyerIpProblem(call);
	if (noBuyer !== undefined) return noBuyer;
	const read = readRequest(call, transactionRequest);
	if (!read.ok) return read.refused;
	const request = read.value;
	const taken = takenReference(request.external_identifier, context);
	if (taken !== undefined) return taken;
	const method = request.payment_method ?? { method: 'chosen by the payer' };
	const usedCard = cardOf(method);
	const declined = usedCard?.number === declinedCard;
	const checkout = store(request, context, {
		status: declined ? 'failed' : 'open',
		callbackUrl: method.webhooks_url ?? null,
		successUrl: method.redirect_url ?? null,
		cancelUrl: null,
		remarks: unknownFields(request, Object.keys(transactionRequest._def.schema.shape)),
		details: {
			kind: 'transaction',
			method: method.method,
			card: usedCard === undefined ? null : shownCard(usedCard),
			errorCode: declined ? 'flow_decline' : null,
			buyer: request.buyer ?? null,
			cartItems: request.cart_items,
		},
	});
	return { status: 200, body: created(checkout, context) };
}

function cardOf(method: z.infer<typeof paymentMethod>) {
	return method.method === 'card'
		? { number: String(method.number), expirationDate: String(method.expiration_date) }
		: undefined;
}

const shownCard = ({ number, expirationDate }: { number: string; expirationDate: string }) => ({
	bin: number.slice(0, 6),
	expirationDate,
});

interface OrderRequest {
	readonly amount: number;
	readonly currency: string;
	readonly external_identifier: string;
	readonly country?: string | null;
	readonly cart_items?: readonly { readonly name: string; readonly quantity: number }[] | null;
}

function store(
	request: OrderRequest,
	{ checkouts }: Context,
	more: Pick<SandboxCheckout, 'status' | 'callbackUrl' | 'successUrl' | 'cancelUrl' | 'remarks'> & {
		details: Omit<Details, 'units' | 'country' | 'llTransactionId' | 'refundedUnits'>;
	},
): SandboxCheckout<Details> {
	const createdAt = new Date();
	const id = randomUUID();
	return checkouts.add({
		...more,
		checkoutId: id,
		paymentId: id,
		reference: request.external_identifier,
		amount: fromSmallestUnit(request.amount, request.currency),
		currency: request.currency,
		description: (request.cart_items ?? [])
			.map(({ name, quantity }) => `${quantity} × ${name}`)
			.join(', '),
		createdAt,
		expiresAt: new Date(createdAt.getTime() + linkLifetimeSeconds * 1000),
		request: withoutCard(request),
		details: {
			...more.details,
			units: request.amount,
			country: request.country ?? null,
			llTransactionId: longNumber(),
			refundedUnits: 0,
		},
	});
}

/** The request without its card, because the dashboard shows requests. */
function withoutCard(request: OrderRequest): unknown {
	const { payment_method: method } = request as { payment_method?: Record<string, unknown> };
	if (method?.number === undefined) return request;
	return {
		...request,
		payment_method: {
			...method,
			number: `${String(method.number).slice(0, 6)}…`,
			security_code: '…',
		},
	};
}

function takenReference(reference: string, { checkouts }: Context): ApiReply | undefined {
	const taken = checkouts
		.withReference(reference)
		.find(({ status }) => !['failed', 'canceled', 'expired'].includes(status));
	return taken === undefined
		? undefined
		: refused(
				409,
				`external_identifier "${reference}" exists already.`,
				'duplicate_external_identifier',
			);
}

function createRefund(call: ApiCall, { state, checkouts, tell }: Context): ApiReply {
	const checkout = checkouts.get(call.params.id ?? '');
	if (checkout === undefined) return noSuch('transaction', call);
	const read = readRequest(call, refundRequest);
	if (!read.ok) return read.refused;
	const request = read.value;
	const left = paidUnits(checkout) - checkout.details.refundedUnits;
	if (checkout.status !== 'paid')
		return refused(
			400,
			`Only a captured transaction can be refunded; this one is ${statusWords[checkout.status]}.`,
			'not_refundable',
		);
	if (request.currency !== checkout.currency)
		return refused(
			400,
			`currency: must be ${checkout.currency}, as in the transaction`,
			'invalid_request',
		);
	if (request.amount > left)
		return refused(400, `amount: only ${left} can be refunded`, 'invalid_request');
	if (state.refunds.values().some(({ reference }) => reference === request.external_identifier))
		return refused(
			409,
			`external_identifier "${request.external_identifier}" exists already.`,
			'duplicate_external_identifier',
		);
	const refund: Refund = {
		id: randomUUID(),
		llTransactionId: longNumber(),
		checkoutId: checkout.checkoutId,
		amount: request.amount,
		currency: request.currency,
		reason: request.reason,
		reference: request.external_identifier,
		createdAt: new Date(),
		status: 'processing',
	};
	state.refunds.set(refund.id, refund);
	const answer = refundObject(refund, checkout);
	refund.status = 'succeeded';
	checkout.details.refundedUnits += refund.amount;
	checkout.updatedAt = new Date();
	if (refund.amount === left) checkout.status = 'refunded';
	tell(checkout, 'refunded', { callbackUrl: request.webhooks_url, details: { refund } });
	return { status: 200, body: answer };
}

/** docs.efundflow.com/other/transaction-status */
const statusWords: Record<SandboxCheckout['status'], string> = {
	open: 'buyer_approval_pending',
	pending: 'processing',
	authorized: 'authorization_succeeded',
	paid: 'capture_succeeded',
	failed: 'authorization_failed',
	canceled: 'buyer_approval_failed',
	expired: 'buyer_approval_timeout',
	refunded: 'refund_succeeded',
};

function paidUnits(checkout: SandboxCheckout<Details>): number {
	if (checkout.paidAmount === null) return checkout.details.units;
	// It has the currency's own number of decimals, so its digits are the units.
	return Number(checkout.paidAmount.replace('.', ''));
}

function common(checkout: SandboxCheckout<Details>, { dialect }: Context) {
	const { details } = checkout;
	return {
		type: 'transaction',
		id: checkout.checkoutId,
		merchant_account_id: merchantAccountId,
		currency: checkout.currency,
		amount: paidUnits(checkout),
		status: checkout.status === 'paid' ? dialect('capturedStatus') : statusWords[checkout.status],
		...(details.country === null ? {} : { country: details.country }),
		external_identifier: checkout.reference,
		method: details.method,
		buyer: details.buyer,
		cart_items: details.cartItems,
		created_at: isoWithOffset(checkout.createdAt),
	};
}

/**
 * docs.efundflow.com/transactions/create: the link stands in payment_method.details, its seconds
 * are a number.
 */
function created(checkout: SandboxCheckout<Details>, context: Context) {
	const { method, card: used } = checkout.details;
	const link = linkOf(checkout, context, linkLifetimeSeconds);
	const at = (place: string) => (context.dialect('linkPlace') === place ? link : {});
	return {
		...common(checkout, context),
		...(checkout.details.errorCode === null ? {} : { error_code: checkout.details.errorCode }),
		...at('top'),
		payment_method: {
			method,
			...(used === null ? {} : { scheme: 'visa', expiration_date: used.expirationDate }),
			...at('method'),
			details: {
				...(used === null
					? {}
					: { bin: used.bin, card_type: 'credit', card_issuer_name: 'Test Bank' }),
				...at('details'),
			},
		},
	};
}

/** Nothing where the payment was declined. */
function linkOf(
	{ checkoutId, details }: SandboxCheckout<Details>,
	{ cashierUrl, dialect }: Context,
	seconds: number | string,
): Record<string, unknown> {
	return details.errorCode === null
		? { [dialect('linkName')]: cashierUrl(checkoutId), url_link_expire_sec: seconds }
		: {};
}

/**
 * docs.efundflow.com/transactions/get: the link stands in payment_method itself, its seconds are
 * text.
 */
function lookedUp(found: SandboxCheckout<Details>, context: Context) {
	const checkout =
		found.status === 'paid' && context.dialect('query') === 'behind'
			? { ...found, status: 'open' as const }
			: found;
	const { method, card: used, errorCode } = checkout.details;
	return {
		...common(checkout, context),
		error_code: errorCode,
		three_d_secure: null,
		payment_method: {
			method,
			...(used === null
				? {}
				: { scheme: 'visa', expiration_date: used.expirationDate, bin: used.bin }),
			...linkOf(checkout, context, String(linkLifetimeSeconds)),
		},
	};
}

function refundObject(refund: Refund, checkout: SandboxCheckout<Details>) {
	return {
		type: 'refund',
		id: refund.id,
		transaction_id: refund.checkoutId,
		status: refund.status,
		currency: refund.currency,
		amount: refund.amount,
		reason: refund.reason,
		external_identifier: refund.reference,
		transaction_external_identifier: checkout.reference,
		created_at: isoWithOffset(refund.createdAt),
	};
}

/** Reads one value, a repeated name, or a JSON list: no page shows how to write a list. */
function listOf(query: URLSearchParams, name: string): string[] {
	return query
		.getAll(name)
		.flatMap((value) => (/^\[.*\]$/.test(value) ? (JSON.parse(value) as string[]) : [value]));
}

function passes(
	query: URLSearchParams,
	checkout: SandboxCheckout<Details>,
	body: ReturnType<typeof lookedUp>,
): boolean {
	const oneOf = (name: string, value: string | undefined) =>
		listOf(query, name).length === 0 || listOf(query, name).includes(value ?? '');
	const from = query.get('created_at_gte');
	const until = query.get('created_at_lte');
	return (
		oneOf('id', checkout.checkoutId) &&
		oneOf('status', body.status) &&
		oneOf('method', body.method) &&
		oneOf(
			'payment_method_scheme',
			'scheme' in body.payment_method ? String(body.payment_method.scheme) : undefined,
		) &&
		(from === null || checkout.createdAt.getTime() >= Date.parse(from)) &&
		(until === null || checkout.createdAt.getTime() <= Date.parse(until))
	);
}

function filterProblem(query: URLSearchParams): string | undefined {
	const limit = query.get('limit');
	if (limit !== null && !(/^\d+$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 100))
		return 'limit: must be 1 to 100';
	if (query.has('cursor') && offsetOf(query.get('cursor') ?? '') === undefined)
		return 'cursor: is none that this API gave';
	const withoutZone = ['created_at_gte', 'created_at_lte'].find(
		(name) => query.has(name) && !/T.*(Z|[+-]\d\d:?\d\d)$/.test(query.get(name) ?? ''),
	);
	return withoutZone === undefined
		? undefined
		: `${withoutZone}: must be a date and time with its zone`;
}

function page(query: URLSearchParams, all: readonly unknown[]): ApiReply {
	const limit = Number(query.get('limit') ?? 20);
	const offset = query.has('cursor') ? (offsetOf(query.get('cursor') ?? '') ?? 0) : 0;
	const next = offset + limit < all.length ? cursorTo(offset + limit) : null;
	return {
		status: 200,
		body: {
			items: all.slice(offset, offset + limit),
			limit,
			next_cursor: next,
			previous_cursor: offset > 0 ? cursorTo(Math.max(0, offset - limit)) : null,
		},
	};
}

const cursorTo = (offset: number) => Buffer.from(`after ${offset}`).toString('base64');

/** In the documented sample, `0` is the cursor of the first page. */
function offsetOf(cursor: string): number | undefined {
	if (cursor === '0') return 0;
	const [, offset] = /^after (\d+)$/.exec(Buffer.from(cursor, 'base64').toString()) ?? [];
	return offset === undefined ? undefined : Number(offset);
}

/** Of what else may be told; `PS` is documented, the others are LianLian's. */
const codes: Record<string, string> = { canceled: 'PC', expired: 'PF' };

/**
 * docs.efundflow.com/webhooks/payment-webhooks: texts, amounts in major units. Undefined where nobody
 * is told.
 */
function paymentNotice(
	{ kind, checkout, at }: CheckoutEvent<Details>,
	{ dialect }: Context,
): Record<string, unknown> | undefined {
	const told = dialect('callbackEvents');
	const code = kind === 'paid' ? dialect('paidCode') : codes[kind];
	if (code === undefined || (kind !== 'paid' && told === 'success')) return undefined;
	const decimal = checkout.paidAmount ?? checkout.amount;
	const amount = {
		number: Number(decimal),
		smallest: paidUnits(checkout),
		text: decimal,
	}[dialect('amounts')];
	const time = clockOfShanghai(checkout.paidAt ?? at);
	return {
		ll_transaction_id: idInDialect(checkout.details.llTransactionId, dialect('ids')),
		merchant_transaction_id: checkout.reference,
		payment_data:
			kind !== 'paid' && told === 'bare'
				? { payment_status: code }
				: {
						account_date: time.slice(0, 8),
						exchange_rate: '1.00000000',
						payment_amount: amount,
						payment_currency_code: checkout.currency,
						payment_status: code,
						payment_time: time,
						settlement_amount: amount,
						settlement_currency_code: checkout.currency,
					},
	};
}

const idInDialect = (id: string, reading: string) => (reading === 'number' ? Number(id) : id);

/** docs.efundflow.com/webhooks/refund-webhooks: the amounts are JSON numbers. */
function refundNotice(
	{ checkout, at, details }: CheckoutEvent<Details>,
	{ dialect }: Context,
): Record<string, unknown> {
	const { refund } = details as unknown as { refund: Refund };
	const amount =
		dialect('refundAmounts') === 'major'
			? Number(fromSmallestUnit(refund.amount, refund.currency))
			: refund.amount;
	const time = clockOfShanghai(at);
	return {
		ll_transaction_id: idInDialect(refund.llTransactionId, dialect('ids')),
		merchant_transaction_id: refund.reference,
		original_transaction_id: checkout.reference,
		refund_data: {
			account_date: time.slice(0, 8),
			actual_refund_amount: amount,
			actual_refund_currency_code: refund.currency,
			reason: refund.reason,
			refund_amount: amount,
			refund_currency_code: refund.currency,
			refund_status: 'RS',
			refund_time: time,
			settlement_currency_code: refund.currency,
		},
	};
}

function message(
	notice: Record<string, unknown>,
	{ quality, at, context }: { quality: CallbackQuality; at: Date; context: Context },
): CallbackMessage {
	const body = JSON.stringify(notice);
	return {
		headers: {
			'Content-Type': 'application/json',
			timestamp: clockOfShanghai(at),
			timezone: 'Asia/Shanghai',
			signature: signatureOf(notice, quality === 'forged', context),
		},
		body: quality === 'tampered' ? tampered(body) : body,
	};
}

/** With another amount; where it tells none, about another order. */
function tampered(body: string): string {
	const changed = body.replace(/("(?:payment|refund)_amount":"?)/, '$19');
	return changed === body ? body.replace(/("merchant_transaction_id":")/, '$19') : changed;
}

function signatureOf(
	notice: Record<string, unknown>,
	isForged: boolean,
	{ dialect }: Context,
): string {
	const kind = dialect('signature');
	if (kind === 'hmac')
		return createHmac('sha256', isForged ? 'a secret of a stranger' : secretKey)
			.update(textToSign(notice).replace(/[=&]/g, ''))
			.digest('hex');
	const key = isForged ? strangersPrivateKey() : platformPrivateKey;
	return createSign(dialect('signatureHash'))
		.update(dialect('signedText') === 'rawBody' ? JSON.stringify(notice) : textToSign(notice))
		.sign(
			kind === 'pss' ? { key, padding: constants.RSA_PKCS1_PSS_PADDING } : key,
			kind === 'hex' ? 'hex' : 'base64',
		);
}

/**
 * docs.efundflow.com/webhooks/signatures names the method only; see `inferred`. The notices have
 * one nested object, which comes last.
 */
function textToSign({ ...notice }: Record<string, unknown>): string {
	const lines: string[] = [];
	for (const name of Object.keys(notice).sort()) {
		const value = notice[name];
		lines.push(
			typeof value === 'object' && value !== null
				? textToSign(value as Record<string, unknown>)
				: `${name}=${String(value)}`,
		);
	}
	return lines.join('&');
}

/** `yyyyMMddHHmmss`; China has had no summer time since 1991. */
function clockOfShanghai(at: Date): string {
	return new Date(at.getTime() + 8 * 60 * 60 * 1000).toISOString().replace(/\D/g, '').slice(0, 14);
}

const isoWithOffset = (at: Date) => at.toISOString().replace('Z', '+00:00');

function longNumber(): string {
	return `${randomInt(10_000_000, 99_999_999)}${randomInt(10_000_000, 99_999_999)}`;
}

function refused(status: number, words: string, code: string, refusal = words): ApiReply {
	return { status, body: { message: words, code }, refusal };
}

function noSuch(what: string, call: ApiCall): ApiReply {
	return refused(404, `There is no ${what} "${call.params.id ?? ''}".`, 'not_found');
}

function wrongFields(error: z.ZodError): ApiReply {
	return refused(
		400,
		error.issues
			.map(({ path, message: words }) => `${path.join('.') || 'body'}: ${words}`)
			.join('; '),
		'invalid_request',
	);
}

function unknownFields(request: object, known: readonly string[]): string[] {
	return Object.keys(request)
		.filter((name) => !known.includes(name))
		.map((name) => `unknown field: ${name}`);
}
