import { randomUUID } from 'node:crypto';
import { CheckoutStore } from './checkoutStore';
import { lessThan, moreThan } from './decimal';
import type { Deliveries, Delivery } from './deliveries';
import type {
	CallbackQuality,
	CheckoutEvent,
	PayerAction,
	ProviderContext,
	SandboxCheckout,
	SandboxProvider,
} from './provider';

/** How an action of the payer is carried out; all that a test or the cashier page can ask for. */
export interface ActionOptions {
	readonly callback: CallbackQuality | 'none';
	/** How many times the callback is sent at once */
	readonly copies: number;
	/**
	 * Sends the callback but leaves the checkout as it is, as a forger or the finder of a leaked
	 * secret would
	 */
	readonly keepStatus: boolean;
	/** What the callback says in place of the truth */
	readonly claim: Partial<Pick<SandboxCheckout, 'reference' | 'currency'>> & {
		readonly amount?: string;
	};
}

export type ActionResult =
	| {
			readonly done: true;
			readonly checkout: SandboxCheckout;
			readonly action: PayerAction;
			readonly deliveries: Promise<Delivery[]>;
	  }
	| { readonly done: false; readonly status: 404 | 409; readonly reason: string };

/**
 * One provider in play: its description, its memory, and what payers and merchants do with its
 * checkouts.
 */
export class PlayedProvider {
	readonly checkouts: CheckoutStore;
	readonly requests = new Map<string, number>();
	context: ProviderContext;
	/** The readings that were chosen, by dialect */
	private readonly chosen = new Map<string, string>();

	constructor(
		readonly provider: SandboxProvider,
		private readonly sandboxUrl: string,
		private readonly deliveries: Deliveries,
	) {
		this.checkouts = new CheckoutStore(provider.name);
		this.context = this.newContext();
	}

	get name(): string {
		return this.provider.name;
	}

	countRequest(operation: string): void {
		this.requests.set(operation, (this.requests.get(operation) ?? 0) + 1);
	}

	clear(): void {
		this.checkouts.clear();
		this.requests.clear();
		this.chosen.clear();
		this.context = this.newContext();
	}

	/** The reading of each dialect that is played now. */
	dialects(): Record<string, string> {
		return Object.fromEntries(
			Object.keys(this.provider.dialects ?? {}).map((name) => [name, this.readingOf(name)]),
		);
	}

	/** From now on plays this reading, or says what is wrong with the names. Null: the default. */
	choose(name: string, reading: string | null): string | undefined {
		const { dialects = {}, displayName } = this.provider;
		const dialect = Object.hasOwn(dialects, name) ? dialects[name] : undefined;
		if (dialect === undefined)
			return `${displayName} has no dialect "${name}". There are: ${Object.keys(dialects).join(', ') || 'none'}.`;
		if (reading !== null && !Object.hasOwn(dialect.readings, reading))
			return `The dialect "${name}" has no reading "${reading}". There are: ${Object.keys(dialect.readings).join(', ')}.`;
		this.chosen.set(name, reading ?? dialect.default);
		return undefined;
	}

	private readingOf(name: string): string {
		const reading = this.chosen.get(name) ?? this.provider.dialects?.[name]?.default;
		if (reading === undefined)
			throw new Error(`${this.provider.displayName} has no dialect "${name}".`);
		return reading;
	}

	/**
	 * Does what a button on the cashier page does. The checkout has changed when this returns; the
	 * callbacks may still be on their way.
	 */
	act(checkoutId: string, actionName: string, options: ActionOptions): ActionResult {
		const checkout = this.checkouts.get(checkoutId);
		if (checkout === undefined)
			return {
				done: false,
				status: 404,
				reason: `${this.provider.displayName} has no checkout "${checkoutId}".`,
			};
		const named = Object.hasOwn(this.provider.actions, actionName)
			? this.provider.actions[actionName]
			: undefined;
		if (named === undefined) {
			const names = Object.keys(this.provider.actions).join(', ');
			return {
				done: false,
				status: 404,
				reason: `${this.provider.displayName} has no action "${actionName}". There are: ${names}.`,
			};
		}
		const action = this.provider.actionFor?.(named, checkout) ?? named;
		if (!action.from.includes(checkout.status)) {
			return {
				done: false,
				status: 409,
				reason: `"${actionName}" needs a checkout that is ${action.from.join(' or ')}; this one is ${checkout.status}.`,
			};
		}
		const changes = consequences(checkout, action);
		const told: SandboxCheckout = { ...checkout, ...changes, ...claimed(options.claim) };
		if (!options.keepStatus) Object.assign(checkout, changes);
		const silent = action.event === undefined || options.callback === 'none';
		const deliveries = silent
			? Promise.resolve([])
			: this.send(newEvent(told, action.event), options.callback, options.copies);
		return { done: true, checkout, action, deliveries };
	}

	private async send(
		event: CheckoutEvent,
		quality: CallbackQuality,
		copies: number,
	): Promise<Delivery[]> {
		const { callbacks, name } = this.provider;
		const targets =
			callbacks.targets?.(event, this.context) ??
			(event.callbackUrl === null ? [] : [{ url: event.callbackUrl }]);
		const sent: Promise<Delivery>[] = [];
		for (const target of targets) {
			const message = callbacks.compose(event, quality, target, this.context);
			if (message === undefined) continue;
			for (let copy = 0; copy < copies; copy += 1) {
				sent.push(
					this.deliveries.send({
						provider: name,
						checkoutId: event.checkout.checkoutId,
						event: event.kind,
						quality,
						url: target.url,
						message,
						// Nobody repeats a forgery on the provider's schedule.
						gapsMilliseconds: quality === 'genuine' ? callbacks.redeliveryGapsMilliseconds : [],
						acknowledged: (answer) => callbacks.acknowledged(answer, this.context),
					}),
				);
			}
		}
		return await Promise.all(sent);
	}

	private newContext(): ProviderContext {
		return {
			state: this.provider.newState(),
			checkouts: this.checkouts,
			providerUrl: `${this.sandboxUrl}/${this.name}`,
			cashierUrl: (checkoutId) =>
				`${this.sandboxUrl}/cashier/${this.name}/${encodeURIComponent(checkoutId)}`,
			dialect: (name) => this.readingOf(name),
			tell: (checkout, kind, more) =>
				void this.send(newEvent(checkout, kind, more), 'genuine', 1).catch(console.error),
		};
	}
}

function newEvent(
	checkout: SandboxCheckout,
	kind: string,
	{ callbackUrl, details = {} }: Parameters<ProviderContext['tell']>[2] = {},
): CheckoutEvent {
	return {
		id: randomUUID(),
		kind,
		at: new Date(),
		checkout: { ...checkout },
		callbackUrl: callbackUrl === undefined ? checkout.callbackUrl : callbackUrl,
		details,
	};
}

function consequences(checkout: SandboxCheckout, action: PayerAction): Partial<SandboxCheckout> {
	const now = new Date();
	const changes: Partial<SandboxCheckout> = { updatedAt: now };
	if (action.to !== undefined) changes.status = action.to;
	if (action.paid === undefined) return changes;
	const paidAmount = {
		exact: checkout.amount,
		under: lessThan(checkout.amount),
		over: moreThan(checkout.amount),
	}[action.paid];
	return { ...changes, paidAmount, paidAt: now };
}

function claimed({ amount, ...rest }: ActionOptions['claim']): Partial<SandboxCheckout> {
	return amount === undefined ? rest : { ...rest, amount, paidAmount: amount };
}
