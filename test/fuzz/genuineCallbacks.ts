import type {
	CallbackProof,
	PaymentEvent,
	ReceivedCallback,
} from '../../nodes/shared/core/contract';
import { testProviders, type TestProvider } from '../providers';
import type { Askable } from '../support/bareWebhookContext';
import { newCredential } from '../support/providers';
import { dialectsOf, type Dialect } from './dialects';

/**
 * A provider with a credential that chooses one way of verifying and one dialect, and callbacks that
 * are genuine for it.
 */
export interface FuzzedProvider {
	name: string;
	proof: CallbackProof;
	/** `default`: the vectors with the credential's own settings. */
	dialect: string;
	folder: string;
	node: TestProvider['node'];
	credentials: Record<string, unknown>;
	secrets: string[];
	genuine: ReceivedCallback[];
	/** Genuine ones about something else than a payment to the merchant. */
	besides: ReceivedCallback[];
	/** What the signature covers of an event. */
	signedPart: NonNullable<TestProvider['callback']['signedPart']>;
	/** What may come of them beside that, rearranged under their signatures. */
	rearranged: Array<Partial<PaymentEvent>>;
	/** The provider's API; it says what the genuine callbacks said. */
	askable?: Askable;
	/** What whoever may use the credential can sign. */
	signedByUser?(callback: ReceivedCallback): ReceivedCallback;
}

/** What no dialect calls itself. */
export const DEFAULT = 'default';

const lowerCase = (headers: Record<string, string>) =>
	Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const asReceived = ({ headers, body }: TestProvider['vectors']['genuine'][number]) => ({
	headers: { 'content-type': 'application/json', ...lowerCase(headers) },
	rawBody: Buffer.from(body),
});

/**
 * Each provider in each dialect, with each choice of 'When a Callback Comes' that its credential
 * offers.
 */
export const fuzzedProviders = testProviders().flatMap((provider) =>
	[{ name: DEFAULT, ...provider.vectors, settings: {} }, ...dialectsOf(provider.name)].flatMap(
		(dialect) => inDialect(provider, dialect),
	),
);

/** The search for a setting decides nothing, and takes longer than all else. */
function withoutFinder({ contract, ...node }: TestProvider['node']): TestProvider['node'] {
	const callback = { ...contract.callback };
	delete callback.findSetting;
	return { ...node, contract: { ...contract, callback } };
}

function inDialect(
	{ name, folder, node, callback, vectors }: TestProvider,
	dialect: Dialect,
): FuzzedProvider[] {
	const genuine = dialect.genuine.map(asReceived);
	const besides = (dialect.besides ?? []).map(asReceived);
	const api = callback.api?.(dialect.known?.map(asReceived) ?? genuine);
	return (dialect.proofs ?? node.contract.callback.proofs).map((proof) => ({
		name,
		proof,
		dialect: dialect.name,
		folder,
		node: dialect.name === DEFAULT ? node : withoutFinder(node),
		credentials: { ...vectors.credentials, ...dialect.settings, callbackProof: proof },
		secrets: vectors.secrets,
		genuine,
		besides,
		signedPart: callback.signedPart ?? ((event) => event),
		rearranged: [
			...[...genuine, ...besides].flatMap((one) => callback.rearranged?.(one) ?? []),
			...(dialect.rearranged ?? []),
		],
		...(api && { askable: { api, properties: newCredential(folder).properties } }),
		...(callback.signedByUser && { signedByUser: callback.signedByUser }),
	}));
}

/** A genuine callback of each provider but this one. */
export function foreignTo(name: string): ReceivedCallback[] {
	return testProviders()
		.filter((other) => other.name !== name)
		.flatMap(({ vectors }) => vectors.genuine.map(asReceived));
}
