import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';
import { eachItem } from '../shared/eachItem';
import { createCheckoutFields, createPayfectCheckout } from './createCheckout.operation';
import { getCheckoutFields, getPayfectCheckout } from './getCheckout.operation';
import { payfect } from './payfect.contract';

export class Payfect implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Payfect',
		name: 'payfect',
		icon: { light: 'file:../../icons/payfect.svg', dark: 'file:../../icons/payfect.dark.svg' },
		group: ['transform'],
		version: [1.1],
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description: 'Create hosted checkouts with Payfect and look them up',
		defaults: { name: 'Payfect' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: [{ name: 'payfectApi', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [{ name: 'Checkout', value: 'checkout' }],
				default: 'checkout',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Create', value: 'create', action: 'Create a checkout', description: 'Make a payment page and get its link' },
					{ name: 'Get', value: 'get', action: 'Get a checkout', description: 'Look up whether a checkout is paid' },
				],
				default: 'create',
				displayOptions: { show: { resource: ['checkout'] } },
			},
			...getCheckoutFields,
			...createCheckoutFields,
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await eachItem(this, { contract: payfect, credentialName: 'payfectApi' }, { checkout: { create: createPayfectCheckout, get: getPayfectCheckout } });
	}
}
