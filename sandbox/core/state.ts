import { BoundedMap } from './bounded';
import { Deliveries } from './deliveries';
import { Faults } from './faults';
import { PlayedProvider } from './playedProvider';
import type { SandboxProvider } from './provider';

/** How many refused requests are kept; the oldest are forgotten first. */
const refusalCapacity = 5_000;

export interface Settings {
	/** Waited before each answer of a provider's API */
	latencyMilliseconds: number;
	/** What every documented waiting time between deliveries is multiplied by */
	redeliveryScale: number;
}

export interface Refusal {
	readonly provider: string;
	readonly method: string;
	readonly path: string;
	/** Null where the connection was cut or left hanging */
	readonly status: number | null;
	readonly reason: string;
	readonly at: Date;
}

/** All that a sandbox remembers. */
export class SandboxState {
	readonly faults = new Faults();
	readonly deliveries: Deliveries;
	readonly played: ReadonlyMap<string, PlayedProvider>;
	readonly settings: Settings;
	private readonly refused = new BoundedMap<number, Refusal>(refusalCapacity);
	private refusalCount = 0;

	constructor(
		readonly addresses: { readonly url: string; readonly apiUrl: string },
		providers: readonly SandboxProvider[],
		private readonly initialSettings: Readonly<Settings>,
		allowedCallbackHosts: readonly string[],
	) {
		this.settings = { ...initialSettings };
		this.deliveries = new Deliveries(allowedCallbackHosts, () => this.settings.redeliveryScale);
		this.played = new Map(
			providers.map((provider) => [
				provider.name,
				new PlayedProvider(provider, addresses.url, this.deliveries),
			]),
		);
	}

	refuse(refusal: Omit<Refusal, 'at'>): void {
		this.refusalCount += 1;
		this.refused.set(this.refusalCount, { ...refusal, at: new Date() });
	}

	/** Oldest first */
	refusals(): Refusal[] {
		return this.refused.values();
	}

	/** Back to how the sandbox started. */
	reset(): void {
		this.faults.clear();
		this.deliveries.clear();
		this.refused.clear();
		for (const played of this.played.values()) played.clear();
		Object.assign(this.settings, this.initialSettings);
	}
}
