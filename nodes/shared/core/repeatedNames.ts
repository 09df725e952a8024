/** A text, or one of the signs that give JSON its structure. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;

/** Whether an object, or an array, begins or ends here. */
const isOpening = (token: string) => token === '{' || token === '[';
const isClosing = (token: string) => token === '}' || token === ']';

/**
 * Whether an object in a JSON text names a member twice. JSON.parse takes the last one, and another
 * reader may take the first, so who signs such a text has not said which one counts.
 *
 * @param json a text that is JSON
 */
export function hasRepeatedNames(json: string): boolean {
	/** The names so far of each object that is open; null for an array. */
	const open: Array<Set<string> | null> = [];
	let isName = false;
	for (const [token] of json.matchAll(TOKEN)) {
		if (isOpening(token)) open.push(token === '{' ? new Set() : null);
		else if (isClosing(token)) open.pop();
		else if (isName && token !== ',' && !addName(open.at(-1), token)) return true;
		isName = token === '{' || token === ',';
	}
	return false;
}

/** False where the object has the name already; a text in an array is no name. */
function addName(names: Set<string> | null | undefined, token: string): boolean {
	if (!names) return true;
	const name = JSON.parse(token) as string;
	const isNew = !names.has(name);
	names.add(name);
	return isNew;
}
