/**
 * The bytes of a stream; undefined where there are more than `maximumBytes`. No more of it is read
 * then, and it is destroyed (unless its iterator says otherwise).
 */
export async function readAtMost(
	stream: AsyncIterable<Uint8Array>,
	maximumBytes: number,
): Promise<Buffer | undefined> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of stream) {
		length += chunk.length;
		// Leaving the loop is what destroys the stream.
		if (length > maximumBytes) return undefined;
		chunks.push(chunk);
	}
	return Buffer.concat(chunks, length);
}
