import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { operationsOf, type ProviderCode } from '../../scripts/providerTables';

/** What stands beside a field of a provider's three forms, those inside of other fields included. */
export function fieldLabels({ node, trigger, credential }: ProviderCode): string[] {
	return [...node.properties, ...trigger.properties, ...credential.properties].flatMap((each) =>
		allWithin(each).map(({ displayName }) => displayName),
	);
}

/** Everything that a provider's forms show: names, fields, choices, operations and outputs. */
export function formLabels(provider: ProviderCode): string[] {
	const { node, trigger, credential } = provider;
	const choices = [...node.properties, ...trigger.properties, ...credential.properties]
		.flatMap(allWithin)
		.flatMap(({ options = [] }) =>
			options.flatMap((option) => ('value' in option ? [option.name] : [])),
		);
	return [
		...[node, trigger, credential].map(({ displayName }) => displayName),
		...fieldLabels(provider),
		...choices,
		...operationsOf(node).map(({ title }) => title),
		...['Paid', 'Not Paid', 'Paid in Full', 'Not Paid in Full'],
	];
}

function allWithin(property: INodeProperties): INodeProperties[] {
	const inside = (property.options ?? []).flatMap((option) => {
		if ('values' in option) return (option as INodePropertyCollection).values;
		return 'type' in option ? [option as INodeProperties] : [];
	});
	return [property, ...inside.flatMap(allWithin)];
}
