import { refusals, sentences } from '../core/sentences';

const SENT_AGAIN = 'The provider is asked to send it again.';
/** What to do where the fault is ours. */
export const CORRECT_IT = 'Correct the credential.';

/** Why a callback is refused, whoever its provider is. The log shows these without their code. */
export const REFUSALS = refusals({
	nobody_to_ask: { message: 'nobody can be asked about it' },
	signature_leaves_open: {
		message: 'its signature leaves open where a value ends, so the provider has to be asked',
		hint: CORRECT_IT,
	},
	names_nothing: {
		message: 'it names no payment that the provider could be asked about',
		hint: 'Nothing was asked.',
	},
	too_many_unsigned: {
		message: 'more unsigned callbacks came than the provider may be asked about',
		hint: `Somebody may be sending invented ones. ${SENT_AGAIN}`,
	},
	not_asked: {
		message: (why: string) => `the provider could not be asked (${why})`,
		hint: SENT_AGAIN,
	},
	before_query: {
		message: (displayName: string, said: string, found: string) =>
			`it came before ${displayName}'s own query knows of it (it says ${said}, the query ${found})`,
		hint: SENT_AGAIN,
	},
	no_time: {
		message: (happened: string) => `the time at which it was ${happened} is no time`,
		hint: 'It was not made by the provider.',
	},
	too_old: {
		message: (happened: string, seconds: number) =>
			`it was ${happened} ${seconds} seconds ago, more than 'Maximum Age'`,
		hint: "An old callback was sent again, or this server's clock is wrong.",
	},
	in_the_future: {
		message: (happened: string, seconds: number) =>
			`it was ${happened} ${seconds} seconds in the future`,
		hint: "Check this server's clock.",
	},
});

/** Whose line it is; a provider's name, or that of its trigger. */
type Who = string;

/** What else is said of callbacks, in the log and by the nodes. */
export const SENTENCES = sentences({
	unknownProof: (displayName: string, given: string, choices: string) =>
		`'When a Callback Comes' in the ${displayName} credential is ${given}, which is none of its choices (${choices})`,
	bodyTooLong: (limit: string) => `its body is longer than ${limit}`,

	refused: (who: Who, why: string) => `${who} refused a callback: ${why}.`,
	credentialUnreadable: (who: Who) => `${who} refused a callback: its credential cannot be read.`,
	acknowledged: (who: Who, why: string) =>
		`${who} acknowledged a callback without starting the workflow: ${why}.`,
	notHandled: (who: Who, error: string) => `${who} could not handle a callback: ${error}.`,
	unknownError: 'unknown error',
	withHint: (what: string, hint: string) => `${what} ${hint}`,
	received: (who: Who, what: string) => `${who} received a callback: ${what}.`,

	notKnown: (displayName: string) => `${displayName} does not know this payment`,
	saidPaid: (displayName: string, found: string) =>
		`it says paid, but ${displayName} says ${found}`,
	noSecretFits: (why: string) => `${why}, so the provider is asked about it`,
	noSecretFitsBecause: (why: string, hint: string) =>
		`${why}, so the provider is asked about it. ${hint}`,
	unreadable: (why: string) => `its signature is good, but ${why}; it goes on as the event unknown`,
	namesTwo: (names: string) =>
		`it names two payments that the provider knows (${names}); it goes on as the event unknown`,
	nothingToAskFor: 'it names nothing to ask for; it goes on as the event unknown',
	paidTurned: (displayName: string, found: string, event: string) =>
		`it says paid, ${displayName} says ${found}; it goes on as the event ${event}, which starts the workflow only if it is chosen`,
	fieldDiffers: (field: string, said: string, displayName: string, found: string) =>
		`its ${field} is ${said}, ${displayName} has ${found} for this payment; it goes on as the event unknown`,
	amountDiffers: (said: string, displayName: string, found: string, counting: string) =>
		`its amount is ${said}, ${displayName} has ${found}; ${counting} counts`,

	leftOut: (count: number, since: string) =>
		`… and ${count} more callbacks in the minute from ${since} on, not written one by one`,
	ofEndpoint: (displayName: string, what: string) => `${displayName} ${what}`,
	addressIsLocal: (url: string) =>
		`Trigger: its address ${url} is an address of this machine, which the provider cannot reach. Set WEBHOOK_URL of n8n to its public address, then unpublish the workflow and publish it.`,
	endpointElsewhere: (which: string) =>
		`Trigger: the endpoint that it remembers is not at this account. If the credential was changed to another account, or from test to live, remove ${which} at the other one by hand.`,
	endpointStays: (url: string) =>
		`Trigger: the endpoint with the address ${url} stays, as another n8n may use it. If none does, because n8n has moved from there, remove it at the provider by hand.`,
});
