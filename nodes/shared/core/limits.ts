/**
 * The bounds of everything that comes from outside (docs/security.md). What has no bound lets one
 * sender or one broken server stop n8n.
 */

/**
 * A documented callback has a few kilobytes. Anybody who knows the address can send one, and what
 * is longer takes long to read.
 */
export const MAXIMUM_CALLBACK_BYTES = 250_000;

/**
 * Of an answer, unpacked. The longest one that is documented is a page of a list, with some hundred
 * kilobytes.
 */
export const MAXIMUM_REPLY_BYTES = 5_000_000;
/** Of an answer that is a file, such as the settlements of a month. */
export const MAXIMUM_FILE_BYTES = 50_000_000;

/** Without a sign of life from the provider, until its answer begins. */
export const MAXIMUM_IDLE_MILLISECONDS = 30_000;
/**
 * For a whole answer, from the sending to its last byte, of a call that makes something: to give it
 * up leaves a doubt.
 */
export const MAXIMUM_MAKING_MILLISECONDS = 60_000;
/** The same of a call that only reads. */
export const MAXIMUM_READING_MILLISECONDS = 30_000;
/** The same of a file. */
export const MAXIMUM_FILE_MILLISECONDS = 300_000;
/** Providers give a callback a few seconds; the question to the API has to fit into them. */
export const MAXIMUM_CONFIRMING_MILLISECONDS = 8_000;
/**
 * Each time the provider is asked before a wait begins: the execution still runs then, and n8n
 * answers a callback with 409.
 */
export const MAXIMUM_ASKING_MILLISECONDS = 10_000;

/** A bound as messages name it: `250 kB`, `5 MB`. */
export function sizeInWords(bytes: number): string {
	return bytes < 1_000_000 ? `${bytes / 1_000} kB` : `${bytes / 1_000_000} MB`;
}
