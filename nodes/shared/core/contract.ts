/**
 * The vocabulary that all providers share. Types only: a contract knows its provider's HTTP and
 * nothing of n8n, and the shared functions know these types and no provider.
 */

import type { Refused, Sentence } from './sentences';

/** What may happen when a call is sent a second time. */
export type Retry =
	/** It reads, or changes nothing more the second time. */
	| 'idempotent'
	/** The provider documents that it de-duplicates by the idempotency key in this very call. */
	| 'idempotencyKey'
	/**
	 * A second one may make a second checkout or refund: only repeated when the first cannot have
	 * arrived.
	 */
	| 'never';

/** One HTTP request. `body` is the exact text, so that what is signed is what is sent. */
export interface HttpCall {
	method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** Absolute, query string included. */
	url: string;
	headers?: Record<string, string>;
	body?: string;
	retry: Retry;
	/**
	 * Where the user can look when it is unknown whether this call arrived; only for calls that make
	 * something.
	 */
	howToFindOut?: string;
	/** Where the answer may be longer than usual, because it is a file. */
	maximumReplyBytes?: number;
	/** Values in this request, besides the credential's, that no error may show. */
	secrets?: string[];
}

export interface HttpReply {
	status: number;
	/** Names in lower case. */
	headers: Record<string, string>;
	/** The body as it came. */
	text: string;
	/**
	 * The body as JSON, with every number that a JavaScript number would change as text; undefined if
	 * it is not JSON.
	 */
	body: unknown;
	/** The raw bytes, for answers that are files. */
	bytes: Buffer;
	/**
	 * A short piece of it that an error may show: no secret of the credential or the call is in it.
	 * Absent where nobody sent a call.
	 */
	quoted?: () => string;
}

/** All that signing takes from outside; tests fix it. */
export interface SigningInputs {
	now: Date;
	/** 32 hexadecimal characters. */
	nonce: string;
}

/** A refusal in the provider's own words, also when it came inside a 200. */
export interface Refusal {
	/** What the provider said. */
	message: string;
	/** What to do about it, where a source or the contract's logic tells. */
	advice?: string;
	/**
	 * The provider asks to slow down: nothing was done, so the call may be sent again after a pause.
	 */
	rateLimited?: boolean;
	/** The provider does not know what was asked for. */
	notFound?: boolean;
}

export type CheckoutStatus =
	'open' | 'pending' | 'paid' | 'failed' | 'expired' | 'canceled' | 'refunded' | 'unknown';

/** A checkout as every node puts it out (`Simplify` on); made by `checkoutOf` (outputs.ts). */
export interface Checkout {
	/** The merchant's own order number. */
	reference: string | null;
	/** Absolute address to send the payer to, byte for byte as the provider gave it. */
	checkoutUrl: string | null;
	/** Anything not explicitly known is `unknown`, never `paid`. */
	status: CheckoutStatus;
	/** Decimal text in major units. Of what was made just now: as it was sent. */
	amount: string | null;
	/** As the provider spells it. */
	currency: string | null;
	/** ISO 8601, UTC. */
	expiresAt: string | null;
	checkoutId: string | null;
	paymentId: string | null;
	/** Text to draw as a QR code. */
	qrCode: string | null;
	provider: string;
	/** The provider's own word. */
	providerStatus: string | null;
	/** Why it failed: the provider's code or words for it. */
	statusReason: string | null;
	livemode: boolean | null;
	nextAction: Record<string, unknown> | null;
}

/** A refund as every node puts it out (`Simplify` on). */
export interface Refund {
	provider: string;
	/** The provider's id of the refund. */
	refundId: string | null;
	/** The provider's id of the payment that is refunded. */
	paymentId: string | null;
	/** The merchant's own number of the refund. */
	reference: string | null;
	/** The merchant's own number of the payment. */
	paymentReference: string | null;
	status: 'pending' | 'succeeded' | 'failed' | 'canceled' | 'unknown';
	providerStatus: string | null;
	/** Decimal text in major units. */
	amount: string | null;
	currency: string | null;
}

export type PaymentEventName =
	| 'payment.succeeded'
	| 'payment.pending'
	| 'payment.failed'
	| 'payment.canceled'
	| 'payment.expired'
	| 'refund.succeeded'
	| 'refund.failed'
	| 'refund.pending'
	| 'dispute.updated'
	| 'unknown';

/** What happened, as a contract reads it from an authenticated payload. */
export interface PaymentEventData {
	event: PaymentEventName;
	reference: string | null;
	amount: string | null;
	currency: string | null;
	status: CheckoutStatus;
	/** Why a payment or refund failed: the provider's code or words for it. */
	statusReason: string | null;
	/** The same for every delivery of one event, different for different events. */
	eventId: string;
	/** ISO 8601, UTC. */
	occurredAt: string | null;
	checkoutId: string | null;
	paymentId: string | null;
	provider: string;
	providerStatus: string | null;
	livemode: boolean | null;
	/** The authenticated payload in the provider's words. */
	raw: Record<string, unknown>;
}

/** What leaves a trigger and `callback: verify`; made by `verifiedEvent` (outputs.ts). */
export interface PaymentEvent extends PaymentEventData {
	verifiedBy: 'signature' | 'provider' | 'signature+provider';
}

export interface ReceivedCallback {
	/**
	 * Names in lower case; of a header that was sent several times, the values joined with a comma.
	 */
	headers: Record<string, string>;
	rawBody: Buffer;
}

export type Payload = Record<string, unknown>;

/** What a callback says of which only the number counts that is asked for. */
export interface Hint {
	payload: Payload;
	/** What it says of another payment, where it names two and leaves open which one it is about. */
	besides?: Payload;
}

/**
 * What has to vouch for a callback: a choice in the credential, so that the trigger, Wait for
 * Payment and Verify agree.
 */
export type CallbackProof =
	/** The signature must fit. */
	| 'signature'
	/** It must fit, and the provider's API must support it. */
	| 'signatureAndProvider'
	/** Where no secret fits, because one can get lost, the provider is asked. */
	| 'signatureOrProvider'
	/** The callback is only a hint, and the provider is asked. */
	| 'provider';

export type Verification =
	| {
			genuine: true;
			payload: Payload;
			/** Only where the time is covered by the signature. */
			signedAt?: Date;
			/**
			 * Why nobody can tell what it says: a kind or a spelling that no page shows. It can be
			 * no more than the event `unknown`.
			 */
			unreadable?: Refused;
			/** What else the log says of it. */
			remark?: Sentence;
			/**
			 * The signature leaves open where a value ends, or covers what is not authentic: it proves who
			 * sent the callback, and not what it says.
			 */
			isHint?: true;
			/** As of a `Hint`; only where it is one. */
			besides?: Payload;
	  }
	/**
	 * `fault` where the signature is well-formed: no secret that we have fits it, or the fault is ours,
	 * such as a secret that is missing.
	 */
	| ({ genuine: false; fault?: 'noSecretFits' | 'ours' } & Refused);

/** With which settings a callback that was refused would fit. For words only: it stays refused. */
export interface Finding {
	/** Values by name of the credential's field, none of them a secret; empty where no setting fits. */
	settings: Readonly<Record<string, string | boolean>>;
	/** What was found and the way out, in whole sentences. No secret and no payload is in it. */
	says: string;
}

/** The one number that the provider is asked about. */
export type AskedFor =
	| { checkoutId: string }
	| { paymentId: string }
	| { reference: string }
	| { providerEventId: string };

/** The acknowledgement a provider expects. */
export interface Acknowledgement {
	status: number;
	contentType: string;
	body: string;
}

/** One row of an order. `unitAmount` is decimal text in major units. */
export interface LineItem {
	name: string;
	unitAmount: string;
	quantity: number;
	description?: string;
	/** Absolute addresses. */
	images?: string[];
	/** The provider's id of a price that already exists, in place of name and amount. */
	price?: string;
}

/** What every provider's Create Checkout reads from a row; each adds its own fields. */
export interface CheckoutOrder {
	/**
	 * Decimal text in major units; the exact sum of the line items where those are given; null only
	 * with price ids.
	 */
	amount: string | null;
	lineItems: LineItem[];
	/**
	 * `smallest`: amounts are integers of the currency's smallest unit, as the provider wants them.
	 */
	amountUnit: 'major' | 'smallest';
	currency: string;
	reference: string | null;
	description: string | null;
	successUrl: string | null;
	cancelUrl: string | null;
	callbackUrl: string | null;
	/** Merged into the request last, for what is documented nowhere yet. */
	extraFields: Record<string, unknown>;
}

/** What every provider's Create Refund reads from a row; each adds its own fields. */
export interface RefundOrder {
	/** Decimal text; null gives back all that is left. */
	amount: string | null;
	amountUnit: CheckoutOrder['amountUnit'];
	currency: string;
	/** The merchant's own number of the refund. */
	reference: string | null;
	/** As of a checkout. */
	extraFields: Record<string, unknown>;
}

/** An endpoint at the provider that receives events, where an API for it exists. */
export interface RegisteredEndpoint {
	id: string;
	url: string;
	enabled: boolean;
	events: string[];
}

/**
 * What registrations of a trigger's endpoint gave us to keep, the newest first; any of them may
 * hold the secret. Absent where no trigger asks, such as in `callback: verify`.
 */
export type Remembered = ReadonlyArray<Readonly<Record<string, unknown>>>;

/** How the provider's API is asked about a payment. */
export interface Question<Credentials> {
	/** The number to ask for; undefined when what is known of the payment holds none. */
	askFor(known: PaymentEventData): AskedFor | undefined;
	call(about: AskedFor, credentials: Credentials): HttpCall;
	/**
	 * What the answer says; undefined when the provider does not know what was asked for.
	 *
	 * @throws CallFailure when it is no answer, or about something else
	 */
	facts(reply: HttpReply, about: AskedFor, credentials: Credentials): PaymentEventData | undefined;
	/** What in the answer is not the credential's. */
	contradiction?(found: PaymentEventData, credentials: Credentials): Refused | undefined;
}

/**
 * How the provider's API is asked about a callback. Of an unsigned one only the number that is asked
 * for gets into the question, and nothing into the answer.
 */
export interface Confirmation<Credentials> extends Question<Credentials> {
	/**
	 * What an unsigned callback says. Only the number in it that is asked for counts.
	 */
	readUnsigned(received: ReceivedCallback, credentials: Credentials): Hint | Refused;
	/**
	 * What to ask for then, where the answer tells no more than another number of the payment.
	 */
	thenAskFor?(found: PaymentEventData, about: AskedFor): AskedFor | undefined;
	/** The provider's own time of it, held against Maximum Age; ISO 8601, null if it tells none. */
	timeOf(found: PaymentEventData): string | null;
	/**
	 * The id of what was put together from callback and answer, where the amount that counts belongs
	 * to it; absent: the answer's.
	 */
	eventId?(event: Omit<PaymentEventData, 'eventId'>): string;
	/** What `amount` in the answer is. An ordered amount never replaces a received one. */
	amountIs: 'received' | 'ordered';
	/** What else the credential needs where an unsigned callback is asked about, in words. */
	setupProblem?(credentials: Credentials): Sentence | undefined;
	/** Something that nobody has: asking for it shows whether the provider can be asked. */
	nobodys: AskedFor;
	/**
	 * Whether a refusal of the question about nobody's number shows that it was understood, where no
	 * page says how the provider denies one.
	 */
	isUnderstood?(refusal: { httpStatus?: number; advice: string }): boolean;
}

/** What every call to a provider needs. Optional members are absent, never stubbed. */
export interface ApiContract<Credentials> {
	/** The value of `provider` in every output. */
	provider: string;
	displayName: string;
	/** Headers that authenticate one call. Throws an `InputError` when the credential cannot sign. */
	authHeaders(
		credentials: Credentials,
		call: HttpCall,
		stamp: SigningInputs,
	): Record<string, string>;
	/**
	 * Credential fields that are no secrets, so that they are not hidden where the provider's words
	 * happen to hold them.
	 */
	nonSecretFields?: ReadonlyArray<keyof Credentials & string>;
	/** What is wrong with the credential for requests, in words, before anything is sent. */
	credentialProblem?(credentials: Credentials): Sentence | undefined;
	/** A documented limit; `scope` is what the provider counts by. */
	rateLimit?: { requestsPerSecond: number; scope(credentials: Credentials): string };
	/**
	 * The provider's own words if this reply is a refusal; undefined if it is not. Called for every
	 * reply, whatever its status.
	 */
	failure(reply: HttpReply, credentials: Credentials): Refusal | undefined;
}

/** What an answer is read with: the order, and the call that was made of it. */
export interface Sent<Credentials, Order> {
	order: Order;
	call: HttpCall;
	credentials: Credentials;
}

/** How a provider's checkouts are made. */
export interface CheckoutContract<Credentials, Order> {
	checkout: {
		call(order: Order, credentials: Credentials): HttpCall;
		result(reply: HttpReply, sent: Sent<Credentials, Order>): Checkout;
	};
}

/** How a provider's callbacks are verified, read, acknowledged and confirmed. */
export interface CallbackContract<Credentials> {
	callback: {
		/**
		 * What is missing or malformed in the credential for verifying callbacks, in words; undefined
		 * if the credential is fit for verifying, or if the cause lies elsewhere. `remembered` as in `verify`.
		 */
		setupProblem(credentials: Credentials, remembered?: Remembered): Sentence | undefined;
		/** Judges over the raw bytes. */
		verify(
			received: ReceivedCallback,
			credentials: Credentials,
			remembered?: Remembered,
		): Verification;
		/**
		 * With which settings a callback that `verify` refused would fit, undefined where none is found.
		 * It tries a fixed number of ways, whatever is in the callback.
		 */
		findSetting?(
			received: ReceivedCallback,
			credentials: Credentials,
			remembered?: Remembered,
		): Finding | undefined;
		/** `received` for what only headers tell; they need not be covered by the proof. */
		parseEvent(
			payload: Payload,
			credentials: Credentials,
			received?: Pick<ReceivedCallback, 'headers'>,
		): PaymentEventData;
		acknowledgement(credentials: Credentials): Acknowledgement;
		/**
		 * The secrets of which one makes the tag in the callback address of a checkout
		 * (core/callbackTag.ts), the current one first; only where callbacks may come unsigned.
		 */
		tagSecrets?(credentials: Credentials): string[];
		/**
		 * What the credential lacks for a wait, in words: without it no answer could be recognized as
		 * paid.
		 */
		waitProblem?(credentials: Credentials): Sentence | undefined;
		/** What its callbacks can say: the events that the trigger offers, in that order. */
		events: readonly PaymentEventName[];
		/** Those of them that only the provider's answer can say, where it is asked. */
		eventsWhenAsked?: readonly PaymentEventName[];
		/** The choices of `callbackProof` that the credential offers, the default first. */
		proofs: readonly [CallbackProof, ...CallbackProof[]];
		/** Asking the provider's API about a callback; there where one of the choices asks. */
		confirm?: Confirmation<Credentials>;
		/**
		 * Asking it about a checkout before its payment is waited for, where callbacks are not asked
		 * about; otherwise `confirm` asks.
		 */
		lookUpAwaited?: Question<Credentials>;
		registration?: {
			/**
			 * The provider's names of what these events come in, and the user's own; empty when the
			 * provider sends none of them.
			 */
			eventNames(events: PaymentEventName[], additional: string[]): string[];
			list(credentials: Credentials, after?: string): HttpCall;
			listed(reply: HttpReply): { endpoints: RegisteredEndpoint[]; next?: string };
			create(url: string, events: string[], credentials: Credentials): HttpCall;
			/** What has to be kept to verify callbacks later, with the endpoint's id. */
			remember(reply: HttpReply): { id: string } & Record<string, unknown>;
			remove(id: string, credentials: Credentials): HttpCall;
			/** What encrypts the kept secrets: whoever has it could register an endpoint anyway. */
			secretOf(credentials: Credentials): string;
			/**
			 * Tells tests from live, without any secret: what proved a callback in the one must not prove
			 * one in the other.
			 */
			environment(credentials: Credentials): string;
		};
	};
}

/** Everything about one provider's HTTP. */
export type PaymentContract<Credentials, Order> = ApiContract<Credentials> &
	CheckoutContract<Credentials, Order> &
	CallbackContract<Credentials>;
