export interface Program {
	program: string;
	args: string[];
	cwd: string;
	environment: NodeJS.ProcessEnv;
}

export interface Ran {
	/** Null where the program could not be started or was ended by a signal. */
	code: number | null;
	/** The end of what it printed. */
	output: string;
}

/** What the machine lacks, so that trying another way of installing is of no use. */
export type Lack = 'disk' | 'permission' | 'network';

/** Minutes and seconds: 1:05. */
export function clock(milliseconds: number): string;

/** What a user without special rights may still write where this folder is. */
export function freeBytes(folder: string): Promise<number>;

/** Runs a program to its end and says nothing. */
export function runQuietly(program: Program): Promise<Ran>;

/** Says the title at once, every five seconds how far it is, and at the end how long it took. */
export function runStep(step: Program & { title: string; say(line: string): void }): Promise<Ran>;

/** Undefined where npm failed because of the packages, not because of the machine. */
export function lackOf(output: string): Lack | undefined;

export function lastLines(output: string, count?: number): string;

/** What the reader can do about each. */
export const waysOut: Record<Lack, string>;

/** On Ctrl-C this process ends with all that it runs, and says that the next run goes on. Gives the way back. */
export function exitOnSignals(): () => void;

/** Prints what a step says. */
export function tell(line: string): void;
