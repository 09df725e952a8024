/** A step that failed: what happened, and what the reader can do about it. */
export class BringError extends Error {
	constructor(
		what: string,
		readonly wayOut: string,
	) {
		super(`${what}\n${wayOut}`);
		this.name = 'BringError';
	}
}

/** What the machine lacks to build a part of n8n; the packages are not the cause. */
export class BuildError extends BringError {}
