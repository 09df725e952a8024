/** Side of a module in pixels: with one bit a pixel, each is exactly one byte wide. */
const PIXELS_OF_MODULE = 8;

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MOST_BYTES_OF_BLOCK = 0xffff;

/**
 * A picture of square modules as a PNG (RFC 2083): black and white, one bit a pixel, its data in
 * stored blocks (RFC 1951 section 3.2.4), since what ships has no compressor. 400 pixels square take
 * 20 kB.
 *
 * @param modules rows of equal length; true is black
 */
export function pngOf(modules: ReadonlyArray<readonly boolean[]>): Buffer {
	const width = (modules[0]?.length ?? 0) * PIXELS_OF_MODULE;
	const height = modules.length * PIXELS_OF_MODULE;
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	// One bit a pixel; greyscale, compression, filter and interlace are 0.
	header[8] = 1;
	// Each line begins with its filter: none.
	const lines = modules.flatMap((row) =>
		Array<Buffer>(PIXELS_OF_MODULE).fill(
			Buffer.from([0, ...row.map((isBlack) => (isBlack ? 0x00 : 0xff))]),
		),
	);
	return Buffer.concat([
		SIGNATURE,
		chunk('IHDR', header),
		chunk('IDAT', storedZlib(Buffer.concat(lines))),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

function chunk(type: string, data: Buffer): Buffer {
	const checked = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	return Buffer.concat([uint32(data.length), checked, uint32(crc32(checked))]);
}

/** A zlib stream (RFC 1950) that holds the bytes as they are. */
function storedZlib(bytes: Buffer): Buffer {
	const blocks: Buffer[] = [];
	for (let start = 0; start < bytes.length; start += MOST_BYTES_OF_BLOCK) {
		const part = bytes.subarray(start, start + MOST_BYTES_OF_BLOCK);
		const head = Buffer.alloc(5);
		head[0] = start + part.length === bytes.length ? 1 : 0;
		head.writeUInt16LE(part.length, 1);
		head.writeUInt16LE(MOST_BYTES_OF_BLOCK - part.length, 3);
		blocks.push(head, part);
	}
	return Buffer.concat([Buffer.from([0x78, 0x01]), ...blocks, uint32(adler32(bytes))]);
}

function uint32(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value);
	return bytes;
}

/** RFC 1950 section 9. */
function adler32(bytes: Buffer): number {
	let low = 1;
	let high = 0;
	for (const byte of bytes) {
		low = (low + byte) % 65_521;
		high = (high + low) % 65_521;
	}
	return high * 0x1_0000 + low;
}

/** RFC 2083 section 15. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
	let rest = byte;
	for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb8_8320 : rest >>> 1;
	return rest;
});

function crc32(bytes: Buffer): number {
	let rest = 0xffff_ffff;
	for (const byte of bytes) rest = (rest >>> 8) ^ (CRC_TABLE[(rest ^ byte) & 0xff] ?? 0);
	return (rest ^ 0xffff_ffff) >>> 0;
}
