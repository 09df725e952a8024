import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import axios from 'axios';
import type { IDataObject, INode } from 'n8n-workflow';
import {
	calledBy,
	examplesFolder,
	importExample,
	inImportOrder,
	type Importer,
} from '../../sandbox/demo/examples';
import { sandboxCredentials } from '../../sandbox/sandbox';
import type { Credential, Execution, N8nClient, NewWorkflow, Workflow } from '../n8n/client';
import { notRunSteps } from '../support/notRun';
import { chain, leftOf, node, notByTheClock, packageName } from './steps';

/**
 * The one table of the desk, as the examples name it. Not `orders`: n8n 2.41.1 finds a table by any
 * part of its name and takes the first, so that `orders` may be `old_orders`
 * (`data-table.repository.js`, `LIKE '%name%'`).
 */
const tableName = 'order_desk';

/** Its columns, all text. */
export const orderColumns = [
	'reference',
	'amount',
	'currency',
	'email',
	'provider',
	'checkoutId',
	'paymentId',
	'checkoutUrl',
	'expiresAt',
	'state',
	'claimedBy',
	'claimedAt',
	'eventId',
	'paidAmount',
	'paidAt',
	'shipmentId',
	'attention',
] as const;

export type OrderRow = Record<(typeof orderColumns)[number], string | null> & { id: number };

/** Gives the steps that ask n8n about its own executions an API key for that. */
export async function withApiKey(client: N8nClient): Promise<(step: INode) => INode> {
	const apiKey = await client.apiKey('Crashed executions', ['execution:list', 'execution:read']);
	const { id, name } = await client.credentials.create({
		type: 'n8nApi',
		name: 'n8n API',
		data: { apiKey, baseUrl: `${client.url}/api/v1` },
	});
	return (step) => ({ ...step, credentials: { n8nApi: { id, name } } });
}

/** Puts a step's form or page behind the user name and password of the team. */
export async function withBasicAuth(
	client: N8nClient,
	{ username, password }: { username: string; password: string },
): Promise<(step: INode) => INode> {
	const { id, name } = await client.credentials.create({
		type: 'httpBasicAuth',
		name: 'The team',
		data: { user: username, password, allowedHttpRequestDomains: 'none' },
	});
	return (step) => ({ ...step, credentials: { httpBasicAuth: { id, name } } });
}

/** What one user does besides, to each step by its name. */
type Change = Record<string, (step: INode) => INode>;

/** On the connection that leads out of the named step, as the editor's + does it. */
function insertBehind(workflow: NewWorkflow, [behind, step]: [string, INode]): NewWorkflow {
	const before = workflow.nodes.find(({ name }) => name === behind);
	if (!before) throw new Error(`"${workflow.name}" has no step "${behind}".`);
	const [left, top] = before.position;
	return {
		...workflow,
		nodes: [...workflow.nodes, { ...step, position: [left + 176, top] }],
		connections: {
			...workflow.connections,
			[behind]: { main: [[{ node: step.name, type: 'main', index: 0 }]] },
			...(workflow.connections[behind] && { [step.name]: workflow.connections[behind] }),
		},
	};
}

interface DeskOptions {
	/** Without .json, for example `payment-arrives`, in any order. */
	files: readonly string[];
	/** Where n8n takes callbacks, if not where its editor is: the load balancer of queue mode. */
	publicUrl?: string;
	/** By file. */
	change?: Record<string, Change>;
	/** By file, the steps that are inserted, each by the name of the step that it is put behind. */
	insert?: Record<string, Record<string, INode>>;
	/** What takes the place of each step of which the note says that tests do not run it. */
	standIn?: (step: INode) => INode;
	/** What is done besides to each step of every file. */
	each?: (step: INode) => INode;
	/** Workflows in the place of those that are called and not imported, by their full name. */
	standIns?: readonly NewWorkflow[];
}

/**
 * The order desk of examples/order-desk, imported, set up as its notes say, with an orders table of
 * its own, and published.
 */
export class OrderDesk {
	private readonly workflows = new Map<string, Workflow>();
	/** By file, the number of the workflow that calls it; published when it is there. */
	private readonly callers = new Map<string, Promise<string>>();
	private readonly asSaved = new Map<string, readonly INode[]>();
	private readonly ids = new Map<string, string>();
	private readonly credentials: Credential[] = [];
	readonly table = `${tableName}_${randomUUID().slice(0, 8)}`;

	private constructor(
		private readonly client: N8nClient,
		private readonly sandboxUrl: string,
		private readonly options: DeskOptions,
	) {}

	static async open(
		{ client, sandbox }: { client: N8nClient; sandbox: { url: string } },
		options: DeskOptions,
	): Promise<OrderDesk> {
		const desk = new OrderDesk(client, sandbox.url, options);
		await client.makeDataTable(desk.table, orderColumns);
		for (const standIn of options.standIns ?? []) {
			const { id, name } = await client.workflows.create(standIn);
			desk.ids.set(name, id);
			await client.workflows.publish(id);
		}
		const read = new Map<string, NewWorkflow>();
		for (const file of options.files)
			read.set(
				file,
				JSON.parse(
					await readFile(path.join(examplesFolder, 'order-desk', `${file}.json`), 'utf8'),
				) as NewWorkflow,
			);
		const importer = await desk.importer();
		for (const file of inImportOrder(read)) await desk.import(file, importer);
		return desk;
	}

	/** Unpublishes everything: WooshPay tells every registered endpoint about every payment. */
	async close(): Promise<void> {
		const ids = await Promise.all(this.callers.values());
		// Callers first: n8n takes down nothing that something published calls.
		for (const { id } of [...this.workflows.values()].reverse()) ids.push(id);
		for (const id of ids) await this.client.workflows.unpublish(id);
	}

	workflow(file: string): Workflow {
		const found = this.workflows.get(file);
		if (!found) throw new Error(`order-desk/${file}.json was not imported.`);
		return found;
	}

	step(file: string, name: string): INode {
		const found = this.workflow(file).nodes.find((one) => one.name === name);
		if (!found) throw new Error(`order-desk/${file}.json has no step "${name}".`);
		return found;
	}

	/** A step as the file has it, before anything was set up. */
	savedStep(file: string, name: string): INode | undefined {
		return this.asSaved.get(file)?.find((one) => one.name === name);
	}

	/** Where the provider sends its callbacks, without query. */
	address(file: string): string {
		const trigger = this.workflow(file).nodes.find(({ type }) =>
			type.startsWith(`${packageName}.`),
		);
		return `${this.publicUrl}/webhook/${trigger?.webhookId}/callback`;
	}

	private get publicUrl(): string {
		return this.options.publicUrl ?? this.client.url;
	}

	/** Of the trigger of this step's provider, whose file is imported before. */
	private addressFor({ type }: INode): string {
		const [file] =
			[...this.workflows].find(([, { nodes }]) =>
				nodes.some((one) => one.type === `${type}Trigger`),
			) ?? [];
		if (file === undefined) throw new Error(`No trigger of ${type} was imported before it.`);
		return this.address(file);
	}

	async rows(): Promise<OrderRow[]> {
		return (await this.client.dataTableRows(this.table)) as unknown as OrderRow[];
	}

	/** The only row with this reference. */
	async row(reference: string): Promise<OrderRow> {
		const [row, ...others] = (await this.rows()).filter((one) => one.reference === reference);
		if (!row || others.length > 0)
			throw new Error(`The orders have ${row ? 1 + others.length : 0} rows of ${reference}.`);
		return row;
	}

	/** Rows that stand in the table already. */
	async insert(...rows: Partial<OrderRow>[]): Promise<void> {
		await this.client.insertDataTableRows(this.table, rows);
	}

	/** Somebody types into the row of this order. */
	async change(reference: string, change: Partial<OrderRow>): Promise<void> {
		await this.client.changeDataTableRow(this.table, (await this.row(reference)).id, change);
	}

	/** "Execute workflow" in the editor, from this step on. */
	async run(file: string, start: string, withinMilliseconds?: number): Promise<Execution> {
		return await this.client.workflows.run(this.workflow(file).id, start, withinMilliseconds);
	}

	/**
	 * Calls a sub-workflow in production, as a published workflow does; gives what it hands back. Each
	 * call is an execution of its own.
	 */
	async call(file: string, item: IDataObject): Promise<IDataObject> {
		const { data, status } = await axios.post<IDataObject>(
			`${this.publicUrl}/webhook/${await this.caller(file)}`,
			item,
			{ proxy: false, validateStatus: () => true },
		);
		if (status !== 200)
			throw new Error(`order-desk/${file}.json failed: ${JSON.stringify(data).slice(0, 500)}`);
		return data;
	}

	/** What left a step, over all executions, once each has ended or waits. */
	async left(file: string, step: string): Promise<IDataObject[]> {
		const executions = await Promise.all(
			(await this.client.executions.list(this.workflow(file).id)).map(
				async ({ id }) => await this.client.executions.settled(id),
			),
		);
		return executions.flatMap((execution) => leftOf(execution, step));
	}

	/** The path of the webhook that calls it. Those who ask at the same moment wait for the same. */
	private async caller(file: string): Promise<string> {
		const path = `call-${this.workflow(file).id}`;
		const called = this.callers.get(file) ?? this.publishCaller(file, path);
		this.callers.set(file, called);
		await called;
		return path;
	}

	private async publishCaller(file: string, path: string): Promise<string> {
		const { id } = await this.client.workflows.create({
			name: `Calls ${file}`,
			...chain([
				node('Called', 'n8n-nodes-base.webhook', 2, {
					webhookId: randomUUID(),
					parameters: { path, httpMethod: 'POST', responseMode: 'lastNode', options: {} },
				}),
				node('Only the Body', 'n8n-nodes-base.set', 3.4, {
					parameters: {
						mode: 'raw',
						jsonOutput: '={{ JSON.stringify($json.body) }}',
						options: {},
					},
				}),
				node('Call', 'n8n-nodes-base.executeWorkflow', 1.2, {
					parameters: {
						workflowId: { __rl: true, mode: 'list', value: this.workflow(file).id },
						options: {},
					},
				}),
			]),
		});
		await this.client.workflows.publish(id);
		return id;
	}

	private async importer(): Promise<Importer> {
		for (const { type, name, data } of sandboxCredentials(this.sandboxUrl))
			this.credentials.push(
				await this.client.credentials.create({
					type,
					name: `${name} of the desk`,
					data: { ...data },
				}),
			);
		return {
			client: this.client,
			credentials: this.credentials,
			thankYouPage: `${this.sandboxUrl}/`,
			descriptions: await this.client.nodeTypes(`${packageName}.`),
		};
	}

	private async import(file: string, importer: Importer): Promise<void> {
		const { workflow, unpublished } = await importExample(
			`order-desk/${file}.json`,
			importer,
			(saved) => this.setUp(file, saved),
		);
		if (unpublished !== undefined)
			throw new Error(`order-desk/${file}.json was not published: ${unpublished}`);
		this.workflows.set(file, workflow);
		this.ids.set(workflow.name, workflow.id);
	}

	/** Picks the sub-workflows from the list, and gives the desk its own table. */
	private setUp(file: string, saved: NewWorkflow): NewWorkflow {
		const change = this.options.change?.[file] ?? {};
		const { each = (step) => step, standIn = (step) => step } = this.options;
		const notRun = notRunSteps(saved.nodes);
		this.asSaved.set(file, saved.nodes);
		const missing = Object.keys(change).filter(
			(name) => !saved.nodes.some((one) => one.name === name),
		);
		if (missing.length > 0)
			throw new Error(`order-desk/${file}.json has no step "${missing.join('", "')}".`);
		const changed = {
			...saved,
			nodes: saved.nodes.map((one) => {
				const step = each(this.withIds(file, notRun.includes(one.name) ? standIn(one) : one));
				return notByTheClock(change[step.name]?.(step) ?? step);
			}),
		};
		const whole = Object.entries(this.options.insert?.[file] ?? {}).reduce(insertBehind, changed);
		return { ...whole, nodes: whole.nodes.map((step) => this.calling(file, step)) };
	}

	private calling(file: string, step: INode): INode {
		const called = calledBy(step);
		if (called === undefined) return step;
		const id = this.ids.get(called);
		if (id === undefined)
			throw new Error(`order-desk/${file}.json calls "${called}", which was not imported.`);
		return {
			...step,
			parameters: {
				...step.parameters,
				workflowId: { __rl: true, mode: 'list', value: id, cachedResultName: called },
			},
		};
	}

	private withIds(file: string, step: INode): INode {
		if (step.parameters.callback === 'url')
			return { ...step, parameters: { ...step.parameters, callbackUrl: this.addressFor(step) } };
		if (step.type !== 'n8n-nodes-base.dataTable') return step;
		const { dataTableId, tableName: made } = step.parameters;
		return {
			...step,
			parameters: {
				...step.parameters,
				...(dataTableId !== undefined && {
					dataTableId: { __rl: true, mode: 'name', value: this.table },
				}),
				...(made !== undefined && { tableName: this.table }),
			},
		};
	}
}
