import { payfect } from './payfect.contract';

/** What the shared functions work for: Payfect's contract, and the credential that n8n sends with. */
export const payfectProvider = { contract: payfect, credentialName: 'payfectApi' };
