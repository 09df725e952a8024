import axios, { AxiosHeaders, isAxiosError } from 'axios';
import { BoundedMap } from './bounded';
import type { CallbackAnswer, CallbackMessage, CallbackQuality } from './provider';

/** How many deliveries are kept; the oldest are forgotten first. */
const deliveryCapacity = 20_000;

/**
 * No provider documents how long it waits for an answer. Inferred: ten seconds, a usual time for
 * callbacks.
 */
const answerWithinMilliseconds = 10_000;
const largestAnswerBytes = 64 * 1024;

/** One message to one address. It is made once: copies and redeliveries repeat its bytes. */
export interface Dispatch {
	readonly provider: string;
	readonly checkoutId: string;
	readonly event: string;
	readonly quality: CallbackQuality;
	readonly url: string;
	readonly message: CallbackMessage;
	/** Waiting time before each redelivery, not scaled */
	readonly gapsMilliseconds: readonly number[];
	readonly acknowledged: (answer: CallbackAnswer) => boolean;
}

export interface Delivery {
	readonly id: string;
	readonly provider: string;
	readonly checkoutId: string;
	readonly event: string;
	readonly quality: CallbackQuality;
	readonly url: string;
	/** 1 for the first time this message is sent */
	readonly attempt: number;
	readonly requestHeaders: Readonly<Record<string, string>>;
	readonly requestBody: string;
	/** Null while there is no answer */
	status: number | null;
	responseHeaders: Record<string, string>;
	responseBody: string;
	acknowledged: boolean;
	readonly at: Date;
	/** Why there was no answer, in words */
	error: string | null;
	/** When the provider will send it again by itself */
	nextAttemptAt: Date | null;
}

interface Sending {
	readonly dispatch: Dispatch;
	attempts: number;
	gapsUsed: number;
	acknowledged: boolean;
	timer?: NodeJS.Timeout;
}

/**
 * Why the sandbox sends nothing to this address, or undefined. It is a tool for one machine: a
 * callback URL that was typed in by mistake must not make it call strangers.
 */
function refusedAddress(url: string, allowedHosts: readonly string[]): string | undefined {
	if (!URL.canParse(url)) return `Not sent: "${url}" is not an absolute URL.`;
	const { protocol, hostname } = new URL(url);
	if (protocol !== 'http:' && protocol !== 'https:')
		return `Not sent: the sandbox sends to http and https addresses only, not to "${protocol}".`;
	const loopback =
		hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
	if (loopback || allowedHosts.includes(hostname)) return undefined;
	return `Not sent: the sandbox sends to this machine only (localhost, 127.0.0.1, [::1]), not to "${hostname}".`;
}

/** Sends callbacks, remembers what was answered, and repeats them on the provider's schedule. */
export class Deliveries {
	private readonly byId = new BoundedMap<string, Delivery>(deliveryCapacity);
	private readonly sendingById = new BoundedMap<string, Sending>(deliveryCapacity);
	private readonly waiting = new Set<Sending>();
	private stopped = new AbortController();
	private count = 0;

	constructor(
		private readonly allowedHosts: readonly string[],
		private readonly redeliveryScale: () => number,
	) {}

	/** Sends a message for the first time; resolves with what was answered, also when nothing was. */
	async send(dispatch: Dispatch): Promise<Delivery> {
		return await this.deliver({ dispatch, attempts: 0, gapsUsed: 0, acknowledged: false });
	}

	/**
	 * Sends the message of an earlier delivery once more, now; undefined if that delivery is not
	 * known.
	 */
	async redeliver(deliveryId: string): Promise<Delivery | undefined> {
		const sending = this.sendingById.get(deliveryId);
		return sending === undefined ? undefined : await this.deliver(sending);
	}

	/** Oldest first */
	all(): Delivery[] {
		return this.byId.values();
	}

	get size(): number {
		return this.byId.size;
	}

	/** Forgets everything; what is on its way is broken off. */
	clear(): void {
		this.stopped.abort();
		this.stopped = new AbortController();
		for (const sending of this.waiting) clearTimeout(sending.timer);
		this.waiting.clear();
		this.byId.clear();
		this.sendingById.clear();
	}

	private async deliver(sending: Sending): Promise<Delivery> {
		const { dispatch } = sending;
		const { signal } = this.stopped;
		sending.attempts += 1;
		this.count += 1;
		const delivery: Delivery = {
			id: `delivery-${this.count}`,
			provider: dispatch.provider,
			checkoutId: dispatch.checkoutId,
			event: dispatch.event,
			quality: dispatch.quality,
			url: dispatch.url,
			attempt: sending.attempts,
			requestHeaders: { 'User-Agent': 'hosted-checkout-sandbox', ...dispatch.message.headers },
			requestBody: dispatch.message.body,
			status: null,
			responseHeaders: {},
			responseBody: '',
			acknowledged: false,
			at: new Date(),
			error: refusedAddress(dispatch.url, this.allowedHosts) ?? null,
			nextAttemptAt: null,
		};
		this.byId.set(delivery.id, delivery);
		this.sendingById.set(delivery.id, sending);
		if (delivery.error !== null) return delivery;
		await post(delivery, signal);
		if (signal.aborted) return delivery;
		if (delivery.status !== null) {
			delivery.acknowledged = dispatch.acknowledged({
				status: delivery.status,
				headers: delivery.responseHeaders,
				body: delivery.responseBody,
			});
		}
		if (delivery.acknowledged) this.settle(sending);
		else this.schedule(sending, delivery);
		return delivery;
	}

	private settle(sending: Sending): void {
		sending.acknowledged = true;
		clearTimeout(sending.timer);
		this.waiting.delete(sending);
	}

	private schedule(sending: Sending, delivery: Delivery): void {
		const gap = sending.dispatch.gapsMilliseconds[sending.gapsUsed];
		if (sending.acknowledged || this.waiting.has(sending) || gap === undefined) return;
		sending.gapsUsed += 1;
		const wait = gap * this.redeliveryScale();
		delivery.nextAttemptAt = new Date(Date.now() + wait);
		this.waiting.add(sending);
		sending.timer = setTimeout(() => {
			this.waiting.delete(sending);
			void this.deliver(sending);
		}, wait);
	}
}

/** Writes the answer, or the reason why there is none, into the delivery; never rejects. */
async function post(delivery: Delivery, stopped: AbortSignal): Promise<void> {
	try {
		const answer = await axios.request<string>({
			method: 'POST',
			url: delivery.url,
			headers: delivery.requestHeaders,
			data: Buffer.from(delivery.requestBody, 'utf8'),
			responseType: 'text',
			// The defaults of axios would write JSON anew and parse the answer; a redirect or a proxy
			// would carry the callback elsewhere.
			transformRequest: (data: Buffer) => data,
			transformResponse: (body: string) => body,
			validateStatus: () => true,
			maxRedirects: 0,
			proxy: false,
			maxContentLength: largestAnswerBytes,
			signal: AbortSignal.any([stopped, AbortSignal.timeout(answerWithinMilliseconds)]),
		});
		delivery.status = answer.status;
		delivery.responseHeaders = Object.fromEntries(
			Object.entries(AxiosHeaders.from(answer.headers as AxiosHeaders).toJSON()).map(
				([name, value]) => [name, String(value)],
			),
		);
		delivery.responseBody = answer.data;
	} catch (error) {
		if (stopped.aborted) delivery.error = 'Broken off: the sandbox was reset or stopped.';
		else if (isAxiosError(error) && error.code === 'ERR_CANCELED')
			delivery.error = `No answer within ${answerWithinMilliseconds / 1000} seconds.`;
		else
			delivery.error =
				error instanceof Error && error.message !== ''
					? error.message
					: String((error as { code?: unknown }).code ?? error);
	}
}
