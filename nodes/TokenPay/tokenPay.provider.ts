import { tokenPay } from './tokenPay.contract';

/** What the shared functions work for: TokenPay's contract, and the credential that n8n sends with. */
export const tokenPayProvider = { contract: tokenPay, credentialName: 'tokenPayApi' };
