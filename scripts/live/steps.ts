import type { HttpCall, HttpReply } from '../../nodes/shared/core/contract';
import {
	placeOfWords,
	placesOf,
	Stop,
	valueAt,
	type Fields,
	type Observation,
	type Step,
} from './provider';
import type { Session } from './session';

/** The first step of every check: n8n's Test of the credential. */
export const testKey: Step = {
	asks: "n8n's Test of the credential, which makes nothing",
	requests: 1,
	run: async (session) => {
		const { works, says } = await session.testCredential();
		if (works)
			return [{ unknown: "n8n's Test", found: 'passed', means: 'The key works: set nothing.' }];
		// The Test refuses what cannot verify callbacks, too; requests can be asked about all the same.
		if (says.includes('takes this credential'))
			return [{ unknown: 'callback', found: 'not set up', means: says }];
		throw new Stop(`The credential does not work: ${says} Nothing more was sent.`);
	},
};

/** What a wrong key is answered with. */
export function wrongKey(what: string, wrong: Fields, call: (session: Session) => HttpCall): Step {
	return {
		asks: `A look-up of ${what} with a made-up key`,
		requests: 1,
		run: async (session) => {
			const credentials = { ...session.credentials, ...wrong };
			const reply = await session.send(call(session), { credentials });
			return [
				{
					unknown: 'wrongKey',
					found: { 401: 'unauthorized', 403: 'forbidden' }[reply.status] ?? `HTTP ${reply.status}`,
					means:
						reply.status === 401 || reply.status === 403
							? "Errors say 'check the key'."
							: 'Errors do not say that the key is wrong: report this.',
				},
				{
					unknown: 'errors',
					found: placeOfWords(reply),
					means: 'The words that stand there are shown in errors.',
				},
			];
		},
	};
}

/** Makes a checkout that nobody has to pay. */
export function create(
	what: string,
	read: (reply: HttpReply, session: Session) => Observation[],
): Step {
	return {
		asks: `Create ${what}`,
		requests: 1,
		run: async (session) => {
			const call = createCall(session);
			const reply = await session.send(call);
			requireSuccess(session, reply);
			remember(session, call, reply);
			return read(reply, session);
		},
	};
}

/** The call that makes the smallest checkout. `suffix` of its reference makes another one. */
export function createCall(session: Session, suffix = ''): HttpCall {
	const { provider, reference, callbackUrl, credentials } = session;
	const order = provider.order(`${reference}${suffix}`, callbackUrl, credentials);
	return provider.contract.checkout.call(order, credentials);
}

/** @throws Stop where the answer is a refusal */
export function requireSuccess(session: Session, reply: HttpReply): void {
	const { contract } = session.provider;
	const refusal = contract.failure(reply, session.credentials);
	if (reply.status < 300 && refusal === undefined) return;
	throw new Stop(
		`${contract.displayName} refused to make the checkout (HTTP ${reply.status}); its words are in the report. Correct what it names, or attach the report to an issue. Nothing more was sent.`,
	);
}

/** Keeps the ids and the payer's link. */
export function remember(session: Session, call: HttpCall, reply: HttpReply): void {
	const { provider, reference, callbackUrl, credentials } = session;
	const order = provider.order(reference, callbackUrl, credentials);
	session.made = provider.contract.checkout.result(reply, { order, call, credentials });
}

/** The provider's word for what nobody has paid yet. */
export function lookUp(unknown: string, call: (session: Session) => HttpCall): Step {
	return {
		asks: 'Look up what was made',
		requests: 1,
		run: async (session) => {
			const { body } = await session.send(call(session));
			const places = placesOf(
				body,
				(value, name) => /status|state$/i.test(name) && typeof value !== 'object',
			);
			return [
				{
					unknown,
					found:
						places.map((place) => `${place}: ${String(valueAt(body, place))}`).join(', ') || 'none',
					means:
						'This is the word while nobody has paid: it must never be entered as a word for paid.',
				},
			];
		},
	};
}
