/** Where a step's line goes; the process's error output but in a test. */
export interface Output {
	write(text: string): unknown;
}

/** Says what is being done: one line for each step, with the seconds that it took behind it. */
export class Steps {
	private begun: number | undefined;

	private hasProgress = false;

	constructor(
		private readonly output: Output,
		private readonly now: () => number = () => performance.now(),
	) {}

	/**
	 * Begins a step, which ends the one before. A line that begins with a space is progress within
	 * the step.
	 */
	readonly say = (line: string): void => {
		if (line.startsWith(' ') && this.begun !== undefined) {
			this.output.write(`\n  ${line}`);
			this.hasProgress = true;
			return;
		}
		this.end();
		this.output.write(`• ${line}`);
		this.begun = this.now();
	};

	/** Ends the step under way, if there is one. */
	end(): void {
		if (this.begun === undefined) return;
		const seconds = ((this.now() - this.begun) / 1000).toFixed(1);
		this.output.write(`${this.hasProgress ? '\n ' : ''} ${seconds} s\n`);
		this.begun = undefined;
		this.hasProgress = false;
	}
}
