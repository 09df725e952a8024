import { createCipheriv, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { sumOfDecimals, timesWhole } from '../core/decimal';
import { readJsonBody } from '../core/jsonBody';
import {
	standardActions,
	type ApiReply,
	type CallbackMessage,
	type CheckoutEvent,
	type Dialect,
	type ProviderContext,
	type SandboxCheckout,
	type SandboxProvider,
} from '../core/provider';

/*
 * Payfect as its pages describe it (docs.payfect.finance: payment/create, payment/query, payment/callback, errors,
 * authentication, resources/prices, resources/products, resources/invoice_items). It shares no code with the package,
 * so that it can judge the package.
 */

const apiKey = 'payfect-sandbox-not-a-real-key';
/** A key without access. The errors page: 403, "authenticated, but no access to this resource". */
const apiKeyWithoutAccess = 'payfect-sandbox-key-without-access';
/** A Fernet key is 32 bytes in base64url. These are 32 letters that nobody takes for a secret. */
const callbackSecretKey = fernetKey('payfect-sandbox-not-a-secret-key');
const strangersSecretKey = fernetKey('somebody-who-only-guesses-keys-1');
const merchant = { id: '7b1d2c3e-4f50-4a6b-8c7d-9e0f1a2b3c4d', name: 'Example Shop' };
/** The only price, for requests that send `price` instead of `price_data`. */
const existingPrice = { id: '66666666-7777-4888-9999-000000000000', unitAmount: '10.00' };

/** Inferred: 24 hours fit both samples of `expiresAt`, and no page states a lifetime. */
const lifetimeMilliseconds = 24 * 60 * 60 * 1000;

interface InvoiceItem {
	readonly id: string;
	readonly price: string;
	readonly quantity: number;
	readonly amount: string;
}

interface Details {
	readonly invoiceItems: readonly InvoiceItem[];
	readonly paymentMethodDetail: { readonly network: string; readonly currency: string };
	readonly paymentMethodId: string;
}

const required = {
	required_error: 'This field is required.',
	invalid_type_error: 'Not a valid string.',
};
const requiredObject = {
	required_error: 'This field is required.',
	invalid_type_error: 'Expected an object.',
};
const filledText = z.string(required).min(1, 'This field may not be blank.');
const webAddress = filledText.refine(isWebAddress, 'Enter a valid URL.');
/** The documented samples are "20.5", "20" and "1000": always text, never a number. */
const decimalText = filledText.regex(/^\d+(\.\d+)?$/, 'A valid number is required, as text.');

const productData = z
	.object(
		{
			name: filledText,
			description: z.string(required).optional(),
			images: z.array(webAddress).optional(),
		},
		requiredObject,
	)
	.passthrough();
const priceData = z
	.object(
		{ currency: filledText, unit_amount: decimalText, product_data: productData },
		requiredObject,
	)
	.passthrough();
const invoiceItem = z
	.object({
		quantity: z
			.number({
				required_error: 'This field is required.',
				invalid_type_error: 'A valid integer is required.',
			})
			.int('A valid integer is required.')
			.min(1, 'Ensure this value is greater than or equal to 1.'),
		price: filledText.refine((id) => id === existingPrice.id, 'There is no such price.').optional(),
		price_data: priceData.optional(),
	})
	.passthrough()
	// Inferred: every page has one of the two, none has both.
	.refine((item) => (item.price === undefined) !== (item.price_data === undefined), {
		message: 'Send either price or price_data.',
		path: ['price_data'],
	});
const paymentMethodData = z
	.object(
		{
			type: filledText,
			paymentMethodDetail: z
				.object({ currency: filledText, network: filledText }, requiredObject)
				.passthrough(),
		},
		requiredObject,
	)
	.passthrough();

const createRequest = z
	.object(
		{
			client_reference_id: z.string(required).optional(),
			currency: filledText,
			invoice_items: z
				.array(invoiceItem, { ...requiredObject, invalid_type_error: 'Expected a list of items.' })
				.min(1, 'This list may not be empty.'),
			success_url: webAddress.optional(),
			cancel_url: webAddress.optional(),
			callback_url: webAddress.optional(),
			payment_method_data: paymentMethodData.optional(),
		},
		requiredObject,
	)
	.passthrough();
type CreateRequest = z.infer<typeof createRequest>;

type Context = ProviderContext<undefined, Details>;

const dialects = {
	callbackBody: {
		label: 'The body of a callback, beside its token',
		readings: {
			spaced: 'the same values in other white space',
			same: 'the same bytes as in the token',
			camelCase: 'the same values under names in camel case',
			wrapped: 'the same values in an object "data"',
		},
		default: 'spaced',
	},
	callbackEvents: {
		label: 'What callbacks are sent for',
		readings: {
			paid: 'a payment that succeeded',
			all: 'a checkout that expired, too, with the status expired',
		},
		default: 'paid',
	},
	acknowledgement: {
		label: 'What acknowledges a callback',
		readings: {
			status: 'any 2xx',
			success: 'a 2xx with the text success',
			json: 'a 2xx with {"received": true}',
		},
		default: 'status',
	},
	amounts: {
		label: 'Amounts in answers and callbacks',
		readings: { text: 'text, as documented', number: 'JSON numbers' },
		default: 'text',
	},
	query: {
		label: 'What a query says of a checkout that has just been paid',
		readings: { complete: 'complete', late: 'still open, as its data lags behind' },
		default: 'complete',
	},
	reference: {
		label: 'clientReferenceId in the answer to Create',
		readings: { shown: 'the reference', absent: 'null, as in the sample' },
		default: 'shown',
	},
	merchant: {
		label: 'merchant in an answer',
		readings: { object: 'an object with id and name', text: 'the id alone' },
		default: 'object',
	},
	expiresAt: {
		label: 'expiresAt in an answer',
		readings: {
			milliseconds: 'milliseconds since 1970',
			seconds: 'seconds since 1970 with microseconds, as createdAt',
			iso: 'ISO 8601, as in older editions',
		},
		default: 'milliseconds',
	},
	errors: {
		label: 'The body of an error',
		readings: {
			detail: '{"detail": "…"} or {"field": ["…"]}',
			message: '{"message": "…"}',
			nested: '{"error": {"message": "…"}}',
		},
		default: 'detail',
	},
	wrongKey: {
		label: 'A wrong key',
		readings: { unauthorized: 'HTTP 401', forbidden: 'HTTP 403' },
		default: 'unauthorized',
	},
	unknownCheckout: {
		label: 'A checkout that does not exist',
		readings: { notFound: 'HTTP 404', badRequest: 'HTTP 400' },
		default: 'notFound',
	},
} satisfies Record<string, Dialect>;

export const provider: SandboxProvider<undefined, Details> = {
	name: 'payfect',
	displayName: 'Payfect',

	credential: (providerUrl) => ({
		type: 'payfectApi',
		name: 'Payfect (sandbox)',
		data: {
			apiKey,
			callbackSecretKey,
			callbackSecretKeyPrevious: '',
			merchantId: merchant.id,
			baseUrl: `${providerUrl}/api/v1`,
		},
	}),

	newState: () => undefined,

	authenticate(call, context) {
		const refusal = keyProblem(call.headers.authorization);
		return refusal && inDialect(refusal, context);
	},

	wrongKey: () => wrongKey,

	unmatched(call) {
		const withoutSlash =
			/^[^?]*[^/?](\?|$)/.test(call.providerTarget) &&
			call.providerTarget.startsWith('/api/v1/checkouts');
		const refusal = withoutSlash
			? 'Every documented path ends in a slash: /checkouts/ and /checkouts/{id}/.'
			: undefined;
		return { status: 404, body: { detail: 'Not found.' }, refusal };
	},

	operations: [
		{
			// docs.payfect.finance/payment/create
			operation: 'create',
			method: 'POST',
			path: '/api/v1/checkouts/',
			handle(call, context) {
				const body = readJsonBody(call);
				if (!body.ok)
					return inDialect(
						{ status: 400, body: { detail: body.problem }, refusal: body.problem },
						context,
					);
				const parsed = createRequest.safeParse(body.value);
				if (!parsed.success) return inDialect(refusedFields(parsed.error), context);
				const { checkouts } = context;
				const request = parsed.data;
				const invoiceItems = request.invoice_items.map((item): InvoiceItem => ({
					id: randomUUID(),
					price: item.price ?? randomUUID(),
					quantity: item.quantity,
					amount: sumOfDecimals(
						[timesWhole(item.price_data?.unit_amount ?? existingPrice.unitAmount, item.quantity)],
						2,
					),
				}));
				const createdAt = new Date();
				const checkout = checkouts.add({
					checkoutId: randomUUID(),
					paymentId: randomUUID(),
					reference: request.client_reference_id ?? null,
					amount: sumOfDecimals(
						invoiceItems.map((item) => item.amount),
						2,
					),
					currency: request.currency,
					description: request.invoice_items
						.map(
							(item) =>
								`${item.quantity} × ${item.price_data?.product_data.name ?? 'product of the price list'}`,
						)
						.join(', '),
					callbackUrl: request.callback_url ?? null,
					successUrl: request.success_url ?? null,
					cancelUrl: request.cancel_url ?? null,
					createdAt,
					expiresAt: new Date(createdAt.getTime() + lifetimeMilliseconds),
					request: body.value,
					remarks: remarksOn(request),
					details: {
						invoiceItems,
						paymentMethodDetail: {
							network: request.payment_method_data?.paymentMethodDetail.network ?? 'tron',
							currency:
								request.payment_method_data?.paymentMethodDetail.currency ?? request.currency,
						},
						paymentMethodId: randomUUID(),
					},
				});
				// The errors page lists 200 and no other success.
				const created = checkoutObject(checkout, context);
				return {
					status: 200,
					body:
						context.dialect('reference') === 'shown'
							? created
							: { ...created, clientReferenceId: null },
				};
			},
		},
		{
			// docs.payfect.finance/payment/query
			operation: 'get',
			method: 'GET',
			path: '/api/v1/checkouts/:id/',
			handle(call, context) {
				const checkout = context.checkouts.get(call.params.id ?? '');
				if (checkout === undefined)
					return inDialect(
						{
							status: context.dialect('unknownCheckout') === 'badRequest' ? 400 : 404,
							body: { detail: 'Not found.' },
							refusal: `There is no checkout "${call.params.id}".`,
						},
						context,
					);
				return { status: 200, body: checkoutObject(checkout, context) };
			},
		},
	],

	actions: {
		...standardActions,
		// The only statuses are open, complete and expired: a payer who turns back leaves the checkout
		// open.
		cancel: { ...standardActions.cancel, to: undefined, event: undefined },
	},

	callbacks: {
		// docs.payfect.finance/payment/callback: sent after a successful checkout; no other callback is
		// documented.
		compose(event, quality, _target, context) {
			const status = callbackStatus(event.kind, context);
			if (status === undefined) return undefined;
			const payload = { ...callbackPayload(event, context), status };
			const token = fernetToken(
				JSON.stringify(payload),
				quality === 'forged' ? strangersSecretKey : callbackSecretKey,
			);
			// The token is the content: to change the body alone changes nothing.
			return quality === 'tampered'
				? callbackMessage(
						{ ...payload, amount: `9${checkoutAmount(event)}` },
						withOtherBlock(token),
					)
				: callbackMessage(bodyInDialect(payload, context), token, context);
		},
		acknowledged: ({ status, body }, { dialect }) =>
			status >= 200 &&
			status < 300 &&
			acknowledgements[dialect('acknowledgement')]?.test(body) === true,
		redeliveryGapsMilliseconds: [],
	},

	dialects,

	inferred: [
		'A callback is delivered once; the Redeliver button sends it again. No page describes redeliveries.',
		'Cancelling leaves the checkout open.',
		'Without a callback_url no callback is sent: the default address of the real dashboard has no counterpart here.',
		'A checkout lives 24 hours.',
		'Exactly one of price and price_data is sent with each invoice item; quantity is at least 1; texts and URLs are not blank; URLs are http or https.',
		`Creating prices is not documented for this API, so one price exists: ${existingPrice.id} (${existingPrice.unitAmount}).`,
		'Fields that no page names, and payment method types other than the documented one, are accepted and listed as remarks.',
		'A path without its final slash is 404.',
		`The key "${apiKeyWithoutAccess}" gives the documented 403.`,
		'Paying too little or too much completes the checkout with the amount that was paid, in the callback and in amountTotal.',
	],
};

const wrongKey: ApiReply = {
	status: 401,
	body: { detail: 'Invalid API key.' },
	refusal: "The API key is not the sandbox's.",
};

function keyProblem(authorization: string | undefined): ApiReply | undefined {
	const notProvided = (refusal: string): ApiReply => ({
		status: 401,
		body: { detail: 'Authentication credentials were not provided.' },
		refusal,
	});
	if (authorization === undefined) return notProvided('There is no Authorization header.');
	if (!authorization.startsWith('Api-Key '))
		return notProvided('The Authorization header must be "Api-Key", one space, and the key.');
	const key = authorization.slice('Api-Key '.length);
	if (key === apiKeyWithoutAccess)
		return {
			status: 403,
			body: { detail: 'You do not have permission to perform this action.' },
			refusal: 'This key has no access.',
		};
	return key === apiKey ? undefined : wrongKey;
}

const envelopes: Record<string, (words: string) => unknown> = {
	message: (message) => ({ message }),
	nested: (message) => ({ error: { message } }),
};

/** The refusal with the status and in the envelope that are chosen. */
function inDialect({ status, body, ...reply }: ApiReply, { dialect }: Context): ApiReply {
	const { detail } = body as { detail?: string };
	return {
		...reply,
		status: status === 401 && dialect('wrongKey') === 'forbidden' ? 403 : status,
		body: envelopes[dialect('errors')]?.(detail ?? JSON.stringify(body)) ?? body,
	};
}

const acknowledgements: Record<string, RegExp> = {
	status: /^/,
	success: /^success$/,
	json: /^\{\s*"received"\s*:\s*true\s*\}$/,
};

/** The status words of a callback: `succeeded` is the only one that is documented. */
function callbackStatus(kind: string, { dialect }: Context): string | undefined {
	if (kind === 'paid') return 'succeeded';
	return kind === 'expired' && dialect('callbackEvents') === 'all' ? 'expired' : undefined;
}

/** The documented statuses: `open`, `complete`, `expired`. */
const statusWords: Partial<Record<SandboxCheckout['status'], string>> = {
	open: 'open',
	paid: 'complete',
	expired: 'expired',
};

function statusWord({ status }: SandboxCheckout, { dialect }: Context): string | undefined {
	return status === 'paid' && dialect('query') === 'late' ? 'open' : statusWords[status];
}

const timesInDialect: Record<string, (at: Date) => string> = {
	milliseconds: (at) => String(at.getTime()),
	seconds: secondsWithMicroseconds,
	iso: (at) => at.toISOString(),
};

function amountInDialect(amount: string, { dialect }: Context): unknown {
	return dialect('amounts') === 'number' ? Number(amount) : amount;
}

function checkoutObject(checkout: SandboxCheckout<Details>, context: Context) {
	const { dialect, cashierUrl } = context;
	return {
		id: checkout.checkoutId,
		merchant: dialect('merchant') === 'text' ? merchant.id : merchant,
		nameCollection: false,
		emailCollection: false,
		phoneNumberCollection: false,
		shippingAddressCollection: null,
		invoiceItems: checkout.details.invoiceItems,
		amountTotal: amountInDialect(checkout.paidAmount ?? checkout.amount, context),
		status: statusWord(checkout, context),
		createdAt: secondsWithMicroseconds(checkout.createdAt),
		updatedAt: secondsWithMicroseconds(checkout.updatedAt),
		clientReferenceId: checkout.reference,
		currency: checkout.currency,
		successUrl: checkout.successUrl,
		cancelUrl: checkout.cancelUrl,
		// As documented: the text of Unix milliseconds here, of seconds in the other two.
		expiresAt: checkout.expiresAt && timesInDialect[dialect('expiresAt')]?.(checkout.expiresAt),
		paymentIntent: checkout.paymentId,
		paymentMethodTypes: ['crypto', 'card'],
		paymentMethodOptions: {
			crypto: [
				{
					currency: { value: 'usdt', name: 'Tether', logo: '/static/images/cryptos/usdt.png' },
					networks: [{ value: 'tron', name: 'Tron (TRC20)' }],
				},
			],
			card: null,
		},
		url: cashierUrl(checkout.checkoutId),
		metadata: null,
		isLivemode: false,
	};
}

function checkoutAmount({ checkout }: CheckoutEvent<Details>): string {
	return checkout.paidAmount ?? checkout.amount;
}

function callbackPayload(event: CheckoutEvent<Details>, context: Context) {
	const { checkout } = event;
	return {
		id: checkout.checkoutId,
		amount: amountInDialect(checkoutAmount(event), context),
		currency: checkout.currency,
		merchant: merchant.id,
		is_livemode: false,
		payment_intent: checkout.paymentId,
		payment_method: {
			id: checkout.details.paymentMethodId,
			payment_method_detail: checkout.details.paymentMethodDetail,
		},
		client_reference_id: checkout.reference,
	};
}

function bodyInDialect(payload: Record<string, unknown>, { dialect }: Context): unknown {
	const body = dialect('callbackBody');
	if (body === 'wrapped') return { data: payload };
	if (body !== 'camelCase') return payload;
	return Object.fromEntries(
		Object.entries(payload).map(([name, value]) => [
			name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
			value,
		]),
	);
}

function callbackMessage(content: unknown, token: string, context?: Context): CallbackMessage {
	const text = JSON.stringify(content, null, 1);
	return {
		headers: { 'Content-Type': 'application/json', 'X-Payfect-Signature': token },
		body:
			context?.dialect('callbackBody') === 'same'
				? JSON.stringify(content)
				: // Other white space than the token's text: the same value in other bytes.
					text.replaceAll(/\n */g, ' '),
	};
}

function fernetKey(thirtyTwoLetters: string): string {
	// Padded, as the Fernet specification writes keys; Node's base64url leaves the padding out.
	return `${Buffer.from(thirtyTwoLetters, 'ascii').toString('base64url')}=`;
}

/**
 * A Fernet token (github.com/fernet/spec): version, time, IV, AES-128-CBC, and an HMAC-SHA256 over
 * all of them.
 */
function fernetToken(plaintext: string, secretKey: string): string {
	const key = Buffer.from(secretKey, 'base64url');
	const initializationVector = randomBytes(16);
	const cipher = createCipheriv('aes-128-cbc', key.subarray(16), initializationVector);
	const versionAndTime = Buffer.alloc(9, 0x80);
	versionAndTime.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000)), 1);
	const signed = Buffer.concat([
		versionAndTime,
		initializationVector,
		cipher.update(plaintext, 'utf8'),
		cipher.final(),
	]);
	const signature = createHmac('sha256', key.subarray(0, 16)).update(signed).digest();
	const token = Buffer.concat([signed, signature]).toString('base64');
	return token.replaceAll('+', '-').replaceAll('/', '_');
}

/** With another bit in the middle of what is encrypted. */
function withOtherBlock(token: string): string {
	const bytes = Buffer.from(token, 'base64url');
	const middle = Math.floor(bytes.length / 2);
	bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
	return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/**
 * Unix seconds with microseconds, as in `1690532072.288761`. JavaScript has milliseconds only; the
 * rest is zero.
 */
function secondsWithMicroseconds(at: Date): string {
	const milliseconds = at.getTime();
	return `${Math.floor(milliseconds / 1000)}.${String(milliseconds % 1000).padStart(3, '0')}000`;
}

function isWebAddress(url: string): boolean {
	return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

function refusedFields(error: z.ZodError): ApiReply {
	const body: Record<string, unknown> = {};
	for (const { path, message } of error.issues)
		addMessage(body, path.length === 0 ? ['detail'] : path, message);
	const refusal = error.issues
		.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
		.join('\n');
	return { status: 400, body, refusal };
}

function addMessage(
	into: Record<string, unknown>,
	[name, ...rest]: readonly (string | number)[],
	message: string,
): void {
	const key = String(name);
	if (rest.length === 0) into[key] = [...((into[key] as string[] | undefined) ?? []), message];
	else addMessage((into[key] ??= {}) as Record<string, unknown>, rest, message);
}

function remarksOn(request: CreateRequest): string[] {
	const remarks = [
		...unknownFields(request, Object.keys(createRequest.shape), ''),
		...request.invoice_items.flatMap((item, index) => [
			...unknownFields(item, ['quantity', 'price', 'price_data'], `invoice_items.${index}.`),
			...unknownFields(
				item.price_data ?? {},
				Object.keys(priceData.shape),
				`invoice_items.${index}.price_data.`,
			),
			...unknownFields(
				item.price_data?.product_data ?? {},
				Object.keys(productData.shape),
				`invoice_items.${index}.price_data.product_data.`,
			),
		]),
		...unknownFields(
			request.payment_method_data ?? {},
			Object.keys(paymentMethodData.shape),
			'payment_method_data.',
		),
		...unknownFields(
			request.payment_method_data?.paymentMethodDetail ?? {},
			['currency', 'network'],
			'payment_method_data.paymentMethodDetail.',
		),
	].map((field) => `unknown field: ${field}`);
	const type = request.payment_method_data?.type;
	if (type !== undefined && type !== 'cryptopaymentmethoddetail')
		remarks.push(`payment_method_data.type "${type}" is not documented`);
	const foreign = request.invoice_items.find(
		(item) => item.price_data !== undefined && item.price_data.currency !== request.currency,
	);
	if (foreign !== undefined)
		remarks.push(
			`an item's currency is "${foreign.price_data?.currency}", the checkout's is "${request.currency}"`,
		);
	return remarks;
}

function unknownFields(value: object, known: readonly string[], prefix: string): string[] {
	return Object.keys(value)
		.filter((name) => !known.includes(name))
		.map((name) => `${prefix}${name}`);
}
