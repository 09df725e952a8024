import type { CallbackProvider } from '../../nodes/shared/providerNode';

/**
 * The same where the signature alone counts (`callbackProof: 'signature'`), also of a provider that
 * does not offer it: nobody can be asked here, and what is tested is what comes before.
 */
export function bySignatureAlone<Credentials>({
	contract,
	...rest
}: CallbackProvider<Credentials>): CallbackProvider<Credentials> {
	return {
		...rest,
		contract: { ...contract, callback: { ...contract.callback, proofs: ['signature'] } },
	};
}
