import { withUnseenShown } from './unseen';

/** Of a value that somebody else chose, in an error message or a log line. */
const LONGEST_SHOWN = 40;

/** A value in an error message: quoted and short, and nothing of it hidden. */
export function quote(text: string): string {
	return `"${withUnseenShown(truncate(text))}"`;
}

/** The beginning of a long value, so that a message stays short. */
export function truncate(text: string): string {
	return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
