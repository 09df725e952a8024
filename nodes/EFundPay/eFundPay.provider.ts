import { eFundPay } from './eFundPay.contract';

/** What the shared functions work for: EFundPay's contract, and the credential that n8n sends with. */
export const eFundPayProvider = { contract: eFundPay, credentialName: 'eFundPayApi' };
