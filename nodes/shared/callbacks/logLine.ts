import type { IExecuteFunctions, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import type { Sentence } from '../core/sentences';
import { SENTENCES } from './reasons';

type Level = 'info' | 'warn' | 'error';
type Context = IWebhookFunctions | IExecuteFunctions | IHookFunctions;

/**
 * n8n prints the message alone, without the fields that go with it, so the message itself says
 * where.
 */
export function logLine(context: Context, level: Level, message: Sentence): void {
	const { id, name } = context.getWorkflow();
	const nodeName = context.getNode().name;
	context.logger[level](
		`${message} (workflow ${JSON.stringify(name ?? '')}, ${id ?? 'not saved'}; node ${JSON.stringify(nodeName)})`,
		{ workflowId: id, nodeName },
	);
}

/** Of one node, and of one text. */
export const MAX_LINES_PER_MINUTE = 60;
const MAX_LINES_OF_ONE_TEXT_PER_MINUTE = 20;
const MINUTE_MILLISECONDS = 60_000;

interface Minute {
	beganAt: number;
	written: Map<string, number>;
	leftOut: number;
}

const minutes = new Map<string, Minute>();

/**
 * The same for a line that anybody can cause who knows the address: bounded, so that a flood does
 * not fill the disk. What was left out is counted and said before the next line of the node,
 * whenever that comes. A text that floods does not keep the others out.
 */
export function boundedLogLine(context: Context, level: Level, message: Sentence): void {
	const key = JSON.stringify([context.getWorkflow().id ?? '', context.getNode().id]);
	const now = Date.now();
	const minute = minuteOf(context, key, now);
	const lines = [...minute.written.values()].reduce((sum, count) => sum + count, 0);
	const same = minute.written.get(message) ?? 0;
	if (lines >= MAX_LINES_PER_MINUTE || same >= MAX_LINES_OF_ONE_TEXT_PER_MINUTE) {
		minute.leftOut += 1;
		return;
	}
	minute.written.set(message, same + 1);
	logLine(context, level, message);
}

/** The minute that is counted; where the one before left something out, that is said first. */
function minuteOf(context: Context, key: string, now: number): Minute {
	const current = minutes.get(key);
	if (current !== undefined && now - current.beganAt < MINUTE_MILLISECONDS) return current;
	if (current !== undefined && current.leftOut > 0)
		logLine(
			context,
			'warn',
			SENTENCES.leftOut(current.leftOut, new Date(current.beganAt).toISOString()),
		);
	const begun = { beganAt: now, written: new Map<string, number>(), leftOut: 0 };
	minutes.set(key, begun);
	return begun;
}
