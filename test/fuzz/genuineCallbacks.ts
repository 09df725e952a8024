import type { PaymentEvent, ReceivedCallback } from '../../nodes/shared/core/contract';
import { bySignatureAlone } from '../support/bySignatureAlone';
import { testProviders, type TestProvider } from '../providers';

/** A provider with a credential, and callbacks that are genuine for it. */
export interface FuzzedProvider {
	name: string;
	folder: string;
	node: TestProvider['node'];
	credentials: Record<string, unknown>;
	secrets: string[];
	genuine: ReceivedCallback[];
	/** What the signature covers of an event. */
	signedPart: NonNullable<TestProvider['callback']['signedPart']>;
	/** What may come of them beside that, rearranged under their signatures. */
	rearranged: Array<Partial<PaymentEvent>>;
}

const lowerCase = (headers: Record<string, string>) =>
	Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

export const fuzzedProviders = testProviders().map(
	({ name, folder, node, callback, vectors }): FuzzedProvider => {
		const genuine = vectors.genuine.map(({ headers, body }) => ({
			headers: { 'content-type': 'application/json', ...lowerCase(headers) },
			rawBody: Buffer.from(body),
		}));
		return {
			name,
			folder,
			node: bySignatureAlone(node),
			credentials: { ...vectors.credentials, callbackProof: 'signature' },
			secrets: vectors.secrets,
			genuine,
			signedPart: callback.signedPart ?? ((event) => event),
			rearranged: genuine.flatMap((one) => callback.rearranged?.(one) ?? []),
		};
	},
);
