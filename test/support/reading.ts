import { randomUUID } from 'node:crypto';
import axios from 'axios';
import { chain, node } from '../e2e/steps';
import type { Credential, NewWorkflow } from '../n8n/client';

/**
 * A sheet whose rows n8n's engine has to evaluate, as none of the expressions is a plain column, in
 * front of Payfect's "Create". Its last row is refused, so that nothing is sent.
 */
export function sheetThatIsOnlyRead(rows: number, credential: Credential): NewWorkflow {
	const sheet = `={{ Array.from({ length: ${rows} }, (_, row) => ({ reference: 'read-' + row, amount: row === ${rows - 1} ? '1,50' : (row + 1) + '.50' })) }}`;
	const nodes = [
		node('Start', 'n8n-nodes-base.manualTrigger', 1, {}),
		node('Sheet', 'n8n-nodes-base.set', 3.4, {
			parameters: {
				assignments: {
					assignments: [{ id: randomUUID(), name: 'rows', type: 'array', value: sheet }],
				},
				options: {},
			},
		}),
		node('Rows', 'n8n-nodes-base.splitOut', 1, {
			parameters: { fieldToSplitOut: 'rows', options: {} },
		}),
		node('Create', 'n8n-nodes-hosted-checkout.payfect', 1.1, {
			parameters: {
				resource: 'checkout',
				operation: 'create',
				amountFrom: 'amount',
				amount: "={{ $json.amount + '' }}",
				currency: 'usdt',
				reference: "={{ $json.reference + '-' + $json.amount.length }}",
				description: '=Order {{ $json.reference }}',
				callback: 'none',
			},
			credentials: { [credential.type]: { id: credential.id, name: credential.name } },
		}),
	];
	return { name: `${rows} rows that are only read`, ...chain(nodes) };
}

/** One answer of `/healthz`; times since 1970, in milliseconds. */
export interface HealthAnswer {
	asked: number;
	answered: number;
	milliseconds: number;
	status: number;
}

/** Asks n8n whether it is well, one question after the other, for as long as something is under way. */
export async function answersWhile<Result>(
	url: string,
	work: Promise<Result>,
): Promise<{ result: Result; answers: HealthAnswer[] }> {
	let isUnderWay = true;
	const ended = work.finally(() => (isUnderWay = false));
	const answers: HealthAnswer[] = [];
	const asking = (async () => {
		while (isUnderWay) {
			const asked = Date.now();
			const begin = performance.now();
			const { status } = await axios.get(`${url}/healthz`, {
				proxy: false,
				timeout: 60_000,
				validateStatus: () => true,
			});
			answers.push({
				asked,
				answered: Date.now(),
				milliseconds: performance.now() - begin,
				status,
			});
		}
	})();
	const [result] = await Promise.all([ended, asking]);
	return { result, answers };
}
