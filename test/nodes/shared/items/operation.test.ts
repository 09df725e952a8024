import { InputError } from '../../../../nodes/shared/core/inputError';
import { createOperation, type Creation } from '../../../../nodes/shared/items/operation';
import type { RowReader } from '../../../../nodes/shared/items/rowReader';
import type { RowSender } from '../../../../nodes/shared/items/rowSender';
import { answer, createCall, type ProbeCredentials } from '../support/probe';

const credentials: ProbeCredentials = {
	key: 'key',
	account: 'account',
	baseUrl: 'https://api.provider.example',
};
const reader = {
	itemIndex: 0,
	value: (_name: string, fallback: unknown) => fallback,
} as unknown as RowReader;
const creation: Creation<ProbeCredentials, { reference: string }> = {
	read: () => ({ reference: 'order-1' }),
	call: (order, { baseUrl }) => createCall({ baseUrl }, order),
	result: ({ body }) => body as object,
};

it('finds what cannot be sent while it reads, so before any row of the run is sent', () => {
	const operation = createOperation<ProbeCredentials, { reference: string }>({
		...creation,
		call() {
			throw new InputError("'Amount' has too many decimals", 'Round it.');
		},
	});
	expect(() => operation.read(reader, credentials)).toThrow("'Amount' has too many decimals");
});

it('reads the answer with the very call that was sent', async () => {
	const sentCalls: unknown[] = [];
	let readWith: unknown;
	const operation = createOperation<ProbeCredentials, { reference: string }>({
		...creation,
		result(_reply, { call }) {
			readWith = call;
			return {};
		},
	});
	const sender = {
		make: async (_named: unknown, send: () => Promise<unknown>) => await send(),
		send: async (call: unknown) => {
			sentCalls.push(call);
			return answer({ body: {} });
		},
	} as unknown as RowSender<ProbeCredentials>;
	await operation.send(operation.read(reader, credentials), sender);
	expect(sentCalls).toHaveLength(1);
	expect(readWith).toBe(sentCalls[0]);
});
