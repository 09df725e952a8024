/**
 * The merchant's account at WooshPay, which all tests share: it knows endpoints, and tells each of
 * them about every payment.
 */
import axios from 'axios';
import { goodCredential, stage } from './support';

interface Endpoint {
	id: string;
	url: string;
	events: string;
}

/** What is registered in the account. */
export async function endpointsAtWooshPay(): Promise<Endpoint[]> {
	const { sandbox } = await stage();
	const { data } = await axios.get<{ reports: { wooshpay: { endpoints: Endpoint[] } } }>(
		`${sandbox.url}/control/state`,
		{ params: { provider: 'wooshpay' }, proxy: false },
	);
	return data.reports.wooshpay.endpoints;
}

/** A call of somebody else's with the same account, without this package. */
export async function callWooshPay<Answer = { id: string }>(
	method: 'POST' | 'DELETE',
	where: string,
	data: object = {},
): Promise<Answer> {
	const { sandbox } = await stage();
	const { secretKey } = goodCredential({ credential: 'wooshPayApi' }, sandbox.url);
	const authorization = `Basic ${Buffer.from(`${String(secretKey)}:`).toString('base64')}`;
	const headers = { authorization, accept: 'application/json', 'content-type': 'application/json' };
	return (
		await axios.request<Answer>({
			method,
			url: `${sandbox.url}/wooshpay/v1/${where}`,
			data,
			headers,
			proxy: false,
		})
	).data;
}
