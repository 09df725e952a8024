import { randomUUID } from 'node:crypto';
import axios from 'axios';
import type { IDataObject, INode } from 'n8n-workflow';
import { importExample, type Importer } from '../../sandbox/demo/examples';
import { sandboxCredentials } from '../../sandbox/sandbox';
import { eventually, type Execution, type NewWorkflow, type Workflow } from '../n8n/client';
import type { SandboxCheckout, SandboxDelivery } from '../support/sandboxClient';
import { leftOf, notByTheClock, packageName } from './steps';
import { stage } from './support';

export { leftOf };

let importing: Promise<Importer> | undefined;

/**
 * One credential of each provider for all examples, as somebody has who imports them into one n8n.
 */
export async function importer(): Promise<Importer> {
	importing ??= (async () => {
		const { client, sandbox } = await stage();
		const credentials = [];
		// One after the other: n8n 1.x makes no two at the same time.
		for (const { type, name, data } of sandboxCredentials(sandbox.url))
			credentials.push(
				await client.credentials.create({
					type,
					name: `${name} of the examples`,
					data: { ...data },
				}),
			);
		return {
			client,
			credentials,
			thankYouPage: `${sandbox.url}/`,
			descriptions: await client.nodeTypes(`${packageName}.`),
		};
	})();
	return await importing;
}

const inUse: ExampleInUse[] = [];

/** Unpublishes what was imported: WooshPay tells every registered endpoint about every payment. */
export async function endExamples(): Promise<void> {
	const { client } = await stage();
	for (let example = inUse.pop(); example; example = inUse.pop())
		await client.workflows.unpublish(example.workflow.id);
}

/** A file of examples/, imported, set up as its notes say, and published. */
export class ExampleInUse {
	private constructor(
		readonly workflow: Workflow,
		/** Data Tables belong to the whole n8n: each test has its own. */
		private readonly tables: string,
	) {}

	/** @param change what this user does besides, to each node by its name */
	static async of(
		file: string,
		change: Record<string, (node: INode) => INode> = {},
	): Promise<ExampleInUse> {
		const tables = randomUUID().slice(0, 8);
		const { workflow, unpublished } = await importExample(file, await importer(), (saved) => {
			const own = JSON.parse(
				JSON.stringify(saved).replace(/\bhosted_checkout_\w+/g, (table) => `${table}_${tables}`),
			) as NewWorkflow;
			const missing = Object.keys(change).filter(
				(name) => !own.nodes.some((node) => node.name === name),
			);
			if (missing.length > 0)
				throw new Error(`examples/${file} has no step "${missing.join('", "')}".`);
			return {
				...own,
				nodes: own.nodes.map((node) => notByTheClock(change[node.name]?.(node) ?? node)),
			};
		});
		if (unpublished !== undefined)
			throw new Error(`examples/${file} was not published: ${unpublished}`);
		const example = new ExampleInUse(workflow, tables);
		inUse.push(example);
		return example;
	}

	node(name: string): INode {
		const found = this.workflow.nodes.find((node) => node.name === name);
		if (!found) throw new Error(`"${this.workflow.name}" has no step "${name}".`);
		return found;
	}

	/**
	 * Fills in a form and follows it to its ending, as a browser does; gives the ending's page, which
	 * is not closed until then.
	 */
	async submit(form: string, answers: Record<string, string>): Promise<string> {
		return (await this.fillIn(form, answers)).page;
	}

	/**
	 * Orders by the form, the first choice where none is named. The workflow makes the order number.
	 */
	async order(answers: Record<string, string> = {}): Promise<{ page: string; reference: string }> {
		const fields = formFields(this.node('Order Form'));
		const chosen = Object.fromEntries(
			fields.map(({ fieldLabel, fieldOptions }) => [
				fieldLabel,
				fieldOptions?.values[0]?.option ?? buyer[fieldLabel] ?? '',
			]),
		);
		const { page, execution } = await this.fillIn('Order Form', { ...chosen, ...answers });
		const made = Object.keys(execution.data.resultData.runData)
			.flatMap((step) => leftOf(execution, step))
			.find(({ checkoutId }) => checkoutId !== undefined);
		if (made === undefined)
			throw new Error(`No checkout was made: "${/<title>(.*?)<\/title>/.exec(page)?.[1]}"`);
		return { page, reference: String(made.reference) };
	}

	private async fillIn(
		form: string,
		answers: Record<string, string>,
	): Promise<{ page: string; execution: Execution }> {
		const { client, n8n } = await stage();
		const node = this.node(form);
		const fields = new FormData();
		for (const [index, { fieldLabel }] of formFields(node).entries()) {
			if (answers[fieldLabel] === undefined)
				throw new Error(`No answer for the field "${fieldLabel}" of "${form}".`);
			fields.append(`field-${index}`, answers[fieldLabel]);
		}
		const { data } = await axios.post<{ formWaitingUrl: string }>(
			`${n8n.url}/form/${node.webhookId}`,
			fields,
			{ proxy: false },
		);
		const id = new URL(data.formWaitingUrl).pathname.split('/').at(-1) ?? '';
		const execution = await client.executions.settled(id);
		if (execution.status !== 'waiting')
			throw new Error(
				`Behind "${form}" the execution ended with "${execution.status}" in place of an ending: ${execution.data.resultData.error?.message ?? ''}`,
			);
		const page = await axios.get<string>(data.formWaitingUrl, {
			proxy: false,
			responseType: 'text',
		});
		await axios.post(data.formWaitingUrl, {}, { proxy: false, validateStatus: () => true });
		return { page: page.data, execution };
	}

	/** "Execute workflow" from this step on. */
	async run(start: string): Promise<Execution> {
		const { client } = await stage();
		return await client.workflows.run(this.workflow.id, start);
	}

	/** What left this step for this order, over all executions, once each has ended or waits. */
	async left(step: string, reference: string): Promise<IDataObject[]> {
		const { client } = await stage();
		const executions = await Promise.all(
			(await client.executions.list(this.workflow.id)).map(
				async ({ id }) => await client.executions.settled(id),
			),
		);
		return executions
			.flatMap((execution) => leftOf(execution, step))
			.filter((item) => item.reference === reference);
	}

	/** Ends when the order was fulfilled; gives how many times. */
	async fulfilments(reference: string): Promise<number> {
		return await eventually(
			async () => (await this.left('Ship the Order (replace me)', reference)).length || undefined,
			30_000,
			() => `"${this.workflow.name}" did not fulfil ${reference}`,
		);
	}

	/** What is said of a payment that does not fit its order; ends when it is said. */
	async lookedAt(reference: string): Promise<string> {
		const { message } = await eventually(
			async () => (await this.left('Wrong Payment (replace me)', reference))[0],
			30_000,
			() => `"${this.workflow.name}" said nothing about the payment of ${reference}`,
		);
		return String(message);
	}

	/** A row of one of the example's Data Tables, as it stands now. */
	async row(table: string, reference: string): Promise<IDataObject> {
		const { client } = await stage();
		const rows = await client.dataTableRows(`${table}_${this.tables}`);
		const found = rows.filter((row) => row.reference === reference);
		if (found.length !== 1 || found[0] === undefined)
			throw new Error(`${table} has ${found.length} rows with reference ${reference}.`);
		return found[0];
	}
}

/** The only checkout with this reference, and what the payer does with it. */
export async function checkoutOf(provider: string, reference: string) {
	const { sandbox } = await stage();
	const checkout = await sandbox.checkoutOf(provider, reference);
	return {
		...checkout,
		payer: async (
			action: Parameters<typeof sandbox.act>[2] = 'pay',
			how: Parameters<typeof sandbox.act>[3] = {},
		): Promise<SandboxDelivery[]> => await sandbox.act(provider, checkout.checkoutId, action, how),
		now: async (): Promise<SandboxCheckout> => await sandbox.checkoutOf(provider, reference),
	};
}

/** What is filled in where a form asks for more than what is ordered. */
export const buyer: Record<string, string> = {
	'Your name': 'Maria Gomez',
	'Your email': 'maria@shop.example',
};

interface FormField {
	fieldLabel: string;
	fieldOptions?: { values: { option: string }[] };
}

const formFields = ({ parameters }: INode): FormField[] =>
	(parameters.formFields as unknown as { values: FormField[] }).values;
