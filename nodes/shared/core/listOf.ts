/** The words of a field that takes several, separated by commas or lines. */
export function listOf(words: string): string[] {
	return words
		.split(/[,\n]/)
		.map((word) => word.trim())
		.filter(Boolean);
}
