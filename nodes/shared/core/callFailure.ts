import type { HttpReply } from './contract';

/**
 * In every error about a row that is in doubt, so that a workflow can tell it from one that was
 * certainly not made (docs/rows.md).
 */
export const IN_DOUBT = 'It may have been made';

/**
 * A call that did not give what it was sent for. Says whose fault it is, whether the call can have
 * had an effect, and what to do. Holds the provider's words, never a credential value.
 */
export class CallFailure extends Error {
	/** What to do about it. */
	readonly advice: string;
	/** HTTP status of the answer, if there was one. */
	readonly httpStatus?: number;
	/** The call may have arrived and done its work: it must not be sent again blindly. */
	readonly mayHaveArrived: boolean;
	/** The provider does not know what was asked for. */
	readonly notFound: boolean;
	/** The answer shows that it was made; only a part of it could not be read. */
	readonly made: boolean;

	constructor(
		message: string,
		details: {
			advice: string;
			httpStatus?: number;
			mayHaveArrived?: boolean;
			notFound?: boolean;
			made?: boolean;
		},
	) {
		super(message);
		this.name = 'CallFailure';
		this.advice = details.advice;
		this.httpStatus = details.httpStatus;
		this.mayHaveArrived = details.mayHaveArrived ?? false;
		this.notFound = details.notFound ?? false;
		this.made = details.made ?? false;
	}
}

/**
 * Suffix for "the answer holds no X" errors: an excerpt of the body, which may be an undocumented
 * refusal sent with status 200.
 */
export function quotedBody({ quoted }: HttpReply): string {
	return quoted === undefined ? '' : `: ${quoted()}`;
}
