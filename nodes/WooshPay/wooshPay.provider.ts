import { wooshPay } from './wooshPay.contract';

/** What the shared functions work for: WooshPay's contract, and the credential that n8n sends with. */
export const wooshPayProvider = { contract: wooshPay, credentialName: 'wooshPayApi' };
