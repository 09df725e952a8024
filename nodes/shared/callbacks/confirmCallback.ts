import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';
import type { Confirmation, PaymentEventData, PaymentEventName } from '../core/contract';
import { MAXIMUM_CONFIRMING_MILLISECONDS } from '../core/limits';
import { truncate } from '../core/quote';
import type { CallbackProvider } from '../providerNode';
import { pause } from '../requests/rateLimit';
import { askProvider, type Answered, type Asked } from './askProvider';
import { firstDifference, isSameAmount, smallerAmount } from './compareEvents';
import {
	acknowledgeOnly,
	askAgainLater,
	fire,
	refuseForged,
	type CallbackDecision,
} from './decision';
import { boundedLogLine } from './logLine';
import { timeProblem } from './maximumAge';
import { withCode, type Sentence } from '../core/sentences';
import { REFUSALS, SENTENCES } from './reasons';

const QUESTION = {
	maximumAttempts: 1,
	timeoutMilliseconds: MAXIMUM_CONFIRMING_MILLISECONDS,
	turn: 'first',
} as const;
/** A provider may send its callback a moment before its own query knows the payment. */
const ASK_AGAIN_AFTER_MILLISECONDS = 2_000;

/** Who receives a callback, and with which credential it is proved. */
export interface Receiver<Credentials> {
	context: IWebhookFunctions | IExecuteFunctions;
	provider: CallbackProvider<Credentials>;
	credentials: Credentials;
}

/** What a callback claims, and what that is worth. */
export type Claim =
	/** Its signature fits: it is true, apart from what the provider's API may know better. */
	| { signed: true; claimed: PaymentEventData }
	/**
	 * Nothing in it is proved: it only names what is asked for. `mayAsk` says whether the provider may
	 * be asked now. `fromProvider`: only the provider can have sent it to this address.
	 * `maximumAge` holds for the provider's own time, and is absent where one certain payment is
	 * awaited.
	 */
	| {
			signed: false;
			claimed: PaymentEventData;
			mayAsk: () => boolean;
			fromProvider: boolean;
			maximumAge?: { days: unknown };
			/** Absent: it is acknowledged. */
			ifNotKnown?: CallbackDecision;
	  };

/** Asks the provider about a callback, and decides by its answer. */
export async function confirmCallback<Credentials>(
	receiver: Receiver<Credentials>,
	claim: Claim,
): Promise<CallbackDecision> {
	const { confirm } = receiver.provider.contract.callback;
	const about = confirm?.askFor(claim.claimed);
	if (confirm === undefined || about === undefined) return decideWithoutQuestion(receiver, claim);
	if (!claim.signed && !claim.mayAsk()) return askAgainLater(REFUSALS.too_many_unsigned);
	const answered = await askUntilKnown(receiver, claim, { question: confirm, about });
	if ('contradiction' in answered)
		return refuseForged({
			...withCode(answered.contradiction),
			hint: 'It belongs to another account.',
		});
	if ('error' in answered) {
		const { error } = answered;
		return askAgainLater(
			REFUSALS.not_asked(error instanceof Error ? error.message : SENTENCES.unknownError),
		);
	}
	return claim.signed
		? decideSigned(receiver, claim.claimed, answered.found)
		: decideUnsigned(receiver, claim, answered.found);
}

type Unsigned = Extract<Claim, { signed: false }>;

/**
 * A callback that names two payments and leaves open which one it is about: both are asked about,
 * and never more. Whatever fires is the provider's own answer; where it knows both, nobody can say
 * which one is meant.
 */
export async function confirmBoth<Credentials>(
	receiver: Receiver<Credentials>,
	claim: Unsigned,
	besides: PaymentEventData,
): Promise<CallbackDecision> {
	const ask = async (claimed: PaymentEventData) =>
		await confirmCallback(receiver, { ...claim, claimed, fromProvider: false });
	const [one, other] = [await ask(claim.claimed), await ask(besides)];
	if (one.pass && other.pass) return ofBoth(receiver, one.event, other.event);
	const decisive =
		[one, other].find((each) => 'status' in each && each.status === 500) ??
		[one, other].find(({ pass }) => pass);
	if (decisive !== undefined) return decisive;
	// The provider's own query may not know it yet, as of a callback that names one.
	return claim.fromProvider ? await confirmCallback(receiver, claim) : one;
}

function ofBoth<Credentials>(
	receiver: Receiver<Credentials>,
	one: PaymentEventData,
	other: PaymentEventData,
): CallbackDecision {
	if (one.eventId === other.eventId) return fire(one, 'provider');
	const names = [one, other].map(({ reference, eventId }) => truncate(reference ?? eventId));
	warnOfCallback(receiver, SENTENCES.namesTwo(names.join(', ')));
	const answers = { answers: [one.raw, other.raw] };
	// Says nothing of either of them.
	const neither = receiver.provider.contract.callback.parseEvent(answers, receiver.credentials);
	return fire({ ...neither, eventId: `${one.eventId}+${other.eventId}` }, 'provider');
}

/** Nothing in it can be asked for. What is signed but cannot be supported is never a success. */
function decideWithoutQuestion<Credentials>(
	receiver: Receiver<Credentials>,
	{ signed, claimed }: Claim,
): CallbackDecision {
	if (!signed) return refuseForged(REFUSALS.names_nothing);
	if (claimed.event !== 'unknown') warnOfCallback(receiver, SENTENCES.nothingToAskFor);
	return fire(asUnknown(claimed), 'signature');
}

/** What comes from the provider may be a moment ahead of the provider's own query. */
async function askUntilKnown<Credentials>(
	receiver: Receiver<Credentials>,
	claim: Claim,
	asked: Asked<Credentials>,
): Promise<Answered> {
	const answered = await askThrough(receiver, asked);
	if (isInvention(claim) || !('found' in answered) || !isNotYet(claim.claimed, answered.found))
		return answered;
	await pause(ASK_AGAIN_AFTER_MILLISECONDS);
	return await askThrough(receiver, asked);
}

/** What is known by one number may have to be asked for by another one: once, and no further. */
async function askThrough<Credentials>(
	receiver: Receiver<Credentials>,
	asked: Asked<Credentials>,
): Promise<Answered> {
	const answered = await askProvider(receiver, asked, QUESTION);
	const found = 'found' in answered ? answered.found : undefined;
	const { confirm } = receiver.provider.contract.callback;
	const about = found && confirm?.thenAskFor?.(found, asked.about);
	return about === undefined
		? answered
		: await askProvider(receiver, { ...asked, about }, QUESTION);
}

/** Whether anybody can have sent it. */
function isInvention(claim: Claim): boolean {
	return !claim.signed && !claim.fromProvider;
}

/** The provider's query does not know yet what its callback says. */
function isNotYet(claimed: PaymentEventData, found: PaymentEventData | undefined): boolean {
	if (claimed.event === 'unknown') return false;
	return (
		found === undefined ||
		(found.event === 'payment.pending' && claimed.event !== 'payment.pending')
	);
}

const NOT_PAID = new Set<PaymentEventName>([
	'payment.pending',
	'payment.failed',
	'payment.canceled',
	'payment.expired',
]);

/** Everything in the event is the provider's own answer. */
function decideUnsigned<Credentials>(
	receiver: Receiver<Credentials>,
	claim: Unsigned,
	found: PaymentEventData | undefined,
): CallbackDecision {
	const { displayName, callback } = receiver.provider.contract;
	const { claimed, maximumAge } = claim;
	if (!isInvention(claim) && isNotYet(claimed, found)) return notYet(receiver, claimed, found);
	if (found === undefined)
		return claim.ifNotKnown ?? acknowledgeOnly(SENTENCES.notKnown(displayName));
	const tooOld =
		maximumAge && timeRefusal(callback.confirm?.timeOf(found) ?? null, maximumAge.days);
	if (tooOld) return tooOld;
	if (claimed.event === 'payment.succeeded' && NOT_PAID.has(found.event))
		return acknowledgeOnly(
			SENTENCES.saidPaid(displayName, truncate(found.providerStatus ?? 'nothing')),
		);
	return fire(found, 'provider');
}

/** The provider's own time; without one there is nothing to compare. */
function timeRefusal(time: string | null, maximumAge: unknown): CallbackDecision | undefined {
	if (time === null) return undefined;
	const problem = timeProblem(Date.parse(time), 'made', maximumAge, Date.now());
	return problem && refuseForged(problem);
}

function notYet<Credentials>(
	{ provider: { contract } }: Receiver<Credentials>,
	claimed: PaymentEventData,
	found: PaymentEventData | undefined,
): CallbackDecision {
	const { displayName } = contract;
	return askAgainLater(
		REFUSALS.before_query(
			displayName,
			truncate(claimed.providerStatus ?? claimed.event),
			truncate(found?.providerStatus ?? 'that there is no such payment'),
		),
	);
}

function decideSigned<Credentials>(
	receiver: Receiver<Credentials>,
	claimed: PaymentEventData,
	found: PaymentEventData | undefined,
): CallbackDecision {
	const { displayName, callback } = receiver.provider.contract;
	if (isNotYet(claimed, found)) return notYet(receiver, claimed, found);
	// `isNotYet` lets only what fires `unknown` come here without an answer.
	if (found === undefined) return fire(claimed, 'signature');
	const isSame = claimed.event === found.event;
	if (claimed.event === 'payment.succeeded' && !isSame)
		// Where the event is not chosen under Events, this line is all that is left of it.
		warnOfCallback(
			receiver,
			SENTENCES.paidTurned(displayName, truncate(found.providerStatus ?? 'nothing'), found.event),
		);
	const event = withOwnId(merge(claimed, found, callback.confirm?.amountIs ?? 'ordered'), callback);
	warnOfAmounts(receiver, claimed.amount, found.amount, event.amount);
	const field = firstDifference(claimed, found, ['currency', 'reference']);
	if (field === undefined) return fire(event, 'signature+provider');
	warnOfCallback(
		receiver,
		SENTENCES.fieldDiffers(
			field,
			truncate(claimed[field] ?? ''),
			displayName,
			truncate(found[field] ?? ''),
		),
	);
	return fire(asUnknown(event), 'signature+provider');
}

/** The answer, with what only the signed callback tells. */
function merge(
	claimed: PaymentEventData,
	found: PaymentEventData,
	amountIs: Confirmation<unknown>['amountIs'],
): PaymentEventData {
	return {
		...found,
		checkoutId: found.checkoutId ?? claimed.checkoutId,
		paymentId: found.paymentId ?? claimed.paymentId,
		reference: found.reference ?? claimed.reference,
		amount: countingAmount(claimed.amount, found.amount, amountIs),
		currency: found.currency ?? claimed.currency,
		livemode: found.livemode ?? claimed.livemode,
		occurredAt: found.occurredAt ?? claimed.occurredAt,
		raw: claimed.event === found.event ? claimed.raw : found.raw,
	};
}

/** With the id of what came of callback and answer, where that depends on the amount that counts. */
function withOwnId<Credentials>(
	event: PaymentEventData,
	{ confirm }: CallbackProvider<Credentials>['contract']['callback'],
): PaymentEventData {
	return { ...event, eventId: confirm?.eventId?.(event) ?? event.eventId };
}

/** Of two amounts the smaller one counts, but what was ordered never replaces what was received. */
function countingAmount(
	said: string | null,
	found: string | null,
	amountIs: Confirmation<unknown>['amountIs'],
): string | null {
	if (said === null || found === null) return found ?? said;
	return amountIs === 'ordered' ? said : smallerAmount(said, found);
}

function warnOfAmounts<Credentials>(
	receiver: Receiver<Credentials>,
	said: string | null,
	found: string | null,
	counting: string | null,
): void {
	if (said === null || found === null || isSameAmount(said, found)) return;
	const { displayName } = receiver.provider.contract;
	warnOfCallback(
		receiver,
		SENTENCES.amountDiffers(truncate(said), displayName, truncate(found), truncate(counting ?? '')),
	);
}

/**
 * Nobody can say what happened. With an id of its own: the event of the same payment that can be
 * supported must not count as a copy of this one.
 */
export function asUnknown(event: PaymentEventData): PaymentEventData {
	if (event.event === 'unknown') return event;
	return { ...event, event: 'unknown', status: 'unknown', eventId: `${event.eventId}:unknown` };
}

/** A line in the log about a callback that is taken nevertheless. */
export function warnOfCallback<Credentials>(
	{ context, provider }: Receiver<Credentials>,
	what: Sentence,
): void {
	boundedLogLine(context, 'warn', SENTENCES.received(provider.contract.displayName, what));
}
