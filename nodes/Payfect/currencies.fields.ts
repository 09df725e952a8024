import type { INodePropertyOptions } from 'n8n-workflow';

/** docs.payfect.finance/payment/create, by the name of its sample answer; no page lists another one. */
export const payfectCurrencies: INodePropertyOptions[] = [{ name: 'USDT - Tether', value: 'usdt' }];
