import type { CallbackProof, Remembered } from '../core/contract';
import { quote } from '../core/quote';
import type { CallbackProvider } from '../providerNode';
import type { Sentence } from '../core/sentences';
import { SENTENCES } from './reasons';

/** What each choice of `callbackProof` asks for. The one place where that is decided. */
export interface Policy {
	/** Whether the callback has to be signed; `preferred`: the provider is asked where no secret fits. */
	signature: 'required' | 'preferred' | 'ignored';
	/**
	 * Whether the provider is asked about a callback with a good signature as well. About one without,
	 * where that is not refused, it always is.
	 */
	asksAboutSigned: boolean;
}

const POLICIES: Record<CallbackProof, Policy> = {
	signature: { signature: 'required', asksAboutSigned: false },
	signatureAndProvider: { signature: 'required', asksAboutSigned: true },
	signatureOrProvider: { signature: 'preferred', asksAboutSigned: false },
	provider: { signature: 'ignored', asksAboutSigned: false },
};

/**
 * What the credential's choice asks for, or in words why it is none. n8n does not check what an
 * expression or its API puts there, and nothing unknown may be taken for a looser choice. A provider
 * with one way only has no such field.
 */
export function readPolicy<Credentials>(
	{ displayName, callback: { proofs } }: CallbackProvider<Credentials>['contract'],
	credentials: Credentials,
): Policy | { problem: Sentence } {
	if (proofs.length === 1) return POLICIES[proofs[0]];
	const { callbackProof } = credentials as { callbackProof?: unknown };
	const chosen = proofs.find((proof) => proof === callbackProof);
	if (chosen !== undefined) return POLICIES[chosen];
	const given = typeof callbackProof === 'string' ? quote(callbackProof) : 'no text';
	return {
		problem: SENTENCES.unknownProof(displayName, given, proofs.join(', ')),
	};
}

/** Whether the provider may be asked about a callback under this choice. */
export function asksProvider({ signature, asksAboutSigned }: Policy): boolean {
	return asksAboutSigned || signature !== 'required';
}

/**
 * Why callbacks cannot be proved in the way that the credential chooses, in words; undefined if they
 * can be. `remembered`: what a trigger keeps of the endpoint that it registered.
 */
export function proofProblem<Credentials>(
	contract: CallbackProvider<Credentials>['contract'],
	credentials: Credentials,
	remembered?: Remembered,
): Sentence | undefined {
	const policy = readPolicy(contract, credentials);
	if ('problem' in policy) return policy.problem;
	const { callback } = contract;
	const unsigned = () => callback.confirm?.setupProblem?.(credentials);
	return (
		(policy.signature === 'required'
			? callback.setupProblem(credentials, remembered)
			: unsigned()) ??
		(asksProvider(policy) ? contract.credentialProblem?.(credentials) : undefined)
	);
}

/**
 * The same before any endpoint is registered: a trigger that registers its own gets the secret only
 * then.
 */
export function newEndpointProblem<Credentials>(
	contract: CallbackProvider<Credentials>['contract'],
	credentials: Credentials,
): Sentence | undefined {
	return proofProblem(contract, credentials, contract.callback.registration ? [] : undefined);
}
