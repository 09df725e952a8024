import { readFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

// It would fetch it from a server.
const { buffer } = new Uint8Array(
	readFileSync(require.resolve('zxing-wasm/reader/zxing_reader.wasm')),
);
prepareZXingModule({ overrides: { wasmBinary: buffer } });

/**
 * The texts of the QR codes in a picture, as a reader that shares no code with the package sees it.
 *
 * @throws when the file is no sound PNG: wrong check sums, cut off
 */
export async function readQrCodes(png: Buffer): Promise<string[]> {
	const { data, width, height } = PNG.sync.read(png);
	const found = await readBarcodes(
		{ data: new Uint8ClampedArray(data), width, height, colorSpace: 'srgb' } as ImageData,
		{ formats: ['QRCode'] },
	);
	return found.map(({ text }) => text);
}
