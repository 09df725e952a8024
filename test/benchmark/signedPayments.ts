import { testProviders, type TestProvider } from '../providers';

/** A provider as a merchant has it: a credential, and genuine callbacks that are signed here. */
export interface Merchant {
	name: string;
	displayName: string;
	trigger: string;
	node: TestProvider['node'];
	credentials: Record<string, unknown>;
	/** The fields of the credential that its callbacks are verified with. */
	secrets: Record<string, unknown>;
	/** Parameters of an order at Create Checkout. */
	order: TestProvider['order'];
	callback: TestProvider['signing']['sign'];
	verify: TestProvider['signing']['verify'];
	parseEvent: TestProvider['signing']['parseEvent'];
	bare: TestProvider['signing']['bare'];
}

export const merchants = testProviders().map(
	({ name, folder, triggerName, node, order, signing }): Merchant => ({
		name,
		displayName: folder,
		trigger: triggerName,
		node,
		credentials: signing.credentials,
		secrets: Object.fromEntries(
			signing.secretFields.map((field) => [field, signing.credentials[field]]),
		),
		order,
		callback: signing.sign,
		verify: signing.verify,
		parseEvent: signing.parseEvent,
		bare: signing.bare,
	}),
);

/** Rows that make a callback about this long. */
export function itemsOfBytes(bytes: number): Record<string, string>[] {
	const items: Record<string, string>[] = [];
	for (let length = 0; length < bytes; length += 70)
		items.push({
			description: `Box of tea number ${items.length + 1}`,
			quantity: '2',
			unit_price: '12.50',
		});
	return items;
}
