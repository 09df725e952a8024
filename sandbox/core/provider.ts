import type { CheckoutStore } from './checkoutStore';

/**
 * What one provider is to the sandbox. A file in `sandbox/providers/` exports one such object under
 * the name `provider`, and everything else (HTTP server, faults, deliveries, pages, control API) is
 * the same for all.
 */
export interface SandboxProvider<State = unknown, Details = unknown> {
	/**
	 * The value of `provider` in the package's output, the name of the file and the first part of
	 * every path
	 */
	readonly name: string;
	readonly displayName: string;
	/**
	 * Every documented call that the sandbox answers; the path is relative to `/<name>` and has
	 * Hono's syntax (`/orders/:id`)
	 */
	readonly operations: readonly SandboxOperation<State, Details>[];
	/**
	 * What may happen to a checkout, by name; usually `standardActions` with the differences written
	 * over it
	 */
	readonly actions: Readonly<Record<string, PayerAction>>;
	/** The action as it is for this checkout, where that depends on how the checkout was made */
	actionFor?(action: PayerAction, checkout: Readonly<SandboxCheckout<Details>>): PayerAction;
	readonly callbacks: ProviderCallbacks<State, Details>;
	/** What the sandbox had to assume because no source says it; shown on the dashboard */
	readonly inferred: readonly string[];
	/**
	 * What it had to assume and can play in another way as well, by name: a switch on the dashboard
	 * and in the control API. What is chosen is `context.dialect(name)`; a reset chooses the default.
	 */
	readonly dialects?: Readonly<Record<string, Dialect>>;
	/**
	 * The credential to type into n8n. Both are the sandbox's address of this provider, without a
	 * final slash: by the name that n8n calls, and by the one that the payer's browser does
	 */
	credential(providerUrl: string, payerUrl?: string): SandboxCredential;
	/**
	 * What the provider remembers besides checkouts (price lists, endpoints, idempotency keys); made
	 * anew at a reset
	 */
	newState(): State;
	/** The refusal if the call is not authenticated as the contract demands, else undefined */
	authenticate(call: ApiCall, context: ProviderContext<State, Details>): ApiReply | undefined;
	/** From now on this is the key of the API: the merchant has renewed it in the dashboard */
	renewKey?(context: ProviderContext<State, Details>, key: string): void;
	/** The answer to a path that no operation has; a plain 404 if left out */
	unmatched?(call: ApiCall): ApiReply;
	/** The answer of a `401` fault: what the provider says to a wrong key */
	wrongKey(): ApiReply;
	/**
	 * Faults that only this provider has, by name, as the reply that takes the place of the real one
	 * before anything is stored
	 */
	readonly faults?: Readonly<Record<string, () => ApiReply>>;
	/**
	 * More tables for the dashboard and for `reports` in the control state (registered endpoints,
	 * refunds, …)
	 */
	report?(
		context: ProviderContext<State, Details>,
	): Record<string, readonly Record<string, unknown>[]>;
}

/** One question that the provider's pages leave open, and the answers that the sandbox can play */
export interface Dialect {
	/** The question as a short label: 'Name of the signature header' */
	readonly label: string;
	/** What is played, in words, by the name of the reading */
	readonly readings: Readonly<Record<string, string>>;
	/** The reading that the sandbox assumes unless it is told otherwise */
	readonly default: string;
}

export interface SandboxCredential {
	readonly type: string;
	readonly name: string;
	readonly data: Record<string, unknown>;
	/** Of the fields that are lists in n8n, the words that the list shows for the value */
	readonly choices?: Record<string, string>;
}

export interface SandboxOperation<State = unknown, Details = unknown> {
	/**
	 * The name that faults and request counts go by; `create` is the call that makes a checkout on
	 * every provider
	 */
	readonly operation: string;
	readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	readonly path: string;
	handle(call: ApiCall, context: ProviderContext<State, Details>): ApiReply | Promise<ApiReply>;
}

/** One request as it arrived on the socket */
export interface ApiCall {
	readonly method: string;
	/** Path and query exactly as sent, with the provider's prefix: `/<name>/v1/orders?a=1` */
	readonly target: string;
	/** The same without the provider's prefix: `/v1/orders?a=1` */
	readonly providerTarget: string;
	readonly params: Readonly<Record<string, string>>;
	readonly query: URLSearchParams;
	/** Lower-case names; of a repeated header, what Node makes of it */
	readonly headers: Readonly<Record<string, string | undefined>>;
	/** The body's bytes, untouched: what signatures are checked over */
	readonly rawBody: Buffer;
}

export interface ApiReply {
	readonly status: number;
	/** Text is sent as it is (set its content type in `headers`), anything else as JSON */
	readonly body: unknown;
	readonly headers?: Readonly<Record<string, string>>;
	/** Why the call was refused, in words for the person at the dashboard; left out on success */
	readonly refusal?: string;
}

export type CheckoutStatus =
	| 'open'
	| 'pending'
	/** The payer has agreed, and the merchant has not taken the money yet */
	| 'authorized'
	| 'paid'
	| 'failed'
	| 'canceled'
	| 'expired'
	| 'refunded';

export interface SandboxCheckout<Details = unknown> {
	readonly provider: string;
	readonly checkoutId: string;
	readonly paymentId: string | null;
	/** The merchant's own number */
	readonly reference: string | null;
	status: CheckoutStatus;
	/** What was asked for: decimal text in major units */
	readonly amount: string;
	/** What the payer paid: decimal text in major units, null before the payment */
	paidAmount: string | null;
	readonly currency: string;
	readonly description: string;
	readonly callbackUrl: string | null;
	readonly successUrl: string | null;
	readonly cancelUrl: string | null;
	readonly createdAt: Date;
	updatedAt: Date;
	paidAt: Date | null;
	readonly expiresAt: Date | null;
	/** The request that made it, parsed */
	readonly request: unknown;
	/** What is odd about the request but not refused, such as fields no source names */
	readonly remarks: readonly string[];
	/** The provider file's own data about it */
	readonly details: Details;
}

/**
 * One thing that can be done to a checkout: a button on the cashier page and a call of the control
 * API
 */
export interface PayerAction {
	readonly label: string;
	readonly from: readonly CheckoutStatus[];
	/** The status it leads to; left out where the status stays */
	readonly to?: CheckoutStatus;
	readonly paid?: 'exact' | 'under' | 'over';
	/**
	 * The kind of event that the provider is asked to tell the merchant about; left out where nothing
	 * is told
	 */
	readonly event?: string;
	/** Where the payer's browser goes afterwards */
	readonly returnTo: 'success' | 'cancel' | 'cashier';
	/** Where the button stands: among the payer's own, or with the tester's */
	readonly by: 'payer' | 'tester';
}

/** What happened, at the moment it happened: later changes of the checkout do not show in it */
export interface CheckoutEvent<Details = unknown> {
	/** The same for every copy and redelivery of this event */
	readonly id: string;
	readonly kind: string;
	readonly at: Date;
	readonly checkout: Readonly<SandboxCheckout<Details>>;
	readonly callbackUrl: string | null;
	/** What the provider file gave `tell` about it, such as the refund */
	readonly details: Readonly<Record<string, unknown>>;
}

/**
 * `genuine`: as the provider sends it. `forged`: well formed, made by somebody who does not know
 * the secret. `tampered`: a genuine one whose content was changed afterwards.
 */
export type CallbackQuality = 'genuine' | 'forged' | 'tampered';

export interface CallbackTarget {
	readonly url: string;
	/** The endpoint's own secret, where the provider has one for each endpoint */
	readonly secret?: string;
}

export interface CallbackMessage {
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

export interface CallbackAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

export interface ProviderCallbacks<State = unknown, Details = unknown> {
	/**
	 * The message about this event, or undefined where the provider tells nobody about such an event
	 */
	compose(
		event: CheckoutEvent<Details>,
		quality: CallbackQuality,
		target: CallbackTarget,
		context: ProviderContext<State, Details>,
	): CallbackMessage | undefined;
	/** Where it goes; the event's own callback URL if left out */
	targets?(
		event: CheckoutEvent<Details>,
		context: ProviderContext<State, Details>,
	): readonly CallbackTarget[];
	acknowledged(answer: CallbackAnswer, context: ProviderContext<State, Details>): boolean;
	/**
	 * The waiting time before each redelivery, as documented and before scaling; empty where no
	 * schedule is documented
	 */
	readonly redeliveryGapsMilliseconds: readonly number[];
}

/** What a provider file is given to work with */
export interface ProviderContext<State = unknown, Details = unknown> {
	readonly state: State;
	readonly checkouts: CheckoutStore<Details>;
	/**
	 * The sandbox's address of this provider, without a final slash: `http://127.0.0.1:4100/<name>`
	 */
	readonly providerUrl: string;
	cashierUrl(checkoutId: string): string;
	/** The reading of this dialect that is played now; throws where the provider has no such dialect */
	dialect(name: string): string;
	/**
	 * Tells the merchant about something that an API call caused, such as a refund; the call need not
	 * wait for it
	 */
	tell(
		checkout: SandboxCheckout<Details>,
		kind: string,
		more?: { callbackUrl?: string | null; details?: Record<string, unknown> },
	): void;
}

const beforePayment: readonly CheckoutStatus[] = ['open', 'pending'];

/**
 * What a payer does at any provider. Where a provider differs, its file writes its own action over
 * one of these.
 */
export const standardActions = {
	pay: {
		label: 'Pay',
		from: beforePayment,
		to: 'paid',
		paid: 'exact',
		event: 'paid',
		returnTo: 'success',
		by: 'payer',
	},
	cancel: {
		label: 'Cancel',
		from: beforePayment,
		to: 'canceled',
		event: 'canceled',
		returnTo: 'cancel',
		by: 'payer',
	},
	expire: {
		label: 'Let it expire',
		from: beforePayment,
		to: 'expired',
		event: 'expired',
		returnTo: 'cashier',
		by: 'payer',
	},
	underpay: {
		label: 'Pay too little',
		from: beforePayment,
		to: 'paid',
		paid: 'under',
		event: 'paid',
		returnTo: 'success',
		by: 'tester',
	},
	overpay: {
		label: 'Pay too much',
		from: beforePayment,
		to: 'paid',
		paid: 'over',
		event: 'paid',
		returnTo: 'success',
		by: 'tester',
	},
} as const satisfies Record<string, PayerAction>;
