import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import type { SandboxProvider } from '../../sandbox/core/provider';
import type { NodeSetup } from '../support/contexts';
import { newCredential, newNode, providerFolders, root } from '../support/providers';

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

interface Case {
	parameters: IDataObject;
	deduplicates?: true;
	referenceOptional?: true;
}

const wooshPay = {
	currency: 'HKD',
	successUrl: 'https://shop.example/thanks',
	cancelUrl: 'https://shop.example/basket',
	description: 'Tea',
};

/**
 * What Create Checkout needs besides amount and reference, by the name that provider has in the
 * sandbox.
 */
const cases: Record<string, Case[]> = {
	payfect: [
		{
			parameters: { currency: 'usdt', callback: 'none', description: 'Tea' },
			referenceOptional: true,
		},
	],
	efundpay: [
		{
			parameters: {
				currency: 'HKD',
				callback: 'url',
				callbackUrl: 'http://127.0.0.1:9/callback',
				successUrl: 'https://shop.example/thanks',
				buyerName: 'Chan Tai Man',
				buyerEmail: 'chan@shop.example',
				description: 'Tea',
			},
			deduplicates: true,
		},
	],
	wooshpay: [
		{ parameters: { ...wooshPay }, referenceOptional: true },
		{
			parameters: { ...wooshPay, options: { retry: true } },
			deduplicates: true,
			referenceOptional: true,
		},
	],
	chingchingpay: [
		{
			parameters: {
				currency: 'HKD',
				callback: 'none',
				channelId: '1',
				paymentMethod: 'HK_ALIPAY_ONLINE',
				description: 'Tea',
			},
		},
	],
	tokenpay: [
		{ parameters: { chain: 'TRON', currency: 'USDT', callback: 'none', description: 'Tea' } },
	],
};

const load = createRequire(__filename);

/** Every way in which every provider of the sandbox is used here, by a name to tell them apart. */
export function shops(): Array<[name: string, Shop]> {
	const names = readdirSync(path.join(root, 'sandbox', 'providers')).map((file) =>
		path.basename(file, '.ts'),
	);
	return names.sort().flatMap((name) => {
		const known = cases[name];
		if (!known)
			throw new Error(`What Create Checkout of "${name}" needs is missing in test/rows/shops.ts.`);
		return known.map(
			({ parameters, deduplicates = false, referenceOptional = false }): [string, Shop] => {
				const options = parameters.options
					? ` with ${Object.keys(parameters.options).join(', ')}`
					: '';
				// Loaded where it is used: what is wrong with one provider fails its own tests.
				const provider = () =>
					(load(path.join(root, 'sandbox', 'providers', name)) as { provider: SandboxProvider })
						.provider;
				return [
					`${name}${options}`,
					{
						provider,
						deduplicates,
						referenceOptional,
						setup: (providerUrl) => setup(provider(), providerUrl, parameters),
					},
				];
			},
		);
	});
}

function setup(
	provider: SandboxProvider,
	providerUrl: string,
	parameters: IDataObject,
): ReturnType<Shop['setup']> {
	const { type, data } = provider.credential(providerUrl);
	const folder = providerFolders().find(
		(name) => `${name}Api`.toLowerCase() === type.toLowerCase(),
	);
	if (folder === undefined)
		throw new Error(`No folder in nodes/ belongs to the credential ${type}.`);
	return {
		node: newNode(folder),
		credentialTypes: [newCredential(folder)],
		credentials: { [type]: data as ICredentialDataDecryptedObject },
		parameters: {
			resource: 'checkout',
			operation: 'create',
			amountFrom: 'amount',
			amount: '={{ $json.amount }}',
			reference: '={{ $json.reference }}',
			...parameters,
		},
	};
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
