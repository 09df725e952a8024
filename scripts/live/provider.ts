import type { ICredentialType } from 'n8n-workflow';
import type {
	CheckoutOrder,
	HttpCall,
	HttpReply,
	PaymentContract,
} from '../../nodes/shared/core/contract';
import type { testCredential } from '../../nodes/shared/callbacks/testCredential';
import type { Session } from './session';

/** Fields of a credential as n8n stores them. */
export type Fields = Record<string, string | boolean>;

/** What one answer says of something that the provider's pages leave open. */
export interface Observation {
	/** A key of the provider's `unknowns`; in words, where no page leaves it open. */
	unknown: string;
	/** What was seen, in a word or a few. */
	found: string;
	/** What that means for whoever uses the package, and what to set, in whole sentences. */
	means: string;
	/** Values of the credential's fields to set, none of them a secret. */
	settings?: Fields;
}

/** One thing that is asked of the provider. */
export interface Step {
	/** What is sent, for the plan. */
	asks: string;
	/** How many requests that is at the most. */
	requests: number;
	/**
	 * Sends it and says what the answers mean.
	 *
	 * @throws Stop where nothing more may be sent
	 */
	run(session: Session): Promise<Observation[]>;
}

/** Ends the check: what happened and the way out. */
export class Stop extends Error {}

/** What is open, and what a report about it changes. */
export interface Unknown {
	question: string;
	/** The constant, setting or page to change. */
	changes: string;
}

// The functions that read an order are each provider's own; the check hands them only what it made.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyContract = PaymentContract<any, any>;

/** What the check knows of a provider, apart from what its contract says. */
export interface LiveProvider {
	/** As in `npm run check:live -- <name>`. */
	name: string;
	contract: AnyContract;
	credentialName: string;
	credential: new () => ICredentialType;
	test: ReturnType<typeof testCredential>;
	/** Fields without which nothing can be asked. */
	needs: string[];
	/** Hosts of the provider at which no money moves. */
	testHosts: string[];
	/** The address of the API, as the credential has it. */
	address(credentials: Fields): string;
	/** Waited between two requests. */
	pauseMilliseconds: number;
	/** What to know before it is sent, in whole sentences. */
	warning?: string;
	unknowns: Record<string, Unknown>;
	/** What is made, with the smallest amount. */
	order(reference: string, callbackUrl: string | null, credentials: Fields): CheckoutOrder;
	steps: Step[];
	/** The field in which a further word for paid is entered. */
	paidWords?: { field: string; label: string };
	/** Settings that read the amount of a callback otherwise. */
	amountSettings?: Fields[];
}

/** The same order, as the contracts know it without fields of one provider. */
export function plainOrder(
	reference: string,
	callbackUrl: string | null,
	money: { amount: string; currency: string },
): CheckoutOrder {
	return {
		...money,
		reference,
		callbackUrl,
		lineItems: [],
		amountUnit: 'major',
		description: 'Live check',
		successUrl: 'https://example.com/paid',
		cancelUrl: 'https://example.com/canceled',
		extraFields: {},
	};
}

/** A call with these members of its JSON body changed; undefined takes one out. */
export function changed(call: HttpCall, changes: Record<string, unknown>): HttpCall {
	const body = { ...(JSON.parse(call.body ?? '{}') as object), ...changes };
	return { ...call, body: JSON.stringify(body) };
}

/** Where in an answer a value stands that passes, as names with points between them. */
export function placesOf(
	value: unknown,
	passes: (value: unknown, name: string) => boolean,
	at: string[] = [],
): string[] {
	if (at.length > 6) return [];
	const own = at.length > 0 && passes(value, at.at(-1) ?? '') ? [at.join('.')] : [];
	if (typeof value !== 'object' || value === null) return own;
	return [
		...own,
		...Object.entries(value).flatMap(([name, inner]) => placesOf(inner, passes, [...at, name])),
	];
}

/** The value at such a place. */
export function valueAt(value: unknown, place: string): unknown {
	return place
		.split('.')
		.reduce<unknown>(
			(inner, name) =>
				typeof inner === 'object' && inner !== null
					? (inner as Record<string, unknown>)[name]
					: undefined,
			value,
		);
}

/** Names under which words of a refusal stand, those that say most first. */
const NAMES_OF_WORDS = ['error_description', 'detail', 'message', 'msg', 'error', 'errors'];

/** Where the words of a refusal stand. */
export function placeOfWords({ body }: HttpReply): string {
	const places = NAMES_OF_WORDS.flatMap((wanted) =>
		placesOf(body, (value, name) => name === wanted && typeof value === 'string'),
	);
	return places[0] ?? 'nowhere';
}

/** How a time is written. */
export function spellingOfTime(value: unknown): string {
	const text = String(value);
	if (/^\d{13}$/.test(text)) return 'milliseconds';
	if (/^\d{10}(\.\d+)?$/.test(text)) return 'seconds';
	return /^\d{4}-\d\d-\d\dT/.test(text) ? 'iso' : 'otherwise';
}
