import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import type { SandboxProvider } from '../../sandbox/core/provider';
import { findProviders } from '../../sandbox/providers';
import { testProviders, type TestProvider } from '../providers';
import type { NodeSetup } from '../support/contexts';
import { newCredential, newNode } from '../support/providers';

/**
 * One provider's Create Checkout, as a merchant sets it up for the rows of a sheet with the columns
 * `reference` and `amount`.
 */
export interface Shop {
	provider(): SandboxProvider;
	/** For `runNode`, with the sandbox's address of this provider, without a final slash. */
	setup(
		providerUrl: string,
	): Pick<NodeSetup, 'node' | 'credentialTypes' | 'credentials' | 'parameters'>;
	/**
	 * The provider does not make the same order twice, so the node may send a row again that may have
	 * arrived.
	 */
	deduplicates: boolean;
	/** Rows without a reference are possible. */
	referenceOptional: boolean;
}

/** Create Checkout with the provider's own order; reference and amount come from the sheet. */
function parametersOf({ order, form }: Pick<TestProvider, 'order' | 'form'>): IDataObject {
	const callback = form.callback.includes('url')
		? { callback: 'url', callbackUrl: 'http://127.0.0.1:9/callback' }
		: {};
	return {
		...order,
		...callback,
		resource: 'checkout',
		operation: 'create',
		amountFrom: 'amount',
		amount: '={{ $json.amount }}',
		reference: '={{ $json.reference }}',
	};
}

/** Every way in which every provider is used here, by a name to tell them apart. */
export function shops(): Array<[name: string, Shop]> {
	return testProviders().flatMap((provider): Array<[string, Shop]> => {
		const { name, rows } = provider;
		const asItIs: [string, Shop] = [name, shopOf(provider, rows.deduplicates === 'always', {})];
		return rows.deduplicates === 'withRetry'
			? [asItIs, [`${name} with retry`, shopOf(provider, true, { retry: true })]]
			: [asItIs];
	});
}

function shopOf(
	{ name, folder, node, rows, ...facts }: TestProvider,
	deduplicates: boolean,
	options: IDataObject,
): Shop {
	const provider = () => sandboxProviderNamed(name);
	return {
		provider,
		deduplicates,
		referenceOptional: rows.referenceOptional,
		setup: (providerUrl) => ({
			node: newNode(folder),
			credentialTypes: [newCredential(folder)],
			credentials: {
				[node.credentialName]: provider().credential(providerUrl)
					.data as ICredentialDataDecryptedObject,
			},
			parameters: { ...parametersOf(facts), options },
		}),
	};
}

function sandboxProviderNamed(wanted: string): SandboxProvider {
	const found = findProviders().find(({ name }) => name === wanted);
	if (!found) throw new Error(`There is no sandbox/providers/${wanted}.ts.`);
	return found;
}

export interface Row extends IDataObject {
	reference: string;
	amount: string;
}

/** Rows of a sheet, every one with a reference of its own. */
export function sheetOf(count: number, prefix = 'order'): Row[] {
	return Array.from({ length: count }, (_, index) => ({
		reference: `${prefix}-${index + 1}`,
		amount: `${index + 1}.50`,
	}));
}
