import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { testProviders, type TestProvider } from '../providers';
import { runNode } from './contexts';
import { newCredential, newNode, newTrigger } from './providers';
import { callWebhook, type WebhookCall } from './contexts';
import type { PayerAction, SandboxDelivery, Telling } from './sandboxClient';
import { TestSandbox } from './testSandbox';

/** Nobody listens there: the tests hand the callbacks on themselves. */
const callbackUrl = 'http://127.0.0.1:9/callback';

/** One provider as the sandbox plays it in a dialect, and its node and trigger. */
export class PlayedDialect {
	readonly facts: TestProvider;
	private sandbox!: TestSandbox;
	/** Fields of the credential that come from an endpoint, where there are endpoints. */
	private registered: Record<string, string> = {};
	private static count = 0;

	private constructor(folder: string) {
		const facts = testProviders().find((one) => one.folder === folder);
		if (facts === undefined) throw new Error(`There is no ${folder}.`);
		this.facts = facts;
	}

	/** Emptied before each test of the file, so that it plays what is assumed. */
	static forEachTest(folder: string): PlayedDialect {
		const played = new PlayedDialect(folder);
		beforeAll(async () => void (played.sandbox = await TestSandbox.start()));
		beforeEach(async () => await played.reset());
		afterAll(async () => await played.sandbox.close());
		return played;
	}

	async reset(): Promise<void> {
		await this.sandbox.reset();
		this.registered =
			(await this.facts.credential.registerByHand?.({
				providerUrl: `${this.sandbox.url}/${this.facts.name}`,
				fields: this.sandbox.credential(this.facts.credentialName),
				callbackUrl,
			})) ?? {};
	}

	get url(): string {
		return `${this.sandbox.url}/${this.facts.name}`;
	}

	/** As a user would have it, with these fields changed. */
	credential(changes: IDataObject = {}): IDataObject {
		return {
			...this.sandbox.credential(this.facts.credentialName),
			...this.registered,
			...changes,
		};
	}

	async play(readings: Record<string, string>): Promise<void> {
		for (const [dialect, reading] of Object.entries(readings))
			await this.sandbox.dialect(this.facts.name, dialect, reading);
	}

	/** Runs the node on one item. */
	async run(
		parameters: IDataObject,
		{
			credential,
			item = { json: {} },
		}: { credential?: IDataObject; item?: INodeExecutionData } = {},
	): Promise<{ json: IDataObject; words: string }> {
		const { error, outputs } = await runNode({
			node: newNode(this.facts.folder),
			...this.setup(credential),
			parameters,
			items: [item],
		});
		const { message = '', description = '' } = (error ?? {}) as {
			message?: string;
			description?: string | null;
		};
		return { json: outputs[0]?.[0]?.json ?? {}, words: `${message} ${description ?? ''}`.trim() };
	}

	/** Creates a checkout of the provider's usual order. */
	async create(more: IDataObject = {}, credential?: IDataObject) {
		const { form, order } = this.facts;
		return await this.run(
			{
				resource: 'checkout',
				operation: 'create',
				amountFrom: 'amount',
				reference: `dialect-${++PlayedDialect.count}`,
				...(form.callback.includes('url') && { callback: 'url', callbackUrl }),
				...order,
				...more,
			},
			{ ...(credential && { credential }) },
		);
	}

	/** Creates a checkout, does this to it, and gives it with the callback that was sent. */
	async callbackOf(action: PayerAction, how: Telling = {}, credential?: IDataObject) {
		const { json: checkout, words } = await this.create({}, credential);
		const [delivery] = await this.act(checkout, action, how);
		if (delivery === undefined) throw new Error(`No callback was sent. ${words}`);
		return { checkout, delivery };
	}

	async act(
		{ checkoutId }: IDataObject,
		action: PayerAction,
		how: Telling = {},
	): Promise<SandboxDelivery[]> {
		return await this.sandbox.act(this.facts.name, String(checkoutId), action, how);
	}

	/** The callbacks that were sent so far, whatever has caused them, the newest first. */
	async deliveries(): Promise<SandboxDelivery[]> {
		return (await this.sandbox.state(this.facts.name)).deliveries;
	}

	/** What Verify makes of it. */
	async verify(delivery: SandboxDelivery, credential?: IDataObject) {
		return await this.run(
			{ resource: 'callback', operation: 'verify' },
			{
				...(credential && { credential }),
				item: {
					json: { headers: lowerCase(delivery.requestHeaders) },
					binary: {
						data: {
							data: Buffer.from(delivery.requestBody).toString('base64'),
							mimeType: 'application/json',
						},
					},
				},
			},
		);
	}

	/** What the trigger makes of it. */
	async trigger(delivery: SandboxDelivery, credential?: IDataObject): Promise<WebhookCall> {
		return await callWebhook({
			node: newTrigger(this.facts.folder),
			...this.setup(credential),
			parameters: { events: ['payment.succeeded'] },
			request: { headers: delivery.requestHeaders, rawBody: delivery.requestBody },
		});
	}

	private setup(credential?: IDataObject) {
		return {
			credentialTypes: [newCredential(this.facts.folder)],
			credentials: { [this.facts.credentialName]: this.credential(credential) as never },
		};
	}
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
	);
}
