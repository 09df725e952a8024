/**
 * The least that any client can take that opens a connection for each request, as n8n's HTTP helper
 * does: the same requests without n8n. A process of its own, as n8n is one.
 *
 *   node bareClient.mjs <url> <rows> <in parallel> <authorization>
 *
 * Prints the seconds, and the milliseconds of processor time for each row, as JSON.
 */
import http from 'node:http';
import https from 'node:https';
import { performance } from 'node:perf_hooks';

const [url, rows, parallel, authorization] = process.argv.slice(2);
const client = url.startsWith('https:') ? https : http;

const create = async (row) =>
	await new Promise((resolve, reject) => {
		const body = JSON.stringify({
			client_reference_id: `order-${row}`,
			currency: 'usdt',
			invoice_items: [
				{
					price_data: { currency: 'usdt', unit_amount: `${row}.50`, product_data: { name: 'Tea' } },
					quantity: 1,
				},
			],
		});
		const request = client.request(
			url,
			{
				method: 'POST',
				// An agent for each request: neither a connection nor a TLS session is used again.
				agent: new client.Agent(),
				headers: { 'content-type': 'application/json', authorization },
			},
			(answer) => {
				answer.resume();
				answer.on('end', () =>
					answer.statusCode < 300 ? resolve() : reject(new Error(`HTTP ${answer.statusCode}`)),
				);
			},
		);
		request.on('error', reject);
		request.end(body);
	});

let next = 1;
const begun = performance.now();
const processorBefore = process.cpuUsage();
await Promise.all(
	Array.from({ length: Number(parallel) }, async () => {
		while (next <= Number(rows)) await create(next++);
	}),
);
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(processorBefore);
console.log(
	JSON.stringify({ seconds, processorMillisecondsPerRow: (user + system) / 1000 / Number(rows) }),
);
