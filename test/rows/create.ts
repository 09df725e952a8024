import type { IDataObject } from 'n8n-workflow';
import { runNode, type NodeRun, type NodeRunOptions } from '../support/contexts';
import type { Fault, SandboxState } from '../support/sandboxClient';
import { TestSandbox } from '../support/testSandbox';
import { timeOutSoon } from './timeouts';
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

interface CreateOptions extends Pick<
	NodeRunOptions,
	'continueOnFail' | 'retryOnFail' | 'abortAfterMilliseconds' | 'executionId' | 'nodeId'
> {
	requestsInParallel?: number;
	fault?: { fault: Fault; times: number };
	parameters?: IDataObject;
	/** Of the node's own collection "Options". */
	options?: IDataObject;
}

/** One provider's sandbox, and Create Checkout in front of it. */
export interface OpenShop {
	create(sheet: Row[], options?: CreateOptions): Promise<Created>;
	state(): Promise<SandboxState>;
	/** The provider forgets everything. */
	forget(): Promise<void>;
}

/** Opens a sandbox of its own, and closes it when the work is done. */
export async function openShop<Result>(
	shop: Shop,
	work: (open: OpenShop) => Promise<Result>,
): Promise<Result> {
	const provider = shop.provider();
	const sandbox = await TestSandbox.start({ providers: [provider] });
	const setup = shop.setup(`${sandbox.url}/${provider.name}`);
	const state = async () => await sandbox.state(provider.name);
	try {
		return await work({
			state,
			forget: async () => await sandbox.reset(),
			create: async (
				sheet,
				{ requestsInParallel = 5, fault, parameters, options, ...more } = {},
			) => {
				timeOutSoon(fault?.fault.startsWith('timeout') ?? false);
				if (fault) await sandbox.fault(provider.name, 'create', fault.fault, fault.times);
				const chosen = {
					...(setup.parameters?.options as IDataObject | undefined),
					requestsInParallel,
					...options,
				};
				const run = await runNode({
					...setup,
					...more,
					parameters: { ...setup.parameters, ...parameters, options: chosen },
					items: sheet.map((json) => ({ json })),
				});
				const known = await state();
				const rows = (run.outputs[0] ?? []).map(({ json, pairedItem }, item) => {
					const reference = sheet[item]?.reference ?? '';
					const error = typeof json.error === 'string' ? json.error : undefined;
					return {
						item,
						reference,
						json,
						pairedItem,
						error,
						exists: known.checkouts.filter((checkout) => checkout.reference === reference),
					};
				});
				return { ...known, run, rows };
			},
		});
	} finally {
		await sandbox.close();
	}
}

/** Puts a sheet through Create Checkout, in a sandbox of its own. */
export async function create(
	shop: Shop,
	sheet: Row[],
	options: CreateOptions = {},
): Promise<Created> {
	return await openShop(shop, async (open) => await open.create(sheet, options));
}

/** References of which the provider has more than one checkout. */
export function madeTwice({ checkouts }: Pick<SandboxState, 'checkouts'>): string[] {
	const references = checkouts.flatMap(({ reference }) => reference ?? []);
	return references.filter((reference, index) => references.indexOf(reference) !== index);
}
