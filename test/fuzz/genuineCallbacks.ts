import type {
	CallbackProof,
	PaymentEvent,
	ReceivedCallback,
} from '../../nodes/shared/core/contract';
import { testProviders, type TestProvider } from '../providers';
import type { Askable } from '../support/bareWebhookContext';
import { newCredential } from '../support/providers';

/**
 * A provider with a credential that chooses one way of verifying, and callbacks that are genuine
 * for it.
 */
export interface FuzzedProvider {
	name: string;
	proof: CallbackProof;
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

const lowerCase = (headers: Record<string, string>) =>
	Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const asReceived = ({ headers, body }: TestProvider['vectors']['genuine'][number]) => ({
	headers: { 'content-type': 'application/json', ...lowerCase(headers) },
	rawBody: Buffer.from(body),
});

/** Each provider with each choice of 'When a Callback Comes' that its credential offers. */
export const fuzzedProviders = testProviders().flatMap(
	({ name, folder, node, callback, vectors }) => {
		const genuine = vectors.genuine.map(asReceived);
		const besides = (vectors.besides ?? []).map(asReceived);
		const api = callback.api?.(genuine);
		return node.contract.callback.proofs.map((proof): FuzzedProvider => ({
			name,
			proof,
			folder,
			node,
			credentials: { ...vectors.credentials, callbackProof: proof },
			secrets: vectors.secrets,
			genuine,
			besides,
			signedPart: callback.signedPart ?? ((event) => event),
			rearranged: [...genuine, ...besides].flatMap((one) => callback.rearranged?.(one) ?? []),
			...(api && { askable: { api, properties: newCredential(folder).properties } }),
			...(callback.signedByUser && { signedByUser: callback.signedByUser }),
		}));
	},
);

/** A genuine callback of each provider but this one. */
export function foreignTo(name: string): ReceivedCallback[] {
	return testProviders()
		.filter((other) => other.name !== name)
		.flatMap(({ vectors }) => vectors.genuine.map(asReceived));
}
