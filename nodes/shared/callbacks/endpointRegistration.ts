import type { IHookFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { CallFailure } from '../core/callFailure';
import type { HttpCall, HttpReply, CallbackContract, RegisteredEndpoint } from '../core/contract';
import { forgetTestDeliveries } from './deliveredEvents';
import {
	recallEndpoint,
	rememberRegistration,
	rememberRemoval,
	type RememberedEndpoint,
} from './endpointMemory';
import { additionalProviderEvents, chosenEvents } from './chosenEvents';
import { InputError } from '../core/inputError';
import { isLocalAddress } from '../core/urls';
import { readCredentials, type CallbackProvider } from '../providerNode';
import { sendCall, type SendOptions } from '../requests/sendCall';
import { logLine } from './logLine';
import { isKeptSecret } from '../core/secrets';
import type { Sentence } from '../core/sentences';
import { SENTENCES } from './reasons';

/** Nobody has so many endpoints; a list that does not end must not be read forever. */
const MOST_PAGES = 50;
/** n8n repeats a registration that fails by itself. */
const MAXIMUM_ATTEMPTS = 2;

type Registration<Credentials> = NonNullable<
	CallbackContract<Credentials>['callback']['registration']
>;

interface RegistrationContext<Credentials> {
	registration: Registration<Credentials>;
	credentials: Credentials;
	send: (call: HttpCall, options?: Pick<SendOptions, 'file' | 'tellsSecret'>) => Promise<HttpReply>;
	/**
	 * The address under which this trigger receives its callbacks: another one while somebody listens
	 * for a test event.
	 */
	url: string;
	context: IHookFunctions;
	/** Of the credential: what is remembered is encrypted with it. */
	secret: string;
	/** Somebody only listens for a test event. */
	isTest: boolean;
	log: (level: 'info' | 'warn', message: Sentence) => void;
}

/**
 * `checkExists` of a trigger that registers itself: exactly one endpoint has its address, asks for
 * the right events, and its secret is known.
 */
export async function endpointIsRegistered<Credentials>(
	context: IHookFunctions,
	provider: CallbackProvider<Credentials>,
): Promise<boolean> {
	return await withRegistration(context, provider, 'looked up', async (desk) => {
		const wanted = wantedEvents(context, provider, desk.registration);
		const {
			own: [own, ...more],
			kept,
		} = await lookUpEndpoints(desk);
		const isInPlace =
			own !== undefined &&
			more.length === 0 &&
			own.enabled &&
			own.id === kept.endpointId &&
			isKeptSecret(kept.secret) &&
			sameNames(own.events, wanted);
		if (isInPlace) rememberRegistration(context, desk.secret, kept);
		return isInPlace;
	});
}

/**
 * `create`: afterwards exactly one endpoint has this trigger's address. One that was there before
 * is removed and made again, because its secret is told only once. Endpoints with other addresses
 * are not touched.
 *
 * @throws NodeOperationError whose message says what to do: n8n shows nothing else where a workflow
 * is published
 */
export async function registerEndpoint<Credentials>(
	context: IHookFunctions,
	provider: CallbackProvider<Credentials>,
): Promise<boolean> {
	return await withRegistration(context, provider, 'registered', async (desk) => {
		const wanted = wantedEvents(context, provider, desk.registration);
		const kept = await removeOwn(desk);
		const { id, ...remembered } = desk.registration.remember(
			await desk.send(desk.registration.create(desk.url, wanted, desk.credentials), {
				tellsSecret: true,
			}),
		);
		rememberRegistration(context, desk.secret, {
			...kept,
			endpointId: id,
			url: desk.url,
			...remembered,
		});
		warnOfLocalAddress(desk);
		if (desk.isTest)
			forgetTestDeliveries({
				workflowId: context.getWorkflow().id ?? '',
				nodeId: context.getNode().id,
			});
		return true;
	});
}

/**
 * `delete`: removes every endpoint with this trigger's address, also one whose id was lost. One
 * that is already gone is removed.
 */
export async function removeEndpoint<Credentials>(
	context: IHookFunctions,
	provider: CallbackProvider<Credentials>,
): Promise<boolean> {
	return await withRegistration(context, provider, 'removed', async (desk) => {
		await removeOwn(desk);
		return true;
	});
}

async function withRegistration<Credentials>(
	context: IHookFunctions,
	provider: CallbackProvider<Credentials>,
	done: 'looked up' | 'registered' | 'removed',
	work: (desk: RegistrationContext<Credentials>) => Promise<boolean>,
): Promise<boolean> {
	const { displayName, callback } = provider.contract;
	const url = context.getNodeWebhookUrl('default');
	if (!callback.registration || url === undefined) {
		throw new NodeOperationError(
			context.getNode(),
			`${displayName} Trigger has no address that could be registered`,
			{ description: 'Save the workflow and publish it again.' },
		);
	}
	try {
		const credentials = await readCredentials<Credentials>(context, provider.credentialName);
		return await work({
			registration: callback.registration,
			credentials,
			send: async (call, options) =>
				await sendCall({ context, provider, credentials }, call, {
					maximumAttempts: MAXIMUM_ATTEMPTS,
					...options,
				}),
			url,
			context,
			secret: callback.registration.secretOf(credentials),
			isTest: context.getMode() === 'manual',
			log: (level, message) => logLine(context, level, SENTENCES.ofEndpoint(displayName, message)),
		});
	} catch (error) {
		const words = wordsOf(error);
		// n8n unpublishes all the same and only logs this: nobody is asked to correct anything, and
		// nothing will try again.
		const wayOut =
			done === 'removed'
				? {
						message: `${/[.!?]$/.test(words) ? '' : '.'} It goes on sending payments that nobody takes: remove ${url} at ${displayName} by hand.`,
						description: '',
					}
				: { message: '', description: ' Correct this, then publish the workflow again.' };
		throw new NodeOperationError(
			context.getNode(),
			`The endpoint of this trigger could not be ${done} at ${displayName}: ${words}${wayOut.message}`,
			{ description: `It is the endpoint with the address ${url}.${wayOut.description}` },
		);
	}
}

function wordsOf(error: unknown): string {
	if (error instanceof InputError || error instanceof CallFailure)
		return `${error.message}. ${error.advice}`;
	return error instanceof Error ? error.message : 'something unexpected happened';
}

function wantedEvents<Credentials>(
	context: IHookFunctions,
	{ contract }: CallbackProvider<Credentials>,
	registration: Registration<Credentials>,
): string[] {
	const additional = additionalProviderEvents(context);
	const events = chosenEvents(context);
	if (events.length === 0 && additional.length === 0)
		throw new InputError(
			"'Events' is empty",
			"Choose the events that start the workflow, or name some in 'Additional Provider Events'.",
		);
	const wanted = registration.eventNames(events, additional);
	if (wanted.length === 0)
		throw new InputError(
			`'Events' names nothing that ${contract.displayName} sends`,
			"Choose another event, or name one in 'Additional Provider Events'.",
		);
	return wanted;
}

interface FoundEndpoints {
	listed: RegisteredEndpoint[];
	/**
	 * Those with this trigger's address. An endpoint for another host is left alone: it may belong to
	 * another n8n, after a move or a restored backup.
	 */
	own: RegisteredEndpoint[];
	/**
	 * What is remembered. n8n empties static data for nobody: a copied or imported workflow may bring
	 * the one of its original, so nothing at the provider is ever removed by the id, only by the
	 * address.
	 */
	kept: RememberedEndpoint;
}

async function lookUpEndpoints<Credentials>(
	desk: RegistrationContext<Credentials>,
): Promise<FoundEndpoints> {
	const listed = await listEndpoints(desk);
	const own = listed.filter(({ url }) => url === desk.url);
	return {
		listed,
		own,
		kept: recallEndpoint(
			desk.context,
			desk.secret,
			own.map(({ id }) => id),
		),
	};
}

async function listEndpoints<Credentials>({
	registration,
	credentials,
	send,
}: RegistrationContext<Credentials>): Promise<RegisteredEndpoint[]> {
	const found: RegisteredEndpoint[] = [];
	let after: string | undefined;
	for (let page = 0; page < MOST_PAGES; page++) {
		const { endpoints, next } = registration.listed(
			await send(registration.list(credentials, after)),
		);
		found.push(...endpoints);
		if (next === undefined || next === after) return found;
		after = next;
	}
	throw new CallFailure('The list of endpoints does not end', {
		advice: "Remove endpoints that nobody needs in the provider's dashboard.",
	});
}

/** Gives what is left of the endpoint to remember. */
async function removeOwn<Credentials>(
	desk: RegistrationContext<Credentials>,
): Promise<RememberedEndpoint> {
	const { registration, credentials } = desk;
	const { listed, own, kept } = await lookUpEndpoints(desk);
	for (const { id } of own) {
		await desk
			.send(registration.remove(id, credentials), { file: true })
			.catch((error: unknown) => {
				if (!(error instanceof CallFailure && error.notFound)) throw error;
			});
	}
	const before = listed.find(({ id }) => id === kept.endpointId);
	const environment = registration.environment(credentials);
	const elsewhere = kept.environment !== undefined && kept.environment !== environment;
	// The secret of another account, such as the one for tests, proves no payment at this one.
	if (elsewhere || (kept.secret !== undefined && before === undefined)) delete kept.secretPrevious;
	else if (isKeptSecret(kept.secret)) kept.secretPrevious = kept.secret;
	kept.environment = environment;
	tellWhatStays(desk, kept, before);
	delete kept.secret;
	delete kept.endpointId;
	delete kept.url;
	rememberRemoval(desk.context, desk.secret, kept);
	return kept;
}

/** Nothing at all would come, and nobody would say why. */
function warnOfLocalAddress<Credentials>({
	registration,
	credentials,
	url,
	log,
}: RegistrationContext<Credentials>): void {
	if (isLocalAddress(url) && !isLocalAddress(registration.list(credentials).url))
		log('warn', SENTENCES.addressIsLocal(url));
}

/** `before`: the endpoint that was remembered, if it is at this account. */
function tellWhatStays<Credentials>(
	{ url, isTest, log }: RegistrationContext<Credentials>,
	kept: RememberedEndpoint,
	before: RegisteredEndpoint | undefined,
): void {
	if (kept.endpointId === undefined || isTest) return;
	if (before === undefined) {
		log('warn', SENTENCES.endpointElsewhere(kept.url ?? kept.endpointId));
	} else if (before.url !== url) {
		log('warn', SENTENCES.endpointStays(before.url));
	}
}

function sameNames(left: string[], right: string[]): boolean {
	return left.length === right.length && left.every((name) => right.includes(name));
}
