/**
 * The parts of n8n that the real contexts of n8n-core need around them: a workflow with the node in
 * it, credentials as n8n's own CredentialsHelper hands them out, and log lines that end up in the
 * result of the call that wrote them. Source of every behaviour here: the compiled n8n 2.41.1
 * (dist/credentials-helper.js, dist/workflow-execute-additional-data.js).
 */
import 'reflect-metadata';
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import { ExternalSecretsProxy } from 'n8n-core';
import {
	ICredentialsHelper,
	isExpression,
	LoggerProxy,
	NodeHelpers,
	UserError,
	Workflow,
	type ICredentialDataDecryptedObject,
	type ICredentials,
	type ICredentialsExpressionResolveValues,
	type ICredentialType,
	type IDataObject,
	type IExecuteData,
	type IHttpRequestOptions,
	type INode,
	type INodeCredentialsDetails,
	type INodeExecutionData,
	type INodeParameters,
	type INodeProperties,
	type INodeType,
	type INodeTypes,
	type IRequestOptionsSimplified,
	type IVersionedNodeType,
	type IWorkflowExecuteAdditionalData,
	type IWorkflowSettings,
	type NodeParameterValueType,
	type OnError,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface LogLine {
	level: LogLevel;
	message: string;
	metadata?: unknown;
}

/** `logs`: what went through `this.logger`. `n8nLogs`: what n8n's engine says of its own accord. */
export interface CapturedLogs {
	logs: LogLine[];
	n8nLogs: LogLine[];
}

const capturedLogs = new AsyncLocalStorage<CapturedLogs>();

function loggerInto(list: keyof CapturedLogs) {
	const write = (level: LogLevel) => (message: string, metadata?: unknown) =>
		void capturedLogs
			.getStore()
			?.[list].push(metadata === undefined ? { level, message } : { level, message, metadata });
	const logger = {
		error: write('error'),
		warn: write('warn'),
		info: write('info'),
		debug: write('debug'),
		scoped: () => logger,
	};
	return logger;
}

// The real one would write to the console and to files of the developer's n8n folder.
Container.set(Logger, loggerInto('logs') as unknown as Logger);
LoggerProxy.init(loggerInto('n8nLogs'));

/**
 * Runs `work`; every log line written meanwhile, also after an await, lands in the given lists and
 * in no other call's.
 */
export async function withCapturedLogs<Result>(
	logs: CapturedLogs,
	work: () => Promise<Result>,
): Promise<Result> {
	return await capturedLogs.run(logs, work);
}

/** A credential that the workflow still names although it has been deleted from n8n. */
export const DELETED = 'deleted';

/** A node as it stands in a workflow, with all that it needs. */
export interface NodeSetup {
	node: INodeType | IVersionedNodeType;
	/**
	 * What the user filled in; the rest gets the default of the description, as in n8n. May hold
	 * expressions (`={{ … }}`).
	 */
	parameters?: IDataObject;
	/**
	 * By credential type name. A type left out is a credential that was never chosen; `DELETED` is
	 * one that is gone.
	 */
	credentials?: Record<string, ICredentialDataDecryptedObject | typeof DELETED>;
	credentialTypes?: ICredentialType[];
	/** Default: the newest version of the node. */
	typeVersion?: number;
	/** Name of the node in the workflow. Default: its display name. */
	nodeName?: string;
	nodeId?: string;
	workflowId?: string;
	/** The UUID in the webhook's address. Default: a new one. */
	webhookId?: string;
	/** The node's own static data; the results give it back as the call left it. */
	staticData?: IDataObject;
	/** Address of this n8n. Default: `https://n8n.example`. */
	n8nAddress?: string;
	executionId?: string;
	/** The node's "On Error" setting. */
	continueOnFail?: 'stop' | 'continueRegularOutput' | 'continueErrorOutput';
	retryOnFail?: { maxTries: number; waitBetweenTries: number };
	/** "Always Output Data" and "Execute Once" in the node's settings. */
	settings?: Pick<INode, 'alwaysOutputData' | 'executeOnce'>;
	/** The workflow's own settings, such as "Timeout Workflow" (`executionTimeout`, seconds). */
	workflowSettings?: IWorkflowSettings;
	/**
	 * Nodes between the start and this one, in order, as far as their types and names matter. They
	 * pass items on.
	 */
	nodesBefore?: Array<{
		name: string;
		type: string;
		parameters?: INodeParameters;
		node?: INodeType;
		disabled?: boolean;
		/** What it has put out, where that is something else than the items of the node under test. */
		items?: INodeExecutionData[];
		/** How often it has run; 0 for one that another branch has left out. */
		runs?: number;
	}>;
	/** Nodes of other branches, each connected behind the named one. */
	beside?: Array<{
		name: string;
		type: string;
		behind: string;
		parameters?: INodeParameters;
		node?: INodeType;
		disabled?: boolean;
	}>;
}

export interface Assembled {
	workflow: Workflow;
	node: INode;
	nodeType: INodeType;
	additionalData: IWorkflowExecuteAdditionalData;
	/** How often the node's `execute` was called. */
	executions: () => number;
	webhookId: string;
	/** The node's own static data, as it is now. */
	staticData: () => IDataObject;
}

const PACKAGE_NAME = 'n8n-nodes-hosted-checkout';
export const START_NODE = 'Start';

const passOn: INodeType = {
	description: {
		displayName: 'Passes Items On',
		name: 'passOn',
		group: ['transform'],
		version: [1, 2, 3, 4],
		description: 'Stands for any node whose work does not matter here',
		defaults: { name: 'Passes Items On' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
	},
	async execute() {
		return [this.getInputData()];
	},
};

class TestCredentialsHelper extends ICredentialsHelper {
	constructor(
		private readonly types: ICredentialType[],
		private readonly data: NonNullable<NodeSetup['credentials']>,
	) {
		super();
	}

	private type(name: string): ICredentialType {
		const found = this.types.find((type) => type.name === name);
		if (!found) throw new Error(`The test gave no credential type "${name}" in credentialTypes.`);
		return found;
	}

	getParentTypes(): string[] {
		return [];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		requestOptions: IHttpRequestOptions | IRequestOptionsSimplified,
		workflow?: Workflow,
		node?: INode,
	): Promise<IHttpRequestOptions> {
		const options = requestOptions as IHttpRequestOptions;
		const { authenticate } = this.type(typeName);
		if (typeof authenticate === 'function') return await authenticate(credentials, options);
		if (authenticate?.type !== 'generic') return options;
		if (!workflow || !node)
			throw new Error('A declarative authenticate needs the workflow and the node.');
		const resolve = (text: string) =>
			isExpression(text)
				? String(
						workflow.expression.getSimpleParameterValue(
							node,
							text,
							'internal',
							{ $credentials: credentials },
							undefined,
							'',
						) ?? '',
					)
				: text;
		for (const [part, values] of Object.entries(authenticate.properties)) {
			const target: Record<string, unknown> = {};
			for (const [key, value] of Object.entries(values ?? {}))
				target[resolve(key)] = resolve(String(value));
			const record = options as unknown as Record<string, Record<string, unknown> | undefined>;
			record[part] = { ...record[part], ...target };
		}
		return options;
	}

	async preAuthentication(): Promise<ICredentialDataDecryptedObject | undefined> {
		return undefined;
	}

	async runPreAuthentication(): Promise<ICredentialDataDecryptedObject | undefined> {
		return undefined;
	}

	async getCredentials(): Promise<ICredentials> {
		throw new Error('Stored credentials are not played.');
	}

	async getDecrypted(
		_additionalData: IWorkflowExecuteAdditionalData,
		nodeCredentials: INodeCredentialsDetails,
		typeName: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		raw?: boolean,
		resolve?: ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		const stored = this.data[typeName];
		if (stored === undefined || stored === DELETED) {
			throw new UserError(
				`Credential with ID "${nodeCredentials.id}" does not exist for type "${typeName}".`,
			);
		}
		if (raw) return stored;
		const withDefaults = NodeHelpers.getNodeParameters(
			this.getCredentialsProperties(typeName),
			structuredClone(stored) as INodeParameters,
			true,
			false,
			null,
			null,
		) as ICredentialDataDecryptedObject;
		if (!resolve) return withDefaults;
		return resolve.workflow.expression.getParameterValue(
			withDefaults as NodeParameterValueType,
			resolve.runExecutionData,
			resolve.runIndex,
			resolve.itemIndex,
			resolve.node.name,
			resolve.connectionInputData,
			mode,
			{},
			executeData,
			false,
			withDefaults as INodeParameters,
		) as unknown as ICredentialDataDecryptedObject;
	}

	async updateCredentials(): Promise<void> {}

	async updateCredentialsOauthTokenData(): Promise<void> {}

	getCredentialsProperties(typeName: string): INodeProperties[] {
		return this.type(typeName).properties;
	}
}

function versionOf(node: INodeType | IVersionedNodeType, asked: number | undefined): number {
	if (asked !== undefined) return asked;
	if ('nodeVersions' in node) return node.currentVersion;
	const { version, defaultVersion } = node.description;
	return defaultVersion ?? (Array.isArray(version) ? (version.at(-1) ?? 1) : version);
}

/** The node in a workflow `Start → … → node`, ready for any of n8n-core's contexts. */
export function assemble(setup: NodeSetup): Assembled {
	const typeVersion = versionOf(setup.node, setup.typeVersion);
	const original = NodeHelpers.getVersionedNodeType(setup.node, typeVersion);
	let executions = 0;
	// A copy in front of the instance: two calls at once may use the same one, each counts its own
	// runs.
	const nodeType = Object.create(original) as INodeType;
	if (original.execute) {
		nodeType.execute = async function (...args) {
			executions += 1;
			return await original.execute!.apply(this, args);
		};
	}

	const webhookId = setup.webhookId ?? randomUUID();
	const nodeName = setup.nodeName ?? original.description.displayName;
	const type = `${PACKAGE_NAME}.${original.description.name}`;
	const onError: Record<NonNullable<NodeSetup['continueOnFail']>, OnError> = {
		stop: 'stopWorkflow',
		continueRegularOutput: 'continueRegularOutput',
		continueErrorOutput: 'continueErrorOutput',
	};
	const node: INode = {
		id: setup.nodeId ?? randomUUID(),
		name: nodeName,
		type,
		typeVersion,
		position: [0, 0],
		parameters: structuredClone(setup.parameters ?? {}) as INodeParameters,
		webhookId,
		...(setup.continueOnFail && { onError: onError[setup.continueOnFail] }),
		...(setup.retryOnFail && { retryOnFail: true, ...setup.retryOnFail }),
		...setup.settings,
		credentials: Object.fromEntries(
			Object.keys(setup.credentials ?? {}).map((name) => [name, { id: `id-of-${name}`, name }]),
		),
	};

	const types = new Map<string, INodeType | IVersionedNodeType>([[type, nodeType]]);
	const asNode = (each: NonNullable<NodeSetup['nodesBefore']>[number]): INode => {
		if (!types.has(each.type)) types.set(each.type, each.node ?? passOn);
		return { id: randomUUID(), position: [0, 0], typeVersion: 1, parameters: {}, ...each };
	};
	const before = [
		{ name: START_NODE, type: 'n8n-nodes-base.manualTrigger' },
		...(setup.nodesBefore ?? []),
	].map(asNode);
	const beside = setup.beside ?? [];
	const nodeTypes: INodeTypes = {
		getByName: (name) => types.get(name) ?? passOn,
		getByNameAndVersion: (name, version) =>
			NodeHelpers.getVersionedNodeType(types.get(name) ?? passOn, version),
		getKnownTypes: () => ({}),
	};
	const chain = [...before, node];
	const links = [
		...chain.slice(0, -1).map(({ name }, index) => [name, chain[index + 1]!.name] as const),
		...beside.map(({ name, behind }) => [behind, name] as const),
	];
	const staticDataKey = `node:${nodeName}`;
	const workflow = new Workflow({
		id: setup.workflowId ?? 'workflow-1',
		name: 'Workflow under test',
		nodes: [...chain, ...beside.map(asNode)],
		connections: Object.fromEntries(
			links.map(([from]) => [
				from,
				{
					main: [
						links
							.filter(([source]) => source === from)
							.map(([, target]) => ({ node: target, type: 'main' as const, index: 0 })),
					],
				},
			]),
		),
		active: true,
		nodeTypes,
		staticData: setup.staticData ? { [staticDataKey]: structuredClone(setup.staticData) } : {},
		settings: { executionOrder: 'v1', ...setup.workflowSettings },
	});

	const address = (setup.n8nAddress ?? 'https://n8n.example').replace(/\/$/, '');
	const notPlayed = (what: string) => async (): Promise<never> => {
		throw new Error(`${what} is not played by this harness.`);
	};
	const additionalData: IWorkflowExecuteAdditionalData = {
		currentNodeExecutionIndex: 0,
		credentialsHelper: new TestCredentialsHelper(
			setup.credentialTypes ?? [],
			setup.credentials ?? {},
		),
		executeWorkflow: notPlayed('A sub-workflow'),
		getRunExecutionData: async () => undefined,
		getRuntimeCredential: async () => undefined,
		executionId: setup.executionId,
		restApiUrl: `${address}/rest`,
		instanceBaseUrl: `${address}/`,
		formBaseUrl: `${address}/form`,
		formWaitingBaseUrl: `${address}/form-waiting`,
		formTestBaseUrl: `${address}/form-test`,
		webhookBaseUrl: `${address}/webhook`,
		webhookWaitingBaseUrl: `${address}/webhook-waiting`,
		webhookTestBaseUrl: `${address}/webhook-test`,
		mcpBaseUrl: `${address}/mcp`,
		mcpTestBaseUrl: `${address}/mcp-test`,
		workflowId: workflow.id,
		variables: {},
		externalSecretsProxy: new ExternalSecretsProxy(),
		setExecutionStatus: () => {},
		logAiEvent: () => {},
		startRunnerTask: notPlayed('A task runner'),
	};

	return {
		workflow,
		node: workflow.getNode(nodeName)!,
		nodeType,
		additionalData,
		executions: () => executions,
		webhookId,
		staticData: () =>
			JSON.parse(JSON.stringify(workflow.staticData[staticDataKey] ?? {})) as IDataObject,
	};
}
