import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { examplesFolder } from '../../sandbox/demo/examples';
import type { N8nClient, NewWorkflow } from '../n8n/client';
import { askWarehouse } from './shops';

const finderExample = 'find-crashed-payments.json';

/** What one look brought. */
export interface Found {
	/** Payments whose execution crashed, each once */
	events: IDataObject[];
	/** Those of them that were not in the table: shipped and recorded now */
	fulfilled: IDataObject[];
}

/**
 * The example that finds payments whose execution crashed, imported and set up as its notes say;
 * run by hand here.
 */
export class Finder {
	private constructor(
		private readonly client: N8nClient,
		private readonly workflowId: string,
	) {}

	static async of(client: N8nClient, warehouseUrl: string): Promise<Finder> {
		const apiKey = await client.apiKey('Crashed payments', ['execution:list', 'execution:read']);
		const { id, name } = await client.credentials.create({
			type: 'n8nApi',
			name: 'n8n API',
			data: { apiKey, baseUrl: `${client.url}/api/v1` },
		});
		const saved = JSON.parse(
			await readFile(path.join(examplesFolder, finderExample), 'utf8'),
		) as NewWorkflow;
		const nodes = saved.nodes.map((node) => {
			if (node.name === 'Crashed Executions')
				return { ...node, credentials: { n8nApi: { id, name } } };
			return node.name === 'Fulfil'
				? { ...askWarehouse(warehouseUrl, finderExample), position: node.position }
				: node;
		});
		return new Finder(client, (await client.workflows.create({ ...saved, nodes })).id);
	}

	async look(): Promise<Found> {
		const { status, data } = await this.client.workflows.run(this.workflowId, 'Every 15 Minutes');
		if (status !== 'success')
			throw new Error(
				`examples/${finderExample} ended with "${status}": ${data.resultData.error?.message ?? ''}`,
			);
		const left = (step: string) =>
			(data.resultData.runData[step]?.[0]?.data?.main?.[0] ?? []).map(({ json }) => json);
		return { events: left('Each Once'), fulfilled: left('Not Fulfilled Yet') };
	}
}
