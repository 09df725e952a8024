/**
 * What a provider's word means; undefined for a word that the table does not list itself, such as
 * `constructor`, which every object has.
 */
export function lookup<Meaning>(
	table: Readonly<Record<string, Meaning>>,
	word: string | null,
): Meaning | undefined {
	return word !== null && Object.hasOwn(table, word) ? table[word] : undefined;
}
