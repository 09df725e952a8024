/**
 * The least that any client can take: the same requests without n8n. A process of its own, as n8n
 * is one.
 *
 *   node bareClient.mjs <url> <rows> <in parallel> <authorization>
 *
 * Prints the seconds.
 */
import http from 'node:http';
import { performance } from 'node:perf_hooks';

const [url, rows, parallel, authorization] = process.argv.slice(2);

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
		// A connection for each request, as n8n's HTTP helper has it.
		const request = http.request(
			url,
			{
				method: 'POST',
				agent: new http.Agent(),
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
await Promise.all(
	Array.from({ length: Number(parallel) }, async () => {
		while (next <= Number(rows)) await create(next++);
	}),
);
console.log((performance.now() - begun) / 1000);
