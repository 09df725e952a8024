/** Words of a made-up provider: outside tests they come from tables only. */
import { sentences, type Refused, type Sentence } from '../../../../nodes/shared/core/sentences';

export function sentence(text: string): Sentence {
	return sentences({ text: () => text }).text();
}

export function refusedAs(code: string, message: string): Refused {
	return { code, message: sentence(message) };
}
