import { encode } from 'uqr';

/** What the largest code holds at error correction M: version 40 of ISO/IEC 18004. */
export const MOST_BYTES_IN_QR_CODE = 2_331;

/** Modules of white around it, which readers ask for (ISO/IEC 18004). */
const QUIET_ZONE = 4;

/**
 * The modules of a QR code with the white around it; true is black. A stain may cover a seventh of
 * it.
 *
 * This file alone imports a package: the build puts the package's code in its place, with the
 * licence, so that n8n has nothing to install (gulpfile.js).
 *
 * @throws RangeError when the text does not fit (`MOST_BYTES_IN_QR_CODE`)
 */
export function qrMatrix(text: string): boolean[][] {
	return encode(text, { ecc: 'M', boostEcc: true, border: QUIET_ZONE }).data;
}
