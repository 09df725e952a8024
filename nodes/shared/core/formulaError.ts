/**
 * What a sheet has in a cell whose formula failed: `#N/A`, `#REF!`, `#DIV/0!`, `#NAME?`, in the
 * sheet's language too (`#NV`, `#BEZUG!`), and LibreOffice's `Err:502`. Not `#1001`, as shops number
 * their orders.
 */
const FORMULA_ERROR = /^(?:#(?:N\/A|NV|N\/D|[\p{Lu}\d/_ ]*\p{Lu}[\p{Lu}\d/_ ]*[!?])|Err:\d{3})$/u;

/** Whether a text is the error of a sheet's formula. */
export function isFormulaError(text: string): boolean {
	return FORMULA_ERROR.test(text.trim());
}

export const ADVICE_ON_FORMULA_ERROR =
	'It is the error of a formula in the sheet: correct the formula, or leave the row out.';
