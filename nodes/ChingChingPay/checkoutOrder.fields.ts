import type { INodeProperties } from 'n8n-workflow';
import { currenciesCalled } from '../shared/items/currencies';
import { readText } from '../shared/core/readText';
import type { RowReader } from '../shared/items/rowReader';

/** api-208767284. The pages of links and refunds name no list. */
export const chingChingPayCurrencies = currenciesCalled(['CNY', 'HKD']);

export const merchantIdField: INodeProperties = {
	displayName: 'Merchant ID',
	name: 'merchantId',
	type: 'string',
	default: '',
	placeholder: 'e.g. M0001',
	description: 'Your merchant number at ChingChingPay; empty takes the one in the credential',
	displayOptions: { show: { resource: ['checkout'], operation: ['create', 'createLink'] } },
};

/** In `additionalFields` of both ways to make a checkout. */
export const deviceIdOption: INodeProperties = {
	displayName: 'Device ID',
	name: 'deviceId',
	type: 'string',
	default: '',
	description: 'The device at which the order was made',
};

export const expiresAtOption: INodeProperties = {
	displayName: 'Expires At',
	name: 'expiresAt',
	type: 'string',
	default: '',
	placeholder: 'e.g. 1767225600',
	description:
		'When the payment expires, as a timestamp that is passed on as you give it. Whether ChingChingPay means seconds or milliseconds is not documented: try it, or leave it out.',
};

export const storeIdOption: INodeProperties = {
	displayName: 'Store ID',
	name: 'storeId',
	type: 'string',
	default: '',
	description: 'The store that the order belongs to',
};

/** What both ways to make a checkout read besides the fields that every provider has. */
export function readMerchantFields(row: RowReader): {
	merchantId: string | null;
	storeId: string | null;
	deviceId: string | null;
	expiresAt: string | null;
} {
	const { storeId, deviceId, expiresAt } = row.collection('additionalFields');
	return {
		merchantId: row.text('merchantId') || null,
		storeId: readText(storeId, 'Store ID') || null,
		deviceId: readText(deviceId, 'Device ID') || null,
		expiresAt: readText(expiresAt, 'Expires At') || null,
	};
}
