import type { INodeProperties } from 'n8n-workflow';
import { CallFailure } from '../shared/core/callFailure';
import type { HttpReply } from '../shared/core/contract';
import { downloadSettlementCall } from './chingChingPay.settlements';
import { fileOperation, type DownloadedFile } from '../shared/items/operation';

const showOnlyForDownloadSettlement = { resource: ['settlement'], operation: ['download'] };

export const downloadSettlementFields: INodeProperties[] = [
	{
		displayName: 'Settlement ID',
		name: 'settlementId',
		type: 'string',
		required: true,
		default: '',
		description: 'From the operation Get Many Settlements',
		displayOptions: { show: showOnlyForDownloadSettlement },
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		required: true,
		default: 'data',
		hint: 'The name of the output binary field to put the file in',
		displayOptions: { show: showOnlyForDownloadSettlement },
	},
];

export const downloadChingChingPaySettlement = fileOperation({
	read: (row) => row.required('settlementId', 'Map it from the operation Get Many Settlements.'),
	call: downloadSettlementCall,
	result: readSettlementFile,
});

function readSettlementFile(
	reply: HttpReply,
	{ order: settlementId }: { order: string },
): DownloadedFile {
	if (reply.bytes.length === 0)
		throw new CallFailure("ChingChingPay's settlement file is empty", {
			advice: 'Check the number of the settlement.',
		});
	return {
		name: nameOf(reply) ?? `settlement-${settlementId.replace(/[^\w.-]/g, '_')}`,
		mimeType: mimeTypeOf(reply),
		json: ({ fileName = null, mimeType }) => ({
			provider: 'chingchingpay',
			settlementId,
			fileName,
			mimeType,
			fileSizeBytes: reply.bytes.length,
		}),
	};
}

/**
 * The last part of the name in Content-Disposition (RFC 6266); which type of file comes is
 * documented nowhere.
 */
function nameOf({ headers }: HttpReply): string | undefined {
	const disposition = headers['content-disposition'] ?? '';
	const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
	const name =
		encoded === undefined ? /filename="?([^";]+)"?/i.exec(disposition)?.[1] : decoded(encoded);
	return name?.split(/[\\/]/).pop()?.trim() || undefined;
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

function mimeTypeOf({ headers }: HttpReply): string | undefined {
	return headers['content-type']?.split(';')[0]?.trim() || undefined;
}
