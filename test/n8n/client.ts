import { randomBytes, randomUUID } from 'node:crypto';
import http from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { parse as parseFlatted } from 'flatted';
import type {
	IConnections,
	IDataObject,
	INode,
	INodePropertyOptions,
	INodeTypeDescription,
	IPinData,
	IRunData,
	IRunExecutionData,
	IWorkflowSettings,
} from 'n8n-workflow';

/** Who may do everything in an n8n. */
export interface Owner {
	email: string;
	firstName: string;
	lastName: string;
	password: string;
}

/** An owner for an n8n that has none yet, with a password that nobody can know. */
export function newOwner(): Owner {
	return {
		email: 'owner@n8n.example',
		firstName: 'Demo',
		lastName: 'Owner',
		// n8n wants a capital and a digit in it.
		password: `N8n-${randomBytes(12).toString('base64url')}`,
	};
}

export interface Workflow {
	id: string;
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings: IWorkflowSettings;
	versionId: string;
	active: boolean;
	/** Outputs that runs in the editor take in place of running the node. */
	pinData?: IPinData;
}

export type NewWorkflow = Pick<Workflow, 'name' | 'nodes' | 'connections' | 'pinData'> & {
	settings?: IWorkflowSettings;
};

export interface Credential {
	id: string;
	name: string;
	type: string;
}

export interface CredentialTestResult {
	status: 'OK' | 'Error';
	message: string;
}

export interface ExecutionSummary {
	id: string;
	workflowId: string;
	status: string;
	mode: string;
}

export interface Execution extends ExecutionSummary {
	data: IRunExecutionData;
	/** As n8n stored it, for looking for what must not be in there. */
	stored: string;
}

export type PublicationStatus =
	'not_published' | 'in_progress' | 'published' | 'partial' | 'failed';

// n8n refuses a larger one.
const pageSize = 100;

/**
 * How long is waited for what usually takes a moment: only a test that fails, or a busy machine,
 * needs it.
 */
export const aMinute = 60_000;

/**
 * n8n refused: its own words and its HTTP status. Holds nothing of the request, which may carry
 * secrets.
 */
export class N8nError extends Error {
	constructor(
		message: string,
		readonly status: number,
	) {
		super(message);
		this.name = 'N8nError';
	}
}

/** Speaks to n8n's own REST interface as the editor does. `signIn` first. */
export class N8nClient {
	private readonly http: AxiosInstance;

	private cookie = '';

	constructor(readonly url: string) {
		// n8n ties the session to the browser: the same id has to come with every call.
		this.http = axios.create({
			baseURL: `${url}/rest`,
			headers: { 'browser-id': randomUUID(), 'push-ref': randomUUID() },
			timeout: 60_000,
			proxy: false,
			// n8n ends a connection that was idle for five seconds. Where a test computes for longer, the
			// next call would be sent into one that has ended.
			httpAgent: new http.Agent({ keepAlive: false }),
			validateStatus: () => true,
		});
	}

	/** Makes the owner on a fresh n8n, logs in on one that has its owner. */
	async signIn(owner: Owner): Promise<void> {
		const setUp = await this.http.post('/owner/setup', owner);
		const { email, password } = owner;
		const signedIn =
			setUp.status === 200
				? setUp
				: await this.http.post('/login', { emailOrLdapLoginId: email, password });
		if (signedIn.status !== 200) throw refusal('Signing in', signedIn);
		this.cookie = (signedIn.headers['set-cookie'] ?? [])
			.map((line) => line.split(';')[0])
			.join('; ');
	}

	readonly credentials = {
		list: async (): Promise<Credential[]> => await this.call<Credential[]>('get', '/credentials'),
		create: async (credential: {
			name: string;
			type: string;
			data: Record<string, unknown>;
		}): Promise<Credential> => await this.call<Credential>('post', '/credentials', credential),
		/** What "Test" in the credential's dialogue says. */
		test: async (
			{ id, name, type }: Credential,
			data: Record<string, unknown>,
		): Promise<CredentialTestResult> =>
			await this.call<CredentialTestResult>('post', '/credentials/test', {
				credentials: { id, name, type, data },
			}),
		update: async (
			{ id, name, type }: Credential,
			data: Record<string, unknown>,
		): Promise<void> => {
			await this.call('patch', `/credentials/${id}`, { name, type, data });
		},
		delete: async (id: string): Promise<void> => {
			await this.call('delete', `/credentials/${id}`);
		},
	};

	readonly workflows = {
		create: async ({ settings = {}, ...workflow }: NewWorkflow): Promise<Workflow> =>
			await this.call<Workflow>('post', '/workflows', { ...workflow, settings, active: false }),
		get: async (id: string): Promise<Workflow> =>
			await this.call<Workflow>('get', `/workflows/${id}`),
		published: async (): Promise<Pick<Workflow, 'id' | 'name'>[]> =>
			await this.call(
				'get',
				`/workflows?filter=${encodeURIComponent(JSON.stringify({ active: true }))}`,
			),
		/** Saves a draft; what is published goes on running until the next `publish`. */
		save: async ({
			id,
			name,
			nodes,
			connections,
			settings,
			versionId,
		}: Workflow): Promise<Workflow> =>
			await this.call<Workflow>('patch', `/workflows/${id}`, {
				name,
				nodes,
				connections,
				settings,
				versionId,
			}),
		/**
		 * Ends when the triggers are really registered. Throws with the words that the editor shows
		 * when one refuses.
		 */
		publish: async (id: string): Promise<void> => {
			const { versionId } = await this.workflows.get(id);
			await this.call('post', `/workflows/${id}/activate`, { versionId });
			const { status, words } = await this.settledPublication(id, true);
			if (status !== 'published')
				throw new N8nError(words || `The publication ended as "${status}".`, 200);
		},
		unpublish: async (id: string): Promise<void> => {
			await this.call('post', `/workflows/${id}/deactivate`, {});
			await this.settledPublication(id);
		},
		delete: async (id: string): Promise<void> => {
			// n8n deletes only what is in its archive, and refuses while it is still taking the triggers
			// down.
			await this.call('post', `/workflows/${id}/archive`, {});
			await eventually(
				async () =>
					await this.call('delete', `/workflows/${id}`).then(
						() => true,
						(error: unknown) => {
							if (error instanceof N8nError && error.status === 409) return undefined;
							throw error;
						},
					),
				30_000,
				() => `Workflow ${id} could not be deleted`,
			);
		},
		publicationStatus: async (id: string): Promise<PublicationStatus> =>
			(await this.publication(id)).status,
		/**
		 * "Execute workflow" in the editor. Ends when the execution has ended or waits; `startFrom` is
		 * a node's name.
		 */
		run: async (id: string, startFrom: string, withinMilliseconds?: number): Promise<Execution> => {
			const { executionId } = await this.start(id, startFrom);
			if (!executionId)
				throw new N8nError(`n8n waits for an event of "${startFrom}" instead of running it.`, 200);
			return await this.executions.settled(executionId, withinMilliseconds);
		},
		/** "Execute step" in the editor, with what an earlier run has left of the steps before it. */
		runStep: async (id: string, name: string, runData: IRunData): Promise<Execution> => {
			const { executionId } = await this.call<{ executionId: string }>(
				'post',
				`/workflows/${id}/run`,
				{
					workflowData: await this.workflows.get(id),
					runData,
					destinationNode: { nodeName: name, mode: 'inclusive' },
					dirtyNodeNames: [],
				},
			);
			return await this.executions.settled(executionId);
		},
		/** "Listen for test event" in the editor: the trigger takes one event on its test URL. */
		listen: async (id: string, trigger: string): Promise<void> => {
			const { waitingForWebhook } = await this.start(id, trigger);
			if (!waitingForWebhook)
				throw new N8nError(`n8n ran "${trigger}" instead of waiting for its event.`, 200);
		},
		stopListening: async (id: string): Promise<void> => {
			await this.call('delete', `/test-webhook/${id}`);
		},
	};

	readonly executions = {
		/**
		 * All of them, newest first. Asked for twice: n8n looks for those under way and those that have
		 * ended at the same time, so that one that ends just then is in neither.
		 */
		list: async (workflowId: string): Promise<ExecutionSummary[]> => {
			const seen = new Map<string, ExecutionSummary>();
			for (let look = 0; look < 2; look++)
				for (const execution of await this.executions.listOnce(workflowId))
					seen.set(execution.id, execution);
			return [...seen.values()].sort((left, right) => Number(right.id) - Number(left.id));
		},
		listOnce: async (workflowId: string): Promise<ExecutionSummary[]> => {
			const filter = encodeURIComponent(JSON.stringify({ workflowId }));
			// n8n lists what is under way on the first page besides the page itself.
			const all = new Map<string, ExecutionSummary>();
			let cursor: string | null = null;
			do {
				// n8n 1.x knows no pages of this kind and gives the newest.
				const page: { results: ExecutionSummary[]; nextCursor?: string | null } = await this.call(
					'get',
					`/executions?filter=${filter}&limit=${pageSize}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
				);
				for (const execution of page.results) all.set(execution.id, execution);
				cursor = page.nextCursor ?? null;
			} while (cursor !== null);
			return [...all.values()];
		},
		get: async (id: string): Promise<Execution> => {
			const { data, ...summary } = await this.call<ExecutionSummary & { data: string }>(
				'get',
				`/executions/${id}`,
			);
			return { ...summary, data: parseFlatted(data) as IRunExecutionData, stored: data };
		},
		/** "Retry with original workflow". Ends when the new execution has ended or waits. */
		retry: async (id: string): Promise<Execution> => {
			const retried = await this.call<{ id: string }>('post', `/executions/${id}/retry`, {
				loadWorkflow: false,
			});
			return await this.executions.settled(retried.id);
		},
		/** Ends when the execution has ended or waits. */
		settled: async (id: string, withinMilliseconds = 90_000): Promise<Execution> =>
			await eventually(
				async () => {
					const execution = await this.executions.get(id);
					// n8n 1.x can say how it ended a moment before it has stored what happened.
					return ['new', 'running', 'unknown'].includes(execution.status) ||
						(execution.data as unknown) === undefined
						? undefined
						: execution;
				},
				withinMilliseconds,
				() => `Execution ${id} had not ended`,
			),
		/**
		 * Ends when the workflow has at least `count` executions in this state; gives them with their
		 * data, oldest first.
		 */
		waitFor: async (
			workflowId: string,
			count: number,
			status = 'success',
			withinMilliseconds = aMinute,
		): Promise<Execution[]> => {
			let seen: ExecutionSummary[] = [];
			const found = await eventually(
				async () => {
					seen = await this.executions.list(workflowId);
					const matching = seen.filter((execution) => execution.status === status);
					return matching.length >= count ? matching : undefined;
				},
				withinMilliseconds,
				() =>
					`Workflow ${workflowId} had not ${count} executions with status "${status}", only [${seen.map((execution) => execution.status).join(', ')}],`,
			);
			return await Promise.all(
				found.reverse().map(async ({ id }) => await this.executions.get(id)),
			);
		},
	};

	/** The rows of the only Data Table of this name, with n8n's own columns. */
	async dataTableRows(name: string): Promise<IDataObject[]> {
		const address = await this.dataTableAddress(name);
		const rows: IDataObject[] = [];
		for (;;) {
			const { data } = await this.call<{ data: IDataObject[] }>(
				'get',
				`${address}/rows?take=${pageSize}&skip=${rows.length}`,
			);
			rows.push(...data);
			if (data.length < pageSize) return rows;
		}
	}

	/** A Data Table of the owner's; every column holds text. */
	async makeDataTable(name: string, columns: readonly string[]): Promise<void> {
		const { id } = await this.call<{ id: string }>('get', '/projects/personal');
		await this.call('post', `/projects/${id}/data-tables`, {
			name,
			columns: columns.map((column) => ({ name: column, type: 'string' })),
		});
	}

	/** What somebody types into new rows of a Data Table. */
	async insertDataTableRows(name: string, rows: readonly IDataObject[]): Promise<void> {
		const address = await this.dataTableAddress(name);
		for (let done = 0; done < rows.length; done += pageSize)
			await this.call('post', `${address}/insert`, { data: rows.slice(done, done + pageSize) });
	}

	/** What somebody changes in a row of a Data Table, whatever stands there by now. */
	async changeDataTableRow(name: string, rowId: number, change: IDataObject): Promise<void> {
		await this.call('patch', `${await this.dataTableAddress(name)}/rows`, {
			filter: { type: 'and', filters: [{ columnName: 'id', condition: 'eq', value: rowId }] },
			data: change,
		});
	}

	private async dataTableAddress(name: string): Promise<string> {
		const tables = await this.call<{ data: { id: string; name: string; projectId: string }[] }>(
			'get',
			`/data-tables-global?filter=${encodeURIComponent(JSON.stringify({ name }))}`,
		);
		const found = tables.data.filter((table) => table.name === name);
		const [table] = found;
		if (!table || found.length > 1)
			throw new N8nError(`n8n has ${found.length} Data Tables named "${name}".`, 200);
		return `/projects/${table.projectId}/data-tables/${table.id}`;
	}

	/** A key for n8n's public API (`/api/v1`), as *Settings → n8n API* makes one. */
	async apiKey(label: string, scopes: string[]): Promise<string> {
		return (
			await this.call<{ rawApiKey: string }>('post', '/api-keys', {
				label,
				scopes,
				expiresAt: null,
			})
		).rawApiKey;
	}

	/**
	 * Types of nodes that n8n offers whose name begins with `prefix`, for example a package's name.
	 */
	async nodeTypes(prefix: string): Promise<INodeTypeDescription[]> {
		const answer = await axios.get<INodeTypeDescription[]>(`${this.url}/types/nodes.json`, {
			headers: { cookie: this.cookie },
			timeout: 60_000,
			proxy: false,
		});
		return answer.data.filter(({ name }) => name.startsWith(prefix));
	}

	/** Names of all credential types that n8n offers. */
	async credentialTypes(): Promise<string[]> {
		const answer = await axios.get<{ name: string }[]>(`${this.url}/types/credentials.json`, {
			headers: { cookie: this.cookie },
			timeout: 60_000,
			proxy: false,
		});
		return answer.data.map(({ name }) => name);
	}

	/** What a drop-down of a node offers, as the editor asks for it when it is opened. */
	async loadOptions(
		nodeType: string,
		version: number,
		methodName: string,
		{ id, name, type }: Credential,
		currentNodeParameters: object,
	): Promise<INodePropertyOptions[]> {
		const nodeTypeAndVersion = { name: nodeType, version };
		return await this.call('post', '/dynamic-node-parameters/options', {
			path: 'parameters',
			nodeTypeAndVersion,
			methodName,
			credentials: { [type]: { id, name } },
			currentNodeParameters,
		});
	}

	private async start(
		id: string,
		startFrom: string,
	): Promise<{ executionId?: string; waitingForWebhook?: boolean }> {
		return await this.call('post', `/workflows/${id}/run`, {
			workflowData: await this.workflows.get(id),
			triggerToStartFrom: { name: startFrom },
		});
	}

	private async publication(
		id: string,
	): Promise<{ status: PublicationStatus; triggers: { errorMessage: string | null }[] }> {
		try {
			return await this.call('get', `/workflows/${id}/publication-status`);
		} catch (error) {
			// n8n 1.x registers the triggers before it answers, and knows no such question.
			if (!(error instanceof N8nError) || error.status !== 404) throw error;
			return {
				status: (await this.workflows.get(id)).active ? 'published' : 'not_published',
				triggers: [],
			};
		}
	}

	private async settledPublication(
		id: string,
		isAsked = false,
	): Promise<{ status: PublicationStatus; words: string }> {
		const begun = Date.now();
		return await eventually(
			async () => {
				const { status, triggers } = await this.publication(id);
				// A busy n8n has accepted it some time before it says so.
				if (
					status === 'in_progress' ||
					(isAsked && status === 'not_published' && Date.now() - begun < 5_000)
				)
					return undefined;
				return {
					status,
					words: triggers.flatMap(({ errorMessage }) => errorMessage ?? []).join('\n'),
				};
			},
			30_000,
			() => `The publication of workflow ${id} had not ended`,
		);
	}

	private async call<T>(
		method: 'get' | 'post' | 'patch' | 'delete',
		path: string,
		body?: unknown,
	): Promise<T> {
		for (let attempt = 1; ; attempt++) {
			const answer = await this.http.request<{ data: T }>({
				method,
				url: path,
				data: body,
				headers: { cookie: this.cookie },
			});
			if (answer.status < 300) return answer.data.data;
			const refused = refusal(`${method.toUpperCase()} ${path.split('?')[0]}`, answer);
			if (attempt === 5 || !TRANSACTIONS_MET.test(refused.message)) throw refused;
			await wait(200);
		}
	}
}

/**
 * n8n 1.x on SQLite, when two of its own transactions meet. Neither is carried out, so the same may
 * be asked again.
 */
const TRANSACTIONS_MET =
	/SQLITE_ERROR: (no such savepoint|cannot start a transaction within a transaction)/;

function refusal(what: string, answer: AxiosResponse<unknown>): N8nError {
	const body: unknown = answer.data;
	const words =
		typeof body === 'object' && body !== null
			? ['message', 'description', 'hint']
					.flatMap((key) =>
						key in body && typeof body[key as keyof typeof body] === 'string'
							? [String(body[key as keyof typeof body])]
							: [],
					)
					.join(' ')
			: String(body).slice(0, 200);
	return new N8nError(`${what}: n8n answered ${answer.status}. ${words}`.trim(), answer.status);
}

/** Asks until there is an answer; throws with what was waited for when the time is up. */
export async function eventually<T>(
	ask: () => Promise<T | undefined>,
	withinMilliseconds: number,
	unmet: () => string,
): Promise<T> {
	const deadline = Date.now() + withinMilliseconds;
	for (;;) {
		const answer = await ask();
		if (answer !== undefined) return answer;
		if (Date.now() > deadline) throw new Error(`${unmet()} after ${withinMilliseconds / 1000} s.`);
		await wait(100);
	}
}
