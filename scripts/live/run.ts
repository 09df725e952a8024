import { InputError } from '../../nodes/shared/core/inputError';
import { CallFailure } from '../../nodes/shared/core/callFailure';
import type { Remembered } from '../../nodes/shared/core/contract';
import { rememberedFrom } from './callbacks';
import { Stop, type Fields, type LiveProvider, type Observation } from './provider';
import { Session, type Exchange } from './session';

/** A step with what came of it. */
export interface DoneStep {
	asks: string;
	exchanges: Exchange[];
	observations: Observation[];
}

export interface Checked {
	steps: DoneStep[];
	observations: Observation[];
	/** Why it ended early, and the way out. */
	stopped?: string;
	/** The credential with what was found. */
	credentials: Fields;
	reference: string;
	made?: Session['made'];
	remembered: Remembered;
	/** Removes the endpoint that was registered for callbacks. */
	tidyUp(): Promise<void>;
}

export interface CheckOptions {
	callbackUrl?: string | null;
	pause?: (milliseconds: number) => Promise<unknown>;
}

const wait = async (milliseconds: number) =>
	await new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Sends the steps of a provider one after the other, until one of them ends the check. */
export async function runCheck(
	provider: LiveProvider,
	credentials: Fields,
	{ callbackUrl = null, pause = wait }: CheckOptions = {},
): Promise<Checked> {
	const session = new Session(provider, credentials, callbackUrl, pause);
	const steps: DoneStep[] = [];
	let stopped: string | undefined;
	let remembered: Remembered = [];
	try {
		for (const step of provider.steps) {
			const done: DoneStep = { asks: step.asks, exchanges: [], observations: [] };
			steps.push(done);
			const before = session.exchanges.length;
			try {
				done.observations = await step.run(session);
			} finally {
				done.exchanges = session.exchanges.slice(before);
			}
		}
		if (callbackUrl !== null) remembered = await register(session, callbackUrl);
	} catch (error) {
		stopped = inWords(error);
	}
	return {
		steps,
		observations: steps.flatMap((step) => step.observations),
		...(stopped !== undefined && { stopped }),
		credentials: session.credentials,
		reference: session.reference,
		made: session.made,
		remembered,
		tidyUp: async () => await unregister(session, remembered),
	};
}

function inWords(error: unknown): string {
	if (error instanceof Stop) return error.message;
	if (error instanceof InputError || error instanceof CallFailure)
		return `${error.message}. ${error.advice ?? ''} Nothing more was sent.`;
	throw error;
}

/** Where callbacks go to registered endpoints only. */
async function register(session: Session, callbackUrl: string): Promise<Remembered> {
	const { contract } = session.provider;
	const { registration, events } = contract.callback;
	if (registration === undefined) return [];
	const names = registration.eventNames([...events], []);
	const reply = await session.send(registration.create(callbackUrl, names, session.credentials));
	if (reply.status >= 300)
		throw new Stop(
			`${contract.displayName} refused to register the callback address (HTTP ${reply.status}). It must be a public https address. Nothing more was sent.`,
		);
	return rememberedFrom(session.provider, reply);
}

async function unregister(session: Session, remembered: Remembered): Promise<void> {
	const { registration } = session.provider.contract.callback;
	for (const { id } of remembered)
		if (registration && typeof id === 'string')
			await session.send(registration.remove(id, session.credentials));
}
