import { createHash, createHmac, randomBytes, randomInt } from 'node:crypto';
import { code as currencyByCode } from 'currency-codes';
import { z } from 'zod';
import { BoundedMap } from '../core/bounded';
import type { NewCheckout } from '../core/checkoutStore';
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
 * WooshPay as its pages describe it (docs.wooshpay.com: doc-1763752, doc-1724285/api-42654181, api-42654190,
 * project-1296482/api-44642278, api-34903706, api-55501373, 55502235e0, api-51369554, api-52306151, 42648310e0,
 * api-42648473, api-42648337, api-42648393, api-49996644, doc-2517709, doc-2653815; docs.guanglian.co/55502209e0 and
 * /42654181e0.md). It shares no code with the package, so that it can judge the package.
 */

const secretKey = 'sk_test_d29vc2hwYXktc2FuZGJveC1ub3QtYS1yZWFsLWtleQ==';
const publishableKey = 'pk_test_d29vc2hwYXktc2FuZGJveC1ub3QtYS1yZWFsLWtleQ==';
const strangersSecret = 'whsec_somebodyWhoOnlyGuessesSecrets';

const lifetimeMilliseconds = 24 * 60 * 60 * 1000;
/**
 * doc-2517709: 18 deliveries within 72 hours, with exponential backoff. Inferred: each wait is
 * twice the last.
 */
const redeliveries = 17;
const redeliveryGapsMilliseconds = Array.from(
	{ length: redeliveries },
	(_, index) => (72 * 60 * 60 * 1000 * 2 ** index) / (2 ** redeliveries - 1),
);
/** A time beyond is one in milliseconds. */
const secondsUntil2100 = 4_102_444_800;
const capacity = 20_000;

type Data = Record<string, unknown>;

interface Endpoint {
	readonly id: string;
	readonly url: string;
	readonly enabledEvents: readonly string[];
	readonly secret: string;
	readonly shown: Data;
}

interface Memory {
	/** What the merchant has made in the dashboard. */
	readonly account: { secretKey: string };
	readonly products: BoundedMap<string, Data>;
	readonly prices: BoundedMap<string, Data>;
	readonly refunds: BoundedMap<string, Data>;
	readonly events: BoundedMap<string, Data>;
	readonly endpoints: BoundedMap<string, Endpoint>;
	readonly idempotent: BoundedMap<string, { readonly request: string; readonly reply: ApiReply }>;
}

interface Details {
	readonly lineItems: readonly Data[];
	readonly intent: {
		readonly description: string | null;
		readonly merchantOrderId: string | null;
		readonly merchantUserId: string | null;
		readonly metadata: Data;
	};
	readonly metadata: Data;
	readonly clientSecret: string;
	readonly paymentMethodTypes: readonly string[] | null;
	readonly billingAddressCollection: string;
	readonly captureMethod: 'automatic' | 'manual';
}

type Context = ProviderContext<Memory, Details>;
type Checkout = Readonly<SandboxCheckout<Details>>;

/** What the payer can still do something about. */
const payable: readonly SandboxCheckout['status'][] = ['open', 'pending', 'failed'];

const filledText = z.string().min(1, 'must not be empty');
const metadata = z.record(z.string());
/** The page says text, but all its samples have a number. */
const smallestUnit = z.union([
	z
		.number()
		.int('must be a whole number of the smallest unit')
		.positive('must be above zero')
		.safe(),
	z.string().regex(/^[1-9]\d{0,14}$/, 'must be a whole number of the smallest unit'),
]);
const trueOrFalse = z.union([z.boolean(), z.enum(['true', 'false'])]);

const productFields = {
	name: filledText,
	active: z.boolean(),
	description: z.string(),
	metadata,
	url: z.string(),
	images: z.array(z.string()),
};
/** The guide's samples send an absent `id`, `product` or `product_data` as null. */
const productRequest = z
	.object({ ...productFields, id: z.null() })
	.partial()
	.required({ name: true })
	.strict();
const lookupKey = z.string().max(200, 'must not be longer than 200 characters');
const priceFields = {
	currency: z.string().regex(/^[A-Z]{3}$/, 'must be a three-letter code in capitals'),
	unit_amount: smallestUnit,
	product: z
		.string()
		.regex(/^prod_/, 'must be the id of a product')
		.nullish(),
	product_data: productRequest.nullish(),
	active: trueOrFalse.optional(),
	nickname: z.string().optional(),
	metadata: metadata.optional(),
	lookup_key: lookupKey.optional(),
	/** The guide sends `testscheme`, and its answer has `per_unit`. */
	billing_scheme: z.string().optional(),
	recurring: z
		.object({
			interval: z.enum(['day', 'week', 'month', 'year']),
			interval_count: z.string().optional(),
			usage_type: z.literal('licensed').optional(),
		})
		.strict()
		.optional(),
};
const priceRequest = z
	.object(priceFields)
	.strict()
	.refine(
		(price) =>
			(typeof price.product === 'string') !==
			(typeof price.product_data === 'object' && price.product_data !== null),
		{ message: 'send either product or product_data', path: ['product'] },
	);
type PriceRequest = z.infer<typeof priceRequest>;
const priceUpdate = z
	.object({ active: trueOrFalse, metadata, nickname: z.string(), lookup_key: lookupKey })
	.partial()
	.strict();

const lineItem = z
	.object({
		price: filledText.optional(),
		price_data: priceRequest.optional(),
		quantity: z.number().int().min(1),
	})
	.strict()
	.refine((item) => (item.price === undefined) !== (item.price_data === undefined), {
		message: 'send either price or price_data',
		path: ['price'],
	});

type LineItem = z.infer<typeof lineItem>;

/** docs.guanglian.co/42654181e0.md disables these in the request. */
const switchedOff = [
	'id',
	'object',
	'status',
	'url',
	'customer_details',
	'invoice',
	'invoice_creation',
	'setup_intent',
	'subscription',
	'shipping_cost',
	'locale',
	'consent',
	'consent_collection',
	'submit_type',
	'custom_text',
	'payment_method_collection',
	'after_expiration',
	'automatic_tax',
	'total_details',
	'recovered_from',
];

const sessionRequest = z
	.object({
		mode: z.literal('payment'),
		success_url: filledText,
		cancel_url: filledText,
		line_items: z.array(lineItem).min(1),
		client_reference_id: z.string().optional(),
		customer_email: z.string().email('must be an email address').optional(),
		expires_at: z
			.number()
			.int()
			.max(secondsUntil2100, 'must be in seconds')
			.refine((seconds) => seconds * 1000 > Date.now(), 'must be in the future')
			.optional(),
		metadata: metadata.optional(),
		payment_intent_data: z
			.object({
				capture_method: z.enum(['automatic', 'manual']),
				description: z.string(),
				merchant_order_id: z.string(),
				merchant_user_id: z.string(),
				metadata,
			})
			.partial()
			.passthrough()
			.optional(),
		payment_method_types: z.array(filledText).min(1).optional(),
		billing_address_collection: z.enum(['required', 'auto']).optional(),
	})
	.passthrough()
	.superRefine((request, context) => {
		for (const name of switchedOff.filter((each) => each in request))
			context.addIssue({ code: 'custom', path: [name], message: 'is not a field of this request' });
	});
type SessionRequest = z.infer<typeof sessionRequest>;

/** doc-2895670 */
const captureRequest = z.object({ amount_to_capture: smallestUnit.optional() }).strict();
/** No field of it can be read. */
const cancelRequest = z.object({}).strict();

const refundRequest = z
	.object({
		payment_intent: z.string().regex(/^pi_/, 'must be the id of a payment intent'),
		amount: smallestUnit.optional(),
		metadata: metadata.optional(),
		reason: z
			.enum(['duplicate', 'fraudulent', 'requested_by_customer', 'resolved_dispute'])
			.optional(),
	})
	.strict();

const endpointRequest = z
	.object({
		url: filledText.refine(isReachable, 'must be an https address (http only on this machine)'),
		enabled_events: z
			.array(filledText)
			.min(1)
			.refine(
				(names) => !names.includes('*'),
				'must name the events: that "*" is allowed is documented nowhere',
			),
		description: z.string().optional(),
		api_version: z.string().optional(),
		metadata: metadata.optional(),
	})
	.strict();

const dialects = {
	signatureHeader: {
		label: 'The header with the signature of a callback',
		readings: { wooshpay: 'Wooshpay-Signature', chinese: 'Signature, as on the Chinese page' },
		default: 'wooshpay',
	},
	signatureTime: {
		label: 'The time in the signature',
		readings: { milliseconds: 'milliseconds', seconds: 'seconds, as the samples have it' },
		default: 'milliseconds',
	},
	times: {
		label: 'Times in answers and events',
		readings: { milliseconds: 'milliseconds', seconds: 'seconds, as the texts say' },
		default: 'milliseconds',
	},
	sessionEvents: {
		label: 'What is sent when a session expires',
		readings: { none: 'nothing', expired: 'checkout.session.expired' },
		default: 'none',
	},
	paidWords: {
		label: 'The words of what is paid',
		readings: {
			usual: 'payment_status paid of a session, status succeeded of a payment',
			other: 'settled for both',
		},
		default: 'usual',
	},
	canceledSession: {
		label: 'The status of a session whose payment was canceled',
		readings: { open: 'open', canceled: 'canceled' },
		default: 'open',
	},
	unpaidPayment: {
		label: 'The status of a payment that nobody has paid yet',
		readings: {
			requires_payment_method: 'requires_payment_method',
			requires_confirmation: 'requires_confirmation',
			processing: 'processing',
		},
		default: 'requires_payment_method',
	},
	failedPayment: {
		label: 'The status of a payment that failed',
		readings: { requires_payment_method: 'requires_payment_method', failed: 'failed' },
		default: 'requires_payment_method',
	},
	amountReceived: {
		label: 'amount_received of a payment that was not captured by hand',
		readings: { none: 'null, as in the sample', filled: 'what was paid; amount is what was asked' },
		default: 'none',
	},
	reference: {
		label: 'Where the payment has the reference',
		readings: { orderId: 'in merchant_order_id and metadata', metadata: 'in metadata only' },
		default: 'orderId',
	},
	eventQuery: {
		label: 'What a query says of an event that has just happened',
		readings: { known: 'the event', late: 'that there is none, as its data lags behind' },
		default: 'known',
	},
	paymentData: {
		label: 'payment_intent_data in the request of a session',
		readings: { taken: 'is taken', refused: 'is refused' },
		default: 'taken',
	},
	refundAmount: {
		label: 'The amount of a refund',
		readings: { either: 'is a number or text', text: 'must be text, as its table says' },
		default: 'either',
	},
	removal: {
		label: 'The answer when an endpoint is removed',
		readings: { object: '200 with the endpoint', empty: '204 with nothing' },
		default: 'object',
	},
	errors: {
		label: 'The body of an error',
		readings: {
			nested: '{"error": {"type", "code", "message"}}',
			flat: '{"type", "code", "message"}',
			oauth: '{"error": "code", "error_description": "message"}',
		},
		default: 'nested',
	},
	wrongKey: {
		label: 'A wrong key',
		readings: { unauthorized: 'HTTP 401', forbidden: 'HTTP 403' },
		default: 'unauthorized',
	},
} satisfies Record<string, Dialect>;

export const provider: SandboxProvider<Memory, Details> = {
	name: 'wooshpay',
	displayName: 'WooshPay',

	credential: (providerUrl) => ({
		type: 'wooshPayApi',
		name: 'WooshPay (sandbox)',
		data: {
			environment: 'custom',
			baseUrl: providerUrl,
			secretKey,
			webhookSecret: '',
			webhookSecretPrevious: '',
		},
		choices: { environment: 'Custom' },
	}),

	newState: () => ({
		account: { secretKey },
		products: new BoundedMap(capacity),
		prices: new BoundedMap(capacity),
		refunds: new BoundedMap(capacity),
		events: new BoundedMap(capacity),
		endpoints: new BoundedMap(capacity),
		idempotent: new BoundedMap(capacity),
	}),

	renewKey: ({ state: { account } }, key) => void (account.secretKey = key),

	authenticate(call, context) {
		const refusal = keyProblem(call, context.state.account);
		return refusal && inDialect(refusal, context);
	},

	wrongKey: () => wrongKey(),

	unmatched: (call) => ({
		...refused(404, 'invalid_request_error', 'Unknown path.'),
		refusal: `${call.method} ${call.providerTarget} is not a documented call.`,
	}),

	operations: playedInDialect([
		making('create', '/v1/checkout/sessions', sessionRequest, (request, context) => {
			const { state } = context;
			if (context.dialect('paymentData') === 'refused' && 'payment_intent_data' in request)
				return refused(400, 'invalid_request_error', 'payment_intent_data: is not a field');
			const unknownPrice = request.line_items
				.flatMap((item) => (item.price === undefined ? [] : [item.price]))
				.find((id) => state.prices.get(id) === undefined);
			if (unknownPrice !== undefined)
				return refused(400, 'invalid_request_error', `No such price: ${unknownPrice}`);
			const lineItems = request.line_items.map((item) => newLineItem(item, state));
			if (new Set(lineItems.map(({ currency }) => currency)).size > 1)
				return refused(400, 'invalid_request_error', 'All line items must have the same currency.');
			const checkout = context.checkouts.add(newSession(request, lineItems));
			return {
				status: 200,
				body: sessionObject(checkout, context),
			};
		}),
		{
			operation: 'get',
			method: 'GET',
			path: '/v1/checkout/sessions/:id',
			handle({ params }, context) {
				const checkout = context.checkouts.get(params.id ?? '');
				return checkout === undefined
					? noSuch('checkout session', params.id)
					: { status: 200, body: sessionObject(checkout, context) };
			},
		},
		{
			operation: 'expire',
			method: 'POST',
			path: '/v1/checkout/sessions/:id/expire',
			handle({ params }, context) {
				const checkout = context.checkouts.get(params.id ?? '');
				if (checkout === undefined) return noSuch('checkout session', params.id);
				if (!payable.includes(checkout.status))
					return refused(400, 'invalid_request_error', 'This checkout session is not open.');
				changeStatus(checkout, 'expired');
				context.tell(checkout, 'expired');
				return { status: 200, body: sessionObject(checkout, context) };
			},
		},
		{
			operation: 'getPayment',
			method: 'GET',
			path: '/v1/payment_intents/:id',
			handle({ params }, context) {
				const checkout = context.checkouts.withPaymentId(params.id ?? '');
				return checkout === undefined
					? noSuch('payment intent', params.id)
					: { status: 200, body: intentObject(checkout, context) };
			},
		},
		{
			operation: 'capturePayment',
			method: 'POST',
			path: '/v1/payment_intents/:id/capture',
			handle(call, context) {
				const { checkouts, tell } = context;
				const checkout = checkouts.withPaymentId(call.params.id ?? '');
				if (checkout === undefined) return noSuch('payment intent', call.params.id);
				const request = parse(call, captureRequest);
				if ('refusal' in request) return request.refusal;
				if (checkout.status !== 'authorized')
					return refused(402, 'invalid_request_error', 'This payment cannot be captured.');
				const authorized = minorUnits(checkout.amount, checkout.currency);
				const amount = BigInt(request.value.amount_to_capture ?? authorized);
				if (amount > authorized)
					return refused(402, 'invalid_request_error', 'This is more than was authorized.');
				changeStatus(checkout, 'paid');
				checkout.paidAmount = fromSmallestUnit(amount, checkout.currency);
				checkout.paidAt = checkout.updatedAt;
				tell(checkout, 'paid');
				return { status: 200, body: intentObject(checkout, context) };
			},
		},
		{
			operation: 'cancelPayment',
			method: 'POST',
			path: '/v1/payment_intents/:id/cancel',
			handle(call, context) {
				const { checkouts, tell } = context;
				const checkout = checkouts.withPaymentId(call.params.id ?? '');
				if (checkout === undefined) return noSuch('payment intent', call.params.id);
				const request = parse(call, cancelRequest);
				if ('refusal' in request) return request.refusal;
				if (checkout.status !== 'authorized' && !payable.includes(checkout.status))
					return refused(402, 'invalid_request_error', 'This payment cannot be canceled.');
				changeStatus(checkout, 'canceled');
				tell(checkout, 'canceled');
				return { status: 200, body: intentObject(checkout, context) };
			},
		},
		making('createProduct', '/v1/products', productRequest, (request, { state }) => ({
			status: 200,
			body: newProduct(request, state),
		})),
		// api-55501373: the reply has the whole product.
		making('createPrice', '/v1/prices', priceRequest, (request, { state }) => {
			if (typeof request.product === 'string' && state.products.get(request.product) === undefined)
				return refused(400, 'invalid_request_error', `No such product: ${request.product}`);
			return { status: 200, body: newPrice(request, state) };
		}),
		{
			// docs.guanglian.co/55502209e0: here, the reply has the product's id.
			operation: 'getPrice',
			method: 'GET',
			path: '/v1/prices/:id',
			handle({ params }, { state }) {
				const price = state.prices.get(params.id ?? '');
				return price === undefined ? noSuch('price', params.id) : { status: 200, body: price };
			},
		},
		{
			operation: 'updatePrice',
			method: 'POST',
			path: '/v1/prices/:id',
			handle(call, { state }) {
				const id = call.params.id ?? '';
				const price = state.prices.get(id);
				if (price === undefined) return noSuch('price', id);
				const request = parse(call, priceUpdate);
				if ('refusal' in request) return request.refusal;
				const changed = {
					...price,
					...request.value,
					...(request.value.active === undefined
						? {}
						: { active: String(request.value.active) === 'true' }),
				};
				state.prices.set(id, changed);
				return { status: 200, body: changed };
			},
		},
		making('createRefund', '/v1/refunds', refundRequest, (request, context) => {
			const { state, checkouts, tell } = context;
			if (context.dialect('refundAmount') === 'text' && typeof request.amount === 'number')
				return refused(400, 'invalid_request_error', 'amount: must be text');
			const checkout = checkouts.withPaymentId(request.payment_intent);
			if (checkout === undefined)
				return refused(
					400,
					'invalid_request_error',
					`No such payment intent: ${request.payment_intent}`,
				);
			if (checkout.status !== 'paid')
				return refused(402, 'invalid_request_error', 'This payment cannot be refunded.');
			const paid = minorUnits(checkout.paidAmount ?? checkout.amount, checkout.currency);
			const before = refundsOf(state, request.payment_intent).reduce(
				(sum, refund) => sum + BigInt(Number(refund.amount)),
				0n,
			);
			const amount = request.amount === undefined ? paid - before : BigInt(request.amount);
			if (amount > paid - before)
				return refused(
					402,
					'invalid_request_error',
					'The refund is larger than what is left of the payment.',
				);
			const refund = newRefund(checkout, state, {
				id: newId('re'),
				amount,
				metadata: request.metadata ?? {},
				reason: request.reason ?? null,
			});
			if (before + amount === paid) checkout.status = 'refunded';
			tell(checkout, 'refunded', { details: { refundId: refund.id } });
			return { status: 200, body: refund };
		}),
		{
			operation: 'getRefund',
			method: 'GET',
			path: '/v1/refunds/:id',
			handle({ params }, { state }) {
				const refund = state.refunds.get(params.id ?? '');
				return refund === undefined ? noSuch('refund', params.id) : { status: 200, body: refund };
			},
		},
		{
			operation: 'getEvent',
			method: 'GET',
			path: '/v1/events/:id',
			handle({ params }, { state, dialect }) {
				const event =
					dialect('eventQuery') === 'late' ? undefined : state.events.get(params.id ?? '');
				return event === undefined ? noSuch('event', params.id) : { status: 200, body: event };
			},
		},
		making('createEndpoint', '/v1/webhook_endpoints', endpointRequest, (request, { state }) => {
			const id = newId('we');
			const shown = {
				id,
				object: 'webhook_endpoint',
				api_version: request.api_version ?? null,
				created: Date.now(),
				description: request.description ?? null,
				enabled_events: request.enabled_events,
				livemode: false,
				metadata: request.metadata ?? null,
				status: 'enabled',
				url: request.url,
			};
			const endpoint = {
				id,
				url: request.url,
				enabledEvents: request.enabled_events,
				secret: `whsec_${randomBytes(16).toString('hex')}`,
				shown,
			};
			state.endpoints.set(id, endpoint);
			return { status: 200, body: { ...shown, secret: endpoint.secret } };
		}),
		{
			operation: 'listEndpoints',
			method: 'GET',
			path: '/v1/webhook_endpoints',
			handle({ query }, { state }) {
				const limit = query.get('limit') ?? '10';
				if (!/^([1-9]\d?|100)$/.test(limit))
					return refused(400, 'invalid_request_error', 'limit must be 1 to 100.');
				const all = state.endpoints.values().map(({ shown }) => shown);
				const after = query.get('starting_after');
				const start = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
				if (after !== null && start === 0)
					return refused(400, 'invalid_request_error', `No such webhook endpoint: ${after}`);
				return {
					status: 200,
					body: {
						object: 'list',
						url: '/v1/webhook_endpoints',
						has_more: start + Number(limit) < all.length,
						data: all.slice(start, start + Number(limit)),
					},
				};
			},
		},
		{
			operation: 'getEndpoint',
			method: 'GET',
			path: '/v1/webhook_endpoints/:id',
			handle({ params }, { state }) {
				const endpoint = state.endpoints.get(params.id ?? '');
				return endpoint === undefined
					? noSuch('webhook endpoint', params.id)
					: { status: 200, body: endpoint.shown };
			},
		},
		{
			operation: 'deleteEndpoint',
			method: 'DELETE',
			path: '/v1/webhook_endpoints/:id',
			handle({ params }, { state, dialect }) {
				const id = params.id ?? '';
				if (!state.endpoints.delete(id)) return noSuch('webhook endpoint', id);
				return dialect('removal') === 'empty'
					? { status: 204, body: undefined }
					: { status: 200, body: { id, object: 'webhook_endpoint', deleted: true } };
			},
		},
	]),

	actions: {
		...standardActions,
		pay: { ...standardActions.pay, from: payable },
		// The logo on the payment page leads back to the shop. The session stays open, and no event is
		// sent.
		cancel: { ...standardActions.cancel, to: undefined, event: undefined },
		authenticate: {
			label: 'Stop at 3-D Secure',
			from: ['open'],
			to: 'pending',
			event: 'requires_action',
			returnTo: 'cashier',
			by: 'tester',
		},
		fail: {
			label: 'Let the card be declined',
			from: payable,
			to: 'failed',
			event: 'failed',
			returnTo: 'cashier',
			by: 'tester',
		},
		void: {
			label: 'Cancel the payment at WooshPay',
			from: [...payable, 'authorized'],
			to: 'canceled',
			event: 'canceled',
			returnTo: 'cashier',
			by: 'tester',
		},
		refund: {
			label: 'Refund in the dashboard',
			from: ['paid'],
			to: 'refunded',
			event: 'refunded',
			returnTo: 'cashier',
			by: 'tester',
		},
		dispute: {
			label: 'Lose a dispute',
			from: ['paid', 'refunded'],
			event: 'disputed',
			returnTo: 'cashier',
			by: 'tester',
		},
	},

	// No page has an event for money that is only authorized.
	actionFor: (action, { details }) =>
		action.to === 'paid' && details.captureMethod === 'manual'
			? { ...action, to: 'authorized', paid: undefined, event: undefined }
			: action,

	callbacks: {
		compose(event, quality, { secret = '' }, context) {
			const type = eventTypeOf(event.kind, context);
			if (type === undefined) return undefined;
			const { state } = context;
			const content = {
				id: idFrom('evt', event.id),
				object: 'event',
				created: event.at.getTime(),
				data: { object: eventObject(event, context) },
				livemode: false,
				request: { id: null, idempotency_key: null },
				type,
			};
			if (quality === 'genuine') state.events.set(content.id, content);
			return signedMessage(inDialect({ status: 200, body: content }, context).body, quality, {
				secret,
				context,
			});
		},
		targets(event, context) {
			const type = eventTypeOf(event.kind, context);
			return context.state.endpoints
				.values()
				.filter(({ enabledEvents }) => type !== undefined && enabledEvents.includes(type));
		},
		acknowledged: ({ status }) => status >= 200 && status < 300,
		redeliveryGapsMilliseconds,
	},

	report: ({ state }) => ({
		endpoints: state.endpoints
			.values()
			.map(({ id, url, enabledEvents }) => ({ id, url, events: enabledEvents.join(', ') })),
		refunds: state.refunds.values().map(({ id, payment_intent, amount, currency, status }) => ({
			id,
			payment_intent,
			amount,
			currency,
			status,
		})),
		prices: state.prices.values().map(({ id, product, unit_amount, currency, active, type }) => ({
			id,
			product,
			unit_amount,
			currency,
			active,
			type,
		})),
		products: state.products.values().map(({ id, name, active }) => ({ id, name, active })),
	}),

	dialects,

	inferred: [
		'Amounts are whole numbers of the smallest unit by ISO 4217; a number or, as the page of prices and refunds says, text.',
		'A session that is paid has the status complete; one whose time is up has the status expired. Pages show open and unpaid only.',
		'After a failure a payment intent has a last_payment_error.',
		'The object of a payment event is the payment intent, of charge.refund.updated the refund. No page shows a whole payment event.',
		'A payer who turns back leaves the session open, and no event is sent.',
		'Only payment_intent_data reaches the payment intent; client_reference_id and the metadata of the session do not.',
		'Every redelivery has the same time in its signature; each waiting time is twice the one before (18 deliveries in 72 hours are documented).',
		'A webhook endpoint is deleted with DELETE and its id in the path; its secret is shown when it is made and never again; "*" is refused.',
		'The same Idempotency-Key with the same request gives the first answer again, with another request 409; on every call that makes something.',
		'A publishable key is 403.',
		'Exactly one of price and price_data, and of product and product_data; one currency in all line items; mode is payment.',
		'A session takes expires_at in seconds, and customer_email; both are shown in answers only.',
		'POST …/expire, …/capture and …/cancel behind the id, and what they answer: the object as it is then. A session expires before it is paid; a payment is captured once, after it was authorized, and canceled before it is captured.',
		'With capture_method manual a payment that the payer has agreed to is requires_capture, its session stays unpaid, and nothing is sent until it is captured or canceled. Afterwards amount_received has what was captured.',
		'A refund is done at once. Refunds together cannot be more than the payment.',
		'Paying too little or too much gives the payment intent the amount that was paid.',
		'Fields of a session that no page names are accepted and listed as remarks; those of other requests are refused.',
	],
};

function keyProblem(call: ApiCall, account: Memory['account']): ApiReply | undefined {
	const [scheme, encoded, ...more] = (call.headers.authorization ?? '').split(' ');
	if (scheme !== 'Basic' || encoded === undefined || more.length > 0)
		return refused(
			401,
			'invalid_request_error',
			'No API key was given.',
			'There is no header "Authorization: Basic …".',
		);
	const userAndPassword = Buffer.from(encoded, 'base64').toString('utf8');
	if (userAndPassword === `${publishableKey}:`)
		return refused(
			403,
			'invalid_request_error',
			'This key has no permission for that.',
			'A publishable key was used.',
		);
	if (userAndPassword !== `${account.secretKey}:`) return wrongKey();
	const json = (header: string) => /^application\/json\s*(;|,|$)/i.test(call.headers[header] ?? '');
	if (!json('accept'))
		return refused(400, 'invalid_request_error', 'The header Accept must be application/json.');
	if (!json('content-type'))
		return refused(
			400,
			'invalid_request_error',
			'The header Content-Type must be application/json.',
		);
	return undefined;
}

const wrongKey = () =>
	refused(
		401,
		'invalid_request_error',
		'Invalid API key.',
		"The user name of the Basic authentication must be the sandbox's key, the password empty.",
	);

const envelopes: Record<string, (error: Data) => Data> = {
	flat: (error) => error,
	oauth: ({ code, message }) => ({ error: code, error_description: message }),
};

/** The reply with the status, the times and in the envelope that are chosen. */
function inDialect({ status, body, ...reply }: ApiReply, { dialect }: Context): ApiReply {
	const { error } = (body ?? {}) as { error?: Data };
	const enveloped = error === undefined ? body : (envelopes[dialect('errors')]?.(error) ?? body);
	return {
		...reply,
		status: status === 401 && dialect('wrongKey') === 'forbidden' ? 403 : status,
		body: dialect('times') === 'seconds' ? inSeconds(enveloped) : enveloped,
	};
}

/** The same with each time in seconds. */
function inSeconds(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(inSeconds);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, member]) => [
			name,
			['created', 'updated', 'expires_at'].includes(name) && typeof member === 'number'
				? Math.floor(member / 1000)
				: inSeconds(member),
		]),
	);
}

function playedInDialect(
	operations: readonly SandboxOperation<Memory, Details>[],
): SandboxOperation<Memory, Details>[] {
	return operations.map((operation) => ({
		...operation,
		handle: async (call, context) => inDialect(await operation.handle(call, context), context),
	}));
}

/** A call that makes something. The same Idempotency-Key gets the first reply again. */
function making<Schema extends z.ZodTypeAny>(
	operation: string,
	path: string,
	schema: Schema,
	make: (request: z.infer<Schema>, context: Context) => ApiReply,
): SandboxOperation<Memory, Details> {
	return {
		operation,
		method: 'POST',
		path,
		handle(call, context) {
			const key = call.headers['idempotency-key'];
			const request = [path, call.rawBody.toString('utf8')].join('\n');
			const earlier = key === undefined ? undefined : context.state.idempotent.get(key);
			if (earlier !== undefined) {
				return earlier.request === request
					? earlier.reply
					: refused(409, 'idempotency_error', 'This Idempotency-Key was used for another request.');
			}
			const parsed = parse(call, schema);
			const reply = 'refusal' in parsed ? parsed.refusal : make(parsed.value, context);
			if (key !== undefined && reply.status === 200)
				context.state.idempotent.set(key, { request, reply });
			return reply;
		},
	};
}

function parse<Schema extends z.ZodTypeAny>(
	call: ApiCall,
	schema: Schema,
): { value: z.infer<Schema> } | { refusal: ApiReply } {
	const body = readJsonBody(call);
	if (!body.ok) return { refusal: refused(400, 'invalid_request_error', body.problem) };
	const parsed = schema.safeParse(body.value);
	if (parsed.success) return { value: parsed.data as z.infer<Schema> };
	return {
		refusal: refused(
			400,
			'invalid_request_error',
			parsed.error.issues
				.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
				.join('; '),
		),
	};
}

function refused(status: number, type: string, message: string, refusal = message): ApiReply {
	return {
		status,
		body: {
			error: {
				type,
				code: type === 'idempotency_error' ? 'idempotency_key_in_use' : `error_${status}`,
				message,
			},
		},
		refusal,
	};
}

function changeStatus(checkout: SandboxCheckout<Details>, status: SandboxCheckout['status']): void {
	checkout.status = status;
	checkout.updatedAt = new Date();
}

function noSuch(what: string, id: string | undefined): ApiReply {
	return refused(404, 'invalid_request_error', `No such ${what}: ${id}`);
}

/** A prefix and 19 digits, like WooshPay's own. */
function newId(prefix: string): string {
	return `${prefix}_${1_600_000_000_000_000_000n + BigInt(randomInt(2 ** 47))}`;
}

/** The same id for every delivery of an event. */
function idFrom(prefix: string, text: string): string {
	const hash = BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 12)}`);
	return `${prefix}_${1_600_000_000_000_000_000n + hash}`;
}

function newProduct(request: z.infer<typeof productRequest>, state: Memory): Data {
	const now = Date.now();
	const product = {
		id: newId('prod'),
		object: 'product',
		created: now,
		active: request.active ?? true,
		description: request.description ?? null,
		metadata: request.metadata ?? {},
		name: request.name,
		livemode: false,
		url: request.url ?? null,
		updated: now,
		images: request.images ?? null,
	};
	state.products.set(product.id, product);
	return product;
}

/** Stores the price with its product's id, and returns it with the whole product. */
function newPrice(request: PriceRequest, state: Memory): Data {
	const productId =
		request.product ?? String(newProduct(request.product_data ?? { name: '' }, state).id);
	const price = {
		id: newId('price'),
		object: 'price',
		created: Date.now(),
		active: request.active === undefined || String(request.active) === 'true',
		currency: request.currency,
		metadata: request.metadata ?? {},
		nickname: request.nickname ?? null,
		product: productId,
		type: request.recurring === undefined ? 'one_time' : 'recurring',
		livemode: false,
		unit_amount: Number(request.unit_amount),
		billing_scheme: request.billing_scheme === 'tiered' ? 'tiered' : 'per_unit',
		lookup_key: request.lookup_key ?? null,
	};
	state.prices.set(price.id, price);
	return withProduct(price, state);
}

function withProduct(price: Data, state: Memory): Data {
	return { ...price, product: state.products.get(String(price.product)) ?? {} };
}

function newLineItem({ price: id, price_data: data, quantity }: LineItem, state: Memory) {
	const price =
		data === undefined
			? withProduct(state.prices.get(id ?? '') ?? {}, state)
			: newPrice(data, state);
	return {
		id: newId('li'),
		object: 'item',
		currency: String(price.currency),
		description: (price.product as Data).name,
		price,
		quantity,
		amount_subtotal: Number(price.unit_amount) * quantity,
		amount_total: Number(price.unit_amount) * quantity,
	};
}

function newSession(
	request: SessionRequest,
	lineItems: readonly ReturnType<typeof newLineItem>[],
): NewCheckout<Details> {
	const currency = lineItems[0]?.currency ?? '';
	const paymentId = newId('pi');
	const createdAt = new Date();
	const intent = intentOf(request);
	return {
		checkoutId: newId('cs'),
		paymentId,
		reference: request.client_reference_id ?? intent.merchantOrderId,
		amount: fromSmallestUnit(
			lineItems.reduce((sum, item) => sum + BigInt(item.amount_total), 0n),
			currency,
		),
		currency,
		description: lineItems
			.map((item) => `${item.quantity} × ${String(item.description)}`)
			.join(', '),
		successUrl: request.success_url,
		cancelUrl: request.cancel_url,
		createdAt,
		expiresAt: new Date(
			request.expires_at === undefined
				? createdAt.getTime() + lifetimeMilliseconds
				: request.expires_at * 1000,
		),
		request,
		remarks: remarksOn(request),
		details: {
			lineItems,
			intent,
			metadata: request.metadata ?? {},
			clientSecret: `${paymentId}_secret_${randomBytes(12).toString('hex')}`,
			paymentMethodTypes: request.payment_method_types ?? null,
			billingAddressCollection: request.billing_address_collection ?? 'auto',
			captureMethod: request.payment_intent_data?.capture_method ?? 'automatic',
		},
	};
}

function intentOf({ payment_intent_data: data = {} }: SessionRequest): Details['intent'] {
	return {
		description: data.description ?? null,
		merchantOrderId: data.merchant_order_id ?? null,
		merchantUserId: data.merchant_user_id ?? null,
		metadata: data.metadata ?? {},
	};
}

interface NewRefund {
	readonly id: string;
	/** In smallest units */
	readonly amount: bigint;
	readonly metadata: Data;
	readonly reason: string | null;
}

function newRefund(checkout: Checkout, state: Memory, given: NewRefund): Data {
	const refund = {
		id: given.id,
		object: 'refund',
		amount: Number(given.amount),
		created: Date.now(),
		currency: checkout.currency,
		metadata: given.metadata,
		payment_intent: checkout.paymentId,
		reason: given.reason,
		status: 'succeeded',
		description: null,
		failure_reason: null,
	};
	state.refunds.set(refund.id, refund);
	return refund;
}

function refundsOf(state: Memory, paymentId: string): Data[] {
	return state.refunds.values().filter((refund) => refund.payment_intent === paymentId);
}

/** Decimal text in major units as whole smallest units, by ISO 4217. */
function minorUnits(amount: string, currency: string): bigint {
	const [whole = '', fraction = ''] = amount.split('.');
	const digits = currencyByCode(currency)?.digits ?? 2;
	return BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'));
}

const sessionStatus: Partial<Record<SandboxCheckout['status'], string>> = {
	authorized: 'complete',
	paid: 'complete',
	refunded: 'complete',
	expired: 'expired',
};

function sessionObject(checkout: Checkout, { cashierUrl, dialect }: Context): Data {
	const url = cashierUrl(checkout.checkoutId);
	const total = Number(minorUnits(checkout.amount, checkout.currency));
	const paid = checkout.status === 'paid' || checkout.status === 'refunded';
	return {
		id: checkout.checkoutId,
		object: 'checkout.session',
		created: checkout.createdAt.getTime(),
		currency: checkout.currency,
		customer: '',
		mode: 'payment',
		livemode: false,
		shipping: null,
		status:
			checkout.status === 'canceled'
				? dialect('canceledSession')
				: (sessionStatus[checkout.status] ?? 'open'),
		url,
		cancel_url: checkout.cancelUrl,
		client_reference_id: (checkout.request as SessionRequest).client_reference_id ?? null,
		customer_email: (checkout.request as SessionRequest).customer_email ?? null,
		metadata: checkout.details.metadata,
		line_items: { object: 'list', data: checkout.details.lineItems, url: null, has_more: null },
		payment_intent: checkout.paymentId,
		payment_method_types: checkout.details.paymentMethodTypes,
		payment_status: paid ? paidWord('paid', dialect) : 'unpaid',
		success_url: checkout.successUrl,
		amount_subtotal: total,
		amount_total: total,
		billing_address_collection: checkout.details.billingAddressCollection,
		expires_at: checkout.expiresAt?.getTime(),
		payment_link: '',
		payment_method_options: null,
		phone_number_collection: null,
		shipping_address_collection: null,
		client_secret: checkout.details.clientSecret,
	};
}

type ReadingOf = Context['dialect'];

const paidWord = (usual: string, dialect: ReadingOf) =>
	dialect('paidWords') === 'other' ? 'settled' : usual;

const intentStatus: Partial<Record<SandboxCheckout['status'], (dialect: ReadingOf) => string>> = {
	pending: () => 'requires_action',
	authorized: () => 'requires_capture',
	paid: (dialect) => paidWord('succeeded', dialect),
	refunded: (dialect) => paidWord('succeeded', dialect),
	canceled: () => 'canceled',
	failed: (dialect) => dialect('failedPayment'),
};

function intentObject(checkout: Checkout, { dialect }: Context): Data {
	const { intent, clientSecret, captureMethod } = checkout.details;
	const asked = Number(minorUnits(checkout.amount, checkout.currency));
	const paid = Number(minorUnits(checkout.paidAmount ?? checkout.amount, checkout.currency));
	const tellsReceived = captureMethod === 'manual' || dialect('amountReceived') === 'filled';
	return {
		id: checkout.paymentId,
		object: 'payment_intent',
		created: checkout.createdAt.getTime(),
		livemode: false,
		currency: checkout.currency,
		amount: tellsReceived ? asked : paid,
		status: intentStatus[checkout.status]?.(dialect) ?? dialect('unpaidPayment'),
		amount_received: tellsReceived && checkout.paidAmount !== null ? paid : null,
		amount_capturable: checkout.status === 'authorized' ? asked : null,
		description: intent.description,
		metadata: intent.metadata,
		merchant_order_id: dialect('reference') === 'metadata' ? null : intent.merchantOrderId,
		merchant_user_id: intent.merchantUserId,
		client_secret: clientSecret,
		customer: null,
		invoice: null,
		last_payment_error:
			checkout.status === 'failed' ? { type: 'card_error', code: 'card_declined' } : null,
		cancellation_reason: null,
		next_action: '',
		payment_method_types: '["card"]',
		cancel_at: '',
		confirmation_method: 'automatic',
		capture_method: captureMethod,
		return_url: checkout.successUrl,
	};
}

/** doc-2517709 and 42648310e0 */
const eventTypes: Record<string, string> = {
	paid: 'payment_intent.succeeded',
	requires_action: 'payment_intent.requires_action',
	failed: 'payment_intent.payment_failed',
	canceled: 'payment_intent.canceled',
	refunded: 'charge.refund.updated',
	disputed: 'charge.dispute.updated',
};

function eventTypeOf(kind: string, { dialect }: Context): string | undefined {
	if (kind !== 'expired') return eventTypes[kind];
	return dialect('sessionEvents') === 'expired' ? 'checkout.session.expired' : undefined;
}

function eventObject(event: CheckoutEvent<Details>, context: Context): Data {
	const { checkout, kind, details } = event;
	const { state } = context;
	if (kind === 'expired') return sessionObject(checkout, context);
	if (kind === 'refunded') {
		const id = typeof details.refundId === 'string' ? details.refundId : idFrom('re', event.id);
		return (
			state.refunds.get(id) ??
			newRefund(checkout, state, {
				id,
				amount: minorUnits(checkout.paidAmount ?? checkout.amount, checkout.currency),
				metadata: {},
				reason: 'requested_by_customer',
			})
		);
	}
	if (kind === 'disputed') {
		const amount = Number(minorUnits(checkout.paidAmount ?? checkout.amount, checkout.currency));
		return {
			id: idFrom('dp', event.id),
			object: 'dispute',
			created: event.at.getTime(),
			amount,
			currency: checkout.currency,
			status: 'lost',
			livemode: false,
			metadata: {},
			evidence: {},
		};
	}
	const intent = intentObject(checkout, context);
	return context.dialect('reference') === 'metadata'
		? { ...intent, metadata: { ...(intent.metadata as Data), reference: checkout.reference } }
		: { ...intent, merchant_order_id: claimedReference(checkout) };
}

/** The reference that a test claims in place of the true one; otherwise the intent's own. */
function claimedReference({ reference, request, details }: Checkout): string | null {
	const own = (request as SessionRequest).client_reference_id ?? details.intent.merchantOrderId;
	return reference === own ? details.intent.merchantOrderId : reference;
}

/** doc-2653815: HMAC-SHA256 over the time, a point and the body, with the whole secret. */
function signedMessage(
	content: unknown,
	quality: CallbackQuality,
	{ secret: endpointSecret, context: { dialect } }: { secret: string; context: Context },
): CallbackMessage {
	const secret = quality === 'forged' ? strangersSecret : endpointSecret;
	const now = Date.now();
	const time = dialect('signatureTime') === 'seconds' ? Math.floor(now / 1000) : now;
	const body = JSON.stringify(content);
	const signature = createHmac('sha256', secret).update(`${time}.${body}`, 'utf8').digest('hex');
	return {
		headers: {
			'Content-Type': 'application/json',
			[dialect('signatureHeader') === 'chinese' ? 'Signature' : 'Wooshpay-Signature']:
				`t=${time},v1=${signature}`,
		},
		body: quality === 'tampered' ? body.replace(/"amount":(\d+)/, '"amount":9$1') : body,
	};
}

function isReachable(url: string): boolean {
	if (!URL.canParse(url)) return false;
	const { protocol, hostname } = new URL(url);
	return (
		protocol === 'https:' ||
		(protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname))
	);
}

function remarksOn(request: SessionRequest): string[] {
	const known = Object.keys(sessionRequest.innerType().shape);
	const knownOfIntent = [
		'capture_method',
		'description',
		'merchant_order_id',
		'merchant_user_id',
		'metadata',
	];
	const unknown = [
		...Object.keys(request).filter((name) => !known.includes(name)),
		...Object.keys(request.payment_intent_data ?? {})
			.filter((name) => !knownOfIntent.includes(name))
			.map((name) => `payment_intent_data.${name}`),
	].map((name) => `unknown field: ${name}`);
	const asText = request.line_items.some((item) => typeof item.price_data?.unit_amount === 'string')
		? ['unit_amount is text; every sample has a number']
		: [];
	return [...unknown, ...asText];
}
