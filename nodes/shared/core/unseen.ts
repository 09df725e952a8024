/** Format and control characters, and the blanks that no space bar gives: what nobody sees. */
export const UNSEEN = /[\p{Cf}\p{Cc}\p{Zl}\p{Zp}\uFE00-\uFE0F]|(?! )\p{Zs}/gu;

/** The number of a character in Unicode: `200B`. */
export function unicodeNumber(character: string): string {
	return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

/** A text in which nothing is hidden: `<U+200B>12.50`. */
export function withUnseenShown(text: string): string {
	return text.replace(UNSEEN, (character) => `<U+${unicodeNumber(character)}>`);
}
