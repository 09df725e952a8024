import type { IDataObject } from 'n8n-workflow';
import { startSandbox } from '../../sandbox/sandbox';
import { SandboxClient, type Fault, type SandboxState } from '../e2e/sandboxClient';
import { runNode, type NodeRun, type NodeRunOptions } from '../support/contexts';
import type { Row, Shop } from './shops';

export interface Created extends SandboxState {
	run: NodeRun;
	/** Per row what came of it. */
	rows: Array<{
		item: number;
		reference: string;
		json: IDataObject;
		pairedItem: unknown;
		/** Undefined for a row that left as a checkout. */
		error: string | undefined;
		/** The checkouts that the provider has with this row's reference. */
		exists: SandboxState['checkouts'];
	}>;
}

interface CreateOptions extends Pick<NodeRunOptions, 'continueOnFail' | 'retryOnFail' | 'abortAfterMilliseconds' | 'executionId'> {
	requestsInParallel?: number;
	fault?: { fault: Fault; times: number };
	parameters?: IDataObject;
}

/** Puts a sheet through Create Checkout, in a sandbox of its own. */
export async function create(shop: Shop, sheet: Row[], { requestsInParallel = 5, fault, parameters, ...more }: CreateOptions = {}): Promise<Created> {
	const provider = shop.provider();
	const sandbox = await startSandbox({ providers: [provider] });
	try {
		const client = new SandboxClient(sandbox.url);
		const { name } = provider;
		if (fault) await client.fault(name, 'create', fault.fault, fault.times);
		const setup = shop.setup(`${sandbox.url}/${name}`);
		const options = { ...(setup.parameters?.options as IDataObject | undefined), requestsInParallel };
		const run = await runNode({
			...setup,
			...more,
			parameters: { ...setup.parameters, ...parameters, options },
			items: sheet.map((json) => ({ json })),
		});
		const state = await client.state(name);
		const rows = (run.outputs[0] ?? []).map(({ json, pairedItem }, item) => {
			const reference = sheet[item]?.reference ?? '';
			const error = typeof json.error === 'string' ? json.error : undefined;
			return { item, reference, json, pairedItem, error, exists: state.checkouts.filter((checkout) => checkout.reference === reference) };
		});
		return { ...state, run, rows };
	} finally {
		await sandbox.close();
	}
}

/** References of which the provider has more than one checkout. */
export function madeTwice({ checkouts }: Pick<SandboxState, 'checkouts'>): string[] {
	const references = checkouts.flatMap(({ reference }) => reference ?? []);
	return references.filter((reference, index) => references.indexOf(reference) !== index);
}
