import { leftOf } from '../e2e/steps';
import type { OrderDesk } from '../e2e/orderDesk';
import type { Execution } from '../n8n/client';

/** The desk asks providers one order after another. */
const LONGEST_LOOK_MILLISECONDS = 1_200_000;

async function look(desk: OrderDesk, file: string, start: string): Promise<Execution> {
	const execution = await desk.run(file, start, LONGEST_LOOK_MILLISECONDS);
	if (execution.status !== 'success')
		throw new Error(
			`order-desk/${file}.json ended with "${execution.status}": ${execution.data.resultData.error?.message ?? ''}`,
		);
	return execution;
}

/** Gives the events of crashed and failed executions that the desk found, by their number. */
export async function lookForCrashes(desk: OrderDesk): Promise<Set<string>> {
	const execution = await look(desk, 'crashed-executions', 'Every 15 Minutes');
	return new Set(leftOf(execution, 'Each Once').map(({ eventId }) => String(eventId)));
}

/** Gives how many old claims it took over. */
export async function reconcile(desk: OrderDesk): Promise<number> {
	const execution = await look(desk, 'reconcile', 'Every Hour');
	return leftOf(execution, 'Take It Over').filter(({ id }) => id !== undefined).length;
}
