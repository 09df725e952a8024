import { chingChingPay } from './chingChingPay.contract';

/** What the shared functions work for: ChingChingPay's contract, and the credential that n8n sends with. */
export const chingChingPayProvider = {
	contract: chingChingPay,
	credentialName: 'chingChingPayApi',
};
