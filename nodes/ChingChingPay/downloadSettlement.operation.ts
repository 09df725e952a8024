import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { CallFailure } from '../shared/core/callFailure';
import type { HttpReply } from '../shared/core/contract';
import { InputError } from '../shared/core/inputError';
import type { ChingChingPayCredentials } from './chingChingPay.contract';
import { downloadSettlementCall } from './chingChingPay.settlements';
import type { Row } from '../shared/items/row';
import { MAXIMUM_FILE_MILLISECONDS } from '../shared/core/limits';

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

export async function downloadChingChingPaySettlement(
	row: Row<ChingChingPayCredentials>,
): Promise<INodeExecutionData> {
	const settlementId = row.text('settlementId');
	if (settlementId === '')
		throw new InputError(
			"'Settlement ID' is empty",
			'Map it from the operation Get Many Settlements.',
		);
	const field = row.text('binaryPropertyName', 'Put Output File in Field') || 'data';
	const reply = await row.send(downloadSettlementCall(settlementId, row.credentials), {
		file: true,
		timeoutMilliseconds: MAXIMUM_FILE_MILLISECONDS,
	});
	if (reply.bytes.length === 0)
		throw new CallFailure("ChingChingPay's settlement file is empty", {
			advice: 'Check the number of the settlement.',
		});
	const file = await row.context.helpers.prepareBinaryData(
		reply.bytes,
		nameOf(reply) ?? `settlement-${settlementId.replace(/[^\w.-]/g, '_')}`,
		mimeTypeOf(reply),
	);
	return {
		json: {
			provider: 'chingchingpay',
			settlementId,
			fileName: file.fileName ?? null,
			mimeType: file.mimeType,
			fileSizeBytes: reply.bytes.length,
		},
		binary: { [field]: file },
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
