import { callWooshPay, endpointsAtWooshPay } from './wooshPayAccount';

/**
 * No file may depend on which ran before it: an endpoint whose trigger could not remove it, as one whose credential was deleted,
 * would be told of the payments of every later file.
 */
beforeAll(async () => {
	for (const { id } of await endpointsAtWooshPay()) await callWooshPay('DELETE', `webhook_endpoints/${id}`);
});
