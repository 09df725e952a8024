import type { IBinaryKeyData, INodeProperties } from 'n8n-workflow';
import type { Checkout } from '../core/contract';
import { pngOf } from '../core/png';
import type { RowReader } from '../items/rowReader';
import type { RowSender } from '../items/rowSender';
import { MOST_BYTES_IN_QR_CODE, qrMatrix } from './qrMatrix';

/** In the options of Create Checkout. */
export const qrPictureOption: INodeProperties = {
	displayName: 'QR Picture',
	name: 'qrPicture',
	type: 'boolean',
	default: false,
	description:
		"Whether to add the payment link as a QR code: a PNG picture in the binary field 'qrCode', to be sent or printed. Where the provider gives a text of its own for a QR code, that is drawn.",
};

const FIELD = 'qrCode';

/**
 * Reads `QR Picture`, and draws the checkout once it is made. A picture that cannot be had is a hint
 * and no error: the checkout exists, and its link is in the output.
 */
export function qrPicture(row: RowReader) {
	if (row.collection('options').qrPicture !== true) return undefined;
	return async (
		checkout: Checkout | undefined,
		sender: RowSender<unknown>,
	): Promise<IBinaryKeyData | undefined> => {
		const text = checkout?.qrCode ?? checkout?.checkoutUrl ?? '';
		const lack = (what: string, why: string) =>
			sender.warnOnce(
				what,
				`Item ${sender.itemIndex} was made, but has no QR picture: ${why} Items after it may lack theirs for the same reason; those that have one have the binary field '${FIELD}'.`,
			);
		if (text === '') {
			lack(
				'nothing to draw',
				"the provider's answer holds no link and no text for a QR code. Open the output to see what it holds, or take 'QR Picture' out.",
			);
			return undefined;
		}
		const bytes = Buffer.byteLength(text);
		if (bytes > MOST_BYTES_IN_QR_CODE) {
			lack(
				'too long',
				`its link has ${bytes} bytes, and a QR code holds ${MOST_BYTES_IN_QR_CODE} at the most. Send 'checkoutUrl' as a link.`,
			);
			return undefined;
		}
		try {
			return {
				[FIELD]: await sender.context.helpers.prepareBinaryData(
					pngOf(qrMatrix(text)),
					'qr-code.png',
					'image/png',
				),
			};
		} catch (error) {
			const reason = error instanceof Error ? error.message : 'for a reason that it does not name';
			lack(
				'not kept',
				`n8n could not keep it (${reason}). Send 'checkoutUrl' as a link; whoever runs n8n looks after the place where it keeps files.`,
			);
			return undefined;
		}
	};
}
