import { Agent } from 'node:http';
import axios from 'axios';

/** What became of invented callbacks: how many were answered with which status. */
export type Answers = Record<string, number>;

/**
 * Invented callbacks for an address, evenly spaced and without waiting for answers: a stranger who
 * knows it names orders that nobody has.
 */
export class Flood {
	private readonly agent = new Agent({ keepAlive: true, maxSockets: 200 });
	private readonly underWay = new Set<Promise<void>>();
	private readonly timer: NodeJS.Timeout;
	private readonly answers: Answers = {};
	sent = 0;

	/** @param invented the body of the n-th one */
	constructor(
		private readonly url: string,
		perSecond: number,
		private readonly invented: (number: number) => object,
	) {
		this.timer = setInterval(() => this.send(), 1000 / perSecond);
	}

	/** Sends no more; gives the answers when the last one has come. */
	async stop(): Promise<Answers> {
		clearInterval(this.timer);
		await Promise.all(this.underWay);
		this.agent.destroy();
		return this.answers;
	}

	private send(): void {
		this.sent += 1;
		const answered = axios
			.post(this.url, this.invented(this.sent), {
				proxy: false,
				httpAgent: this.agent,
				timeout: 120_000,
				validateStatus: () => true,
			})
			.then(
				({ status }) => this.count(String(status)),
				() => this.count('no answer'),
			)
			.finally(() => this.underWay.delete(answered));
		this.underWay.add(answered);
	}

	private count(what: string): void {
		this.answers[what] = (this.answers[what] ?? 0) + 1;
	}
}
