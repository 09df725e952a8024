import type { IDataObject } from 'n8n-workflow';
import { testProviders } from '../providers';
import { runNode, type NodeRun, type NodeRunOptions } from '../support/contexts';
import { newCredential, newNode } from '../support/providers';
import type { TestSandbox } from '../support/testSandbox';

const samples = Object.fromEntries(testProviders().map((facts) => [facts.folder, facts]));
export const folders = Object.keys(samples);

export type Given = Partial<NodeRunOptions>;

/** Create Checkout with the rows of a sheet. */
export async function createCheckouts(
	sandbox: TestSandbox,
	folder: string,
	rows: IDataObject[],
	given: Given,
): Promise<NodeRun> {
	const credential = newCredential(folder);
	return await runNode({
		node: newNode(folder),
		credentialTypes: [credential],
		credentials: { [credential.name]: sandbox.credential(credential.name) },
		items: rows.map((json) => ({ json })),
		...given,
		parameters: {
			resource: 'checkout',
			operation: 'create',
			callback: 'url',
			callbackUrl: 'https://n8n.example/webhook/1/callback',
			...samples[folder]?.order,
			...given.parameters,
		},
	});
}

/** Title and advice of the error; '' if there is none. */
export const words = ({ error }: NodeRun) =>
	error === undefined ? '' : `${error.message}. ${error.description ?? ''}`;

/** The references of the checkouts that came out. */
export const made = ({ outputs, error }: NodeRun) =>
	error === undefined ? (outputs[0] ?? []).map(({ json }) => json.reference) : [];
