import type { ReceivedCallback } from '../../nodes/shared/core/contract';
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
}

const lowerCase = (headers: Record<string, string>) =>
	Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

export const fuzzedProviders = testProviders().map(
	({ name, folder, node, callback, vectors }): FuzzedProvider => ({
		name,
		folder,
		node,
		credentials: vectors.credentials,
		secrets: vectors.secrets,
		genuine: vectors.genuine.map(({ headers, body }) => ({
			headers: { 'content-type': 'application/json', ...lowerCase(headers) },
			rawBody: Buffer.from(body),
		})),
		signedPart: callback.signedPart ?? ((event) => event),
	}),
);
