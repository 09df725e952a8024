import { hasCallbackTag } from '../core/callbackTag';
import type {
	Finding,
	Hint,
	PaymentEventData,
	ReceivedCallback,
	Remembered,
	Verification,
} from '../core/contract';
import { proofProblem, readPolicy, type Policy } from './callbackProof';
import {
	asUnknown,
	confirmBoth,
	confirmCallback,
	warnOfCallback,
	type Receiver,
} from './confirmCallback';
import { askAgainLater, fire, refuseForged, withFinding, type CallbackDecision } from './decision';
import { findSetting } from './findSetting';
import { mayLookUp, mayLookUpFor } from './lookupLimit';
import { ageProblem } from './maximumAge';
import { withCode, type Refused, type Sentence } from '../core/sentences';
import { CORRECT_IT, REFUSALS, SENTENCES } from './reasons';

export type { CallbackDecision } from './decision';

export interface TriggerOptions {
	/** Days; 0 = any age. Whatever an expression gives. */
	maximumAge?: unknown;
	respond?: 'immediately' | 'whenFinished';
}

/**
 * What a callback must be about where one certain payment is awaited: gives the claim completed
 * with what is known, or why it is about something else. `confirmed`: the provider will be
 * asked, so the claim itself need not name anything.
 */
export type Expectation = (
	claimed: PaymentEventData,
	confirmed: boolean,
) => PaymentEventData | Refused;

/** How a callback is decided beside what the credential chooses. */
export interface DecisionOptions extends Pick<TriggerOptions, 'maximumAge'> {
	/** What a trigger keeps of the endpoint that it registered. */
	remembered?: Remembered;
	/** Where one certain payment is awaited. */
	expectation?: Expectation;
}

/** A callback whose proof was looked at. */
interface Examined extends Hint {
	/** `hintOfTheProvider`: the provider has sent it, but nothing in it is proved. */
	worth: 'signed' | 'hintOfTheProvider' | 'hint';
	/** Whether the provider has to be asked. */
	asks: boolean;
	unreadable?: Refused;
	/** What becomes of it where the provider does not know it; absent: it is acknowledged. */
	ifNotKnown?: CallbackDecision;
}

type Genuine = Extract<Verification, { genuine: true }>;

/**
 * Decides about a received callback in the way that the credential chooses (`callbackProof`): its
 * signature, its age, and the provider's own answer. The same for the trigger, Wait for Payment and
 * Verify.
 */
export async function decideCallback<Credentials>(
	receiver: Receiver<Credentials>,
	received: ReceivedCallback,
	options: DecisionOptions,
): Promise<CallbackDecision> {
	const examined = examine(receiver, received, options);
	if ('pass' in examined) return examined;
	const [claimed, besides] = readClaims(receiver, received, examined, options);
	if ('code' in claimed) return refuseForged(claimed);
	if (!examined.asks) return fire(claimed, 'signature');
	if (examined.worth === 'signed')
		return await confirmCallback(receiver, { signed: true, claimed });
	const { expectation, maximumAge } = options;
	const claim = {
		signed: false,
		claimed,
		mayAsk: () =>
			examined.worth === 'hintOfTheProvider' ||
			mayAskAbout(receiver, { isAwaited: expectation !== undefined }),
		fromProvider: examined.worth === 'hintOfTheProvider' || isTagged(receiver),
		...(examined.ifNotKnown && { ifNotKnown: examined.ifNotKnown }),
		...(expectation ? {} : { maximumAge: { days: maximumAge } }),
	} as const;
	return besides === undefined
		? await confirmCallback(receiver, claim)
		: await confirmBoth(receiver, claim, besides);
}

/**
 * What the callback says, and of which other payment it may be. Where one certain payment is
 * awaited, only what can be about that one counts.
 */
function readClaims<Credentials>(
	receiver: Receiver<Credentials>,
	received: ReceivedCallback,
	examined: Examined,
	options: DecisionOptions,
): [PaymentEventData | Refused, PaymentEventData?] {
	const first = readClaim(receiver, received, examined, options);
	if (examined.besides === undefined) return [first];
	const other = readClaim(receiver, received, { ...examined, payload: examined.besides }, options);
	if ('code' in other) return [first];
	if ('code' in first) return [other];
	return options.expectation === undefined ? [first, other] : [first];
}

/** What the callback says, or why that is about something else than what is expected. */
function readClaim<Credentials>(
	receiver: Receiver<Credentials>,
	received: ReceivedCallback,
	{ payload, unreadable, asks }: Examined,
	{ expectation }: DecisionOptions,
): PaymentEventData | Refused {
	const said = receiver.provider.contract.callback.parseEvent(
		payload,
		receiver.credentials,
		received,
	);
	if (unreadable !== undefined)
		warnOfCallback(receiver, SENTENCES.unreadable(withCode(unreadable).message));
	const event = unreadable === undefined ? said : asUnknown(said);
	return expectation?.(event, asks) ?? event;
}

/** (What the signature says) x (what the credential chooses). */
function examine<Credentials>(
	receiver: Receiver<Credentials>,
	received: ReceivedCallback,
	{ remembered, maximumAge }: DecisionOptions,
): Examined | CallbackDecision {
	const { credentials } = receiver;
	const { contract } = receiver.provider;
	const policy = readPolicy(contract, credentials);
	if ('problem' in policy) return notConfigured(policy.problem);
	// Only asked for where it matters: it reads keys, and most callbacks are genuine.
	const problemOrElse = (otherwise: () => Examined | CallbackDecision, finding?: Finding) => {
		const problem = proofProblem(contract, credentials, remembered);
		return problem === undefined ? otherwise() : notConfigured(problem, finding);
	};
	if (policy.signature === 'ignored') return problemOrElse(() => readUnsigned(receiver, received));
	const verdict = contract.callback.verify(received, credentials, remembered);
	// What one secret proves counts, also beside another that is malformed, such as a previous one
	// that was mistyped.
	if (verdict.genuine) {
		const tooOld = ageRefusal(verdict, maximumAge);
		if (tooOld !== undefined) return tooOld;
		if (verdict.remark !== undefined) warnOfCallback(receiver, verdict.remark);
		return acceptSigned(verdict, policy.asksAboutSigned);
	}
	const finding = findSetting(receiver, received, remembered);
	return problemOrElse(
		() => withoutGoodSignature(receiver, received, { ...verdict, finding }, policy),
		finding,
	);
}

/** Refused, unless the credential wants the provider asked where no secret fits. */
function withoutGoodSignature<Credentials>(
	receiver: Receiver<Credentials>,
	received: ReceivedCallback,
	verdict: Exclude<Verification, Genuine> & { finding: Finding | undefined },
	policy: Policy,
): Examined | CallbackDecision {
	const refused = withFinding(withCode(verdict), verdict.finding);
	const refusal =
		verdict.fault === 'ours'
			? askAgainLater({ hint: CORRECT_IT, ...refused })
			: refuseForged(refused);
	if (verdict.fault === undefined || policy.signature !== 'preferred') return refusal;
	// A lost secret would go unnoticed for as long as the provider can be asked.
	const { message, hint } = refused;
	warnOfCallback(
		receiver,
		hint === undefined
			? SENTENCES.noSecretFits(message)
			: SENTENCES.noSecretFitsBecause(message, hint.replace(/\.$/, '')),
	);
	return { ...readUnsigned(receiver, received), ifNotKnown: refusal };
}

function ageRefusal(verdict: Verification, maximumAge: unknown): CallbackDecision | undefined {
	const age = ageProblem(verdict, maximumAge, Date.now());
	return age && refuseForged(age);
}

function acceptSigned(
	{ payload, unreadable, isHint, besides }: Genuine,
	asks: boolean,
): Examined | CallbackDecision {
	if (!isHint) return { payload, worth: 'signed', asks, ...(unreadable && { unreadable }) };
	return asks
		? { payload, worth: 'hintOfTheProvider', asks, ...(besides && { besides }) }
		: askAgainLater(REFUSALS.signature_leaves_open);
}

/** The fault is ours: a provider that repeats delivers it again when it is mended. */
function notConfigured(problem: Sentence, finding?: Finding): CallbackDecision {
	return askAgainLater(withFinding({ message: problem, hint: CORRECT_IT }, finding));
}

function readUnsigned<Credentials>(
	{ provider, credentials }: Receiver<Credentials>,
	received: ReceivedCallback,
): Examined | CallbackDecision {
	const read: Hint | Refused | undefined = provider.contract.callback.confirm?.readUnsigned(
		received,
		credentials,
	);
	if (read === undefined) return refuseForged(REFUSALS.nobody_to_ask);
	return 'payload' in read ? { ...read, worth: 'hint', asks: true } : refuseForged(withCode(read));
}

/**
 * A documented rate counts for all nodes of an account together. At the address of a waiting
 * execution nobody can have any other payment looked up than the one that it waits for.
 */
function mayAskAbout<Credentials>(
	receiver: Receiver<Credentials>,
	{ isAwaited }: { isAwaited: boolean },
): boolean {
	const { context, credentials } = receiver;
	const { provider, rateLimit } = receiver.provider.contract;
	if (isAwaited) return mayLookUpFor(context.getExecutionId(), Date.now());
	const countedBy = rateLimit
		? {
				scope: `${provider}:${rateLimit.scope(credentials)}`,
				requestsPerSecond: rateLimit.requestsPerSecond,
			}
		: { scope: `${context.getWorkflow().id ?? ''}:${context.getNode().id}` };
	return mayLookUp(countedBy, isTagged(receiver) ? 'tagged' : 'untagged', Date.now());
}

/** Whether it came to an address with the tag that Create Checkout makes from the credential. */
function isTagged<Credentials>({ context, provider, credentials }: Receiver<Credentials>): boolean {
	const secrets = provider.contract.callback.tagSecrets?.(credentials) ?? [];
	return 'getQueryData' in context && hasCallbackTag(context.getQueryData(), secrets);
}
