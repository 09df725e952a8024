import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';
import { CallFailure } from '../core/callFailure';
import type {
	PaymentEvent,
	PaymentEventName,
	PaymentEventData,
	ReceivedCallback,
	Remembered,
	Verification,
} from '../core/contract';
import { MAXIMUM_CONFIRMING_MILLISECONDS } from '../core/limits';
import { compareAmounts, LONGEST_AMOUNT } from '../core/money';
import type { CallbackProvider } from '../providerNode';
import { mayLookUp } from './lookupLimit';
import { sendCall } from '../requests/sendCall';
import { logLine } from './logLine';
import { truncate } from '../core/quote';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
const DEFAULT_MAXIMUM_AGE_DAYS = 7;
const ANY_AGE = 0;

export interface TriggerOptions {
	/** Whatever an expression gives. */
	confirmWithProvider?: unknown;
	/** Days; 0 = any age. Whatever an expression gives. */
	maximumAge?: unknown;
	respond?: 'immediately' | 'whenFinished';
}

export type CallbackDecision =
	/**
	 * `claimed`: what the callback itself says, where the API was asked and its answer made the
	 * event. Proved only where the callback is signed.
	 */
	| { pass: true; event: PaymentEvent; claimed: PaymentEventData }
	/**
	 * Genuine or harmless, but starts nothing: acknowledged, so that the provider does not send it
	 * again.
	 */
	| { pass: false; acknowledge: true; note: string }
	| { pass: false; acknowledge: false; status: 401 | 500; reason: string; hint?: string };

/**
 * What a callback must be about where one certain payment is awaited: gives the claim completed
 * with what is known, or in words why it is about something else. `confirmed`: the provider will be
 * asked, so the claim itself need not name anything.
 */
export type Expectation = (
	claimed: PaymentEventData,
	confirmed: boolean,
) => PaymentEventData | string;

/**
 * Judges a received callback: proof, age and, where chosen or needed, the provider's own answer.
 */
export async function decideCallback<Credentials>(
	context: IWebhookFunctions | IExecuteFunctions,
	provider: CallbackProvider<Credentials>,
	credentials: Credentials,
	received: ReceivedCallback,
	options: TriggerOptions,
	remembered?: Remembered,
	expectation?: Expectation,
): Promise<CallbackDecision> {
	const { callback } = provider.contract;
	const verdict = callback.verify(received, credentials, remembered);
	// What one secret proves counts, also beside another that is malformed, such as a previous one
	// that was mistyped.
	const problem =
		verdict.genuine === true ? undefined : callback.setupProblem(credentials, remembered);
	if (problem !== undefined)
		return {
			pass: false,
			acknowledge: false,
			status: 401,
			reason: problem,
			hint: 'Correct the credential.',
		};
	if (verdict.genuine === false)
		return {
			pass: false,
			acknowledge: false,
			status: 401,
			reason: verdict.reason,
			hint: verdict.hint,
		};
	const age = ageProblem(verdict, options.maximumAge, Date.now());
	if (age) return { pass: false, acknowledge: false, status: 401, ...age };
	const claimed = callback.parseEvent(verdict.payload, credentials, received);
	const ask = verdict.genuine === 'ask';
	// An expression can give anything: where asking is the default, nothing but a plain false
	// switches it off.
	const confirmed = callback.confirm?.callbackIsHint
		? options.confirmWithProvider !== false
		: Boolean(options.confirmWithProvider);
	const examined = expectation?.(claimed, ask || confirmed) ?? claimed;
	if (typeof examined === 'string')
		return { pass: false, acknowledge: false, status: 401, reason: examined };
	if (!ask && !confirmed)
		return { pass: true, event: { ...examined, verifiedBy: 'signature' }, claimed: examined };
	// At the address of a waiting execution nobody can have any other payment looked up than the one
	// that it waits for.
	const limited = ask && expectation === undefined;
	return await confirm(context, provider, credentials, examined, !ask, limited);
}

async function confirm<Credentials>(
	context: IWebhookFunctions | IExecuteFunctions,
	provider: CallbackProvider<Credentials>,
	credentials: Credentials,
	claimed: PaymentEventData,
	signed: boolean,
	limited: boolean,
): Promise<CallbackDecision> {
	const { displayName, callback } = provider.contract;
	const question = callback.confirm;
	const call = question?.call(claimed, credentials);
	if (!question || call === undefined) {
		return {
			pass: false,
			acknowledge: false,
			status: 401,
			reason: 'it names no payment that the provider could be asked about',
			hint: 'Nothing was asked.',
		};
	}
	const node = `${context.getWorkflow().id ?? ''}:${context.getNode().id}`;
	if (limited && !mayLookUp({ scope: node }, 'untagged', Date.now())) {
		return {
			pass: false,
			acknowledge: false,
			status: 500,
			reason: 'more unsigned callbacks came than the provider may be asked about',
			hint: 'Somebody may be sending invented ones. The provider is asked to send it again.',
		};
	}
	const asked = await sendCall({ context, provider, credentials }, call, {
		maximumAttempts: 1,
		timeoutMilliseconds: MAXIMUM_CONFIRMING_MILLISECONDS,
		turn: 'first',
	})
		.then((reply) => ({ found: question.facts(reply, claimed, credentials) }))
		.catch((error: unknown) => ({ error }));
	if ('error' in asked) {
		const unknownThere = asked.error instanceof CallFailure && asked.error.notFound;
		const words = asked.error instanceof Error ? asked.error.message : 'unknown error';
		if (!unknownThere)
			return {
				pass: false,
				acknowledge: false,
				status: 500,
				reason: `the provider could not be asked (${words})`,
				hint: 'The provider is asked to send it again.',
			};
	}
	const found = 'found' in asked ? asked.found : undefined;
	if (found === undefined)
		return { pass: false, acknowledge: true, note: `${displayName} does not know this payment` };
	for (const field of ['currency', 'reference'] as const) {
		const [said, is] = [claimed[field], found[field]];
		// Only of a currency the case is a matter of spelling: usdt and USDT are one, orders A-1 and
		// a-1 are two.
		const same = field === 'currency' ? said?.toLowerCase() === is?.toLowerCase() : said === is;
		if (said !== null && is !== null && !same) {
			return {
				pass: false,
				acknowledge: false,
				status: 401,
				reason: `its ${field} is not the one that ${displayName} has for this payment`,
				hint: 'The callback belongs to another payment or was changed.',
			};
		}
	}
	if (claimed.event === 'payment.succeeded' && found.event !== 'payment.succeeded') {
		const word = truncate(found.providerStatus ?? 'nothing');
		if (NOT_PAID.has(found.event))
			return {
				pass: false,
				acknowledge: true,
				note: `it says paid, but ${displayName} says ${word}`,
			};
		// An unknown word is no denial: it fires `unknown`. Where that is not chosen under Events, this
		// line is all that is left of it.
		logLine(
			context,
			'warn',
			`${displayName} Trigger: the callback says paid, ${displayName} says ${word}; it goes on as the event ${found.event}, which starts the workflow only if it is chosen.`,
		);
	}
	if (
		claimed.amount !== null &&
		found.amount !== null &&
		!isSameAmount(claimed.amount, found.amount)
	) {
		logLine(
			context,
			'warn',
			`${displayName} Trigger: the callback says ${truncate(claimed.amount)}, ${displayName} says ${truncate(found.amount)}; the latter counts.`,
		);
	}
	const sameEvent = signed && !question.callbackIsHint && claimed.event === found.event;
	return {
		pass: true,
		claimed,
		event: {
			...found,
			eventId: sameEvent && !question.decidesEventId ? claimed.eventId : found.eventId,
			checkoutId: found.checkoutId ?? (signed ? claimed.checkoutId : null),
			paymentId: found.paymentId ?? (signed ? claimed.paymentId : null),
			reference: found.reference ?? claimed.reference,
			amount: found.amount ?? (signed ? claimed.amount : null),
			currency: found.currency ?? (signed ? claimed.currency : null),
			occurredAt: found.occurredAt ?? (signed ? claimed.occurredAt : null),
			raw: sameEvent ? claimed.raw : found.raw,
			verifiedBy: signed ? 'signature+provider' : 'provider',
		},
	};
}

const NOT_PAID = new Set<PaymentEventName>([
	'payment.pending',
	'payment.failed',
	'payment.canceled',
	'payment.expired',
]);

/**
 * A callback, signed or not, may say anything in its amount: what is no decimal text, or an endless
 * one, is another amount.
 */
function isSameAmount(left: string, right: string): boolean {
	const isDecimal = (text: string) => text.length <= LONGEST_AMOUNT && /^-?\d+(\.\d+)?$/.test(text);
	return (
		left === right || (isDecimal(left) && isDecimal(right) && compareAmounts(left, right) === 0)
	);
}

/**
 * Judges the signed time of a callback. Ahead of our clock it may be by a tenth of the maximum age,
 * at least a minute and at most an hour: a wrong clock must not lose payments, and a future time
 * does an attacker no good.
 */
export function ageProblem(
	verdict: Verification,
	maximumAge: unknown,
	nowMilliseconds: number,
): { reason: string; hint: string } | undefined {
	const maximumAgeDays = readMaximumAge(maximumAge);
	if (verdict.genuine !== true || verdict.signedAt === undefined || maximumAgeDays === ANY_AGE)
		return undefined;
	const maximum = maximumAgeDays * DAY_MILLISECONDS;
	const age = nowMilliseconds - verdict.signedAt.getTime();
	if (Number.isNaN(age))
		return {
			reason: 'the time at which it was signed is no time',
			hint: 'It was not made by the provider.',
		};
	const seconds = Math.round(Math.abs(age) / 1000);
	if (age > maximum)
		return {
			reason: `it was signed ${seconds} seconds ago, more than 'Maximum Age'`,
			hint: "An old callback was sent again, or this server's clock is wrong.",
		};
	const ahead = Math.min(Math.max(maximum / 10, 60_000), 3_600_000);
	if (-age > ahead)
		return {
			reason: `it was signed ${seconds} seconds in the future`,
			hint: "Check this server's clock.",
		};
	return undefined;
}

/** An expression can give anything, and nothing but a plain 0 may switch the check off. */
function readMaximumAge(value: unknown): number {
	if (value === 0 || value === '0') return ANY_AGE;
	const days = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
	return days > 0 && Number.isFinite(days) ? days : DEFAULT_MAXIMUM_AGE_DAYS;
}
