/** What the order desk makes of payments that were acknowledged when n8n was killed. */
import axios from 'axios';
import type { INode } from 'n8n-workflow';
import { openMerchant, pay, placeOrder, providerCase, Warehouse } from './callbackSupport';
import { OrderDesk, withApiKey } from './orderDesk';
import {
	callbackUrl,
	chain,
	makeCredential,
	node,
	packageName,
	stage,
	uniqueReference,
} from './support';

const warehouse = new Warehouse();
const provider = providerCase('payfect');
let desk: OrderDesk;

beforeAll(async () => {
	await warehouse.open();
	const { client } = await stage();
	const withKey = await withApiKey(client);
	desk = await OrderDesk.open(await stage(), {
		files: ['crashed-executions', 'payment-arrives', 'ship'],
		change: {
			'crashed-executions': { Crashed: withKey, Failed: withKey },
			ship: {
				'Ship the Order (replace me)': ({ name: step, position }) => ({
					...warehouse.node(step),
					position,
					onError: 'continueErrorOutput',
				}),
			},
		},
	});
});
afterAll(async () => {
	await desk.close();
	warehouse.close();
});

/** Kills n8n while it does what comes before the claim, and looks three times when it is back. */
async function killAndLook(reference: string): Promise<void> {
	const { n8n } = await stage();
	await warehouse.waitUntilAsked(reference);
	await n8n.kill();
	warehouse.forget(reference);
	await n8n.restart();
	for (let times = 0; times < 3; times++) await look();
}

async function look(): Promise<void> {
	expect((await desk.run('crashed-executions', 'Every 15 Minutes')).status).toBe('success');
}

const rowOf = (reference: string, checkoutId: string) => ({
	reference,
	checkoutId,
	amount: '20.50',
	currency: 'usdt',
	state: 'open',
});

test('a payment whose execution was killed is claimed and shipped by the next look, and once', async () => {
	const merchant = await openMerchant(provider, { then: [warehouse.node('Takes Long')] });
	const order = await placeOrder(merchant);
	await desk.insert(rowOf(order.reference, order.checkoutId));
	warehouse.hold(order.reference);
	const [delivery] = await pay(merchant, order);
	expect(delivery?.status).toBe(provider.acknowledgement.status);
	await killAndLook(order.reference);
	expect(warehouse.times(order.reference)).toBe(1);
	expect(await desk.row(order.reference)).toMatchObject({
		state: 'shipped',
		paidAmount: '20.50',
		attention: '',
	});
});

test('a payment that Wait for Payment had taken when n8n was killed is claimed and shipped', async () => {
	const { client, sandbox } = await stage();
	const { credential } = await makeCredential(provider);
	const reference = uniqueReference();
	const payfect = (name: string, parameters: INode['parameters']) =>
		node(name, `${packageName}.payfect`, 1.1, {
			parameters: { resource: 'checkout', ...parameters },
			credentials: { [credential.type]: { id: credential.id, name: credential.name } },
			webhookId: name,
		});
	const { id } = await client.workflows.create({
		name: 'Waits for its payment',
		...chain([
			node('Start', 'n8n-nodes-base.manualTrigger', 1),
			payfect('Create', {
				operation: 'create',
				reference,
				...(provider.order as INode['parameters']),
				callback: 'resumeExecution',
			}),
			payfect('Wait for Payment', {
				operation: 'waitForPayment',
				limitType: 'duration',
				limitAmount: 1,
				limitUnit: 'hours',
			}),
			warehouse.node('Takes Long'),
		]),
	});
	expect((await client.workflows.run(id, 'Start')).status).toBe('waiting');
	const { checkoutId } = await sandbox.checkoutOf('payfect', reference);
	await desk.insert(rowOf(reference, checkoutId));
	warehouse.hold(reference);
	await sandbox.act('payfect', checkoutId, 'pay');
	await killAndLook(reference);
	expect((await client.executions.list(id)).map(({ status }) => status)).toEqual(['crashed']);
	expect(warehouse.times(reference)).toBe(1);
	expect((await desk.row(reference)).state).toBe('shipped');
});

test('what a stranger sends to another workflow, which fails, is no payment', async () => {
	const { client, n8n } = await stage();
	const reference = uniqueReference();
	await desk.insert(rowOf(reference, 'checkout'));
	const { id } = await client.workflows.create({
		name: 'Takes anything, and fails',
		...chain([
			node('Anybody', 'n8n-nodes-base.webhook', 2, {
				webhookId: reference,
				parameters: { path: reference, httpMethod: 'POST', options: {} },
			}),
			node('Only the Body', 'n8n-nodes-base.set', 3.4, {
				parameters: {
					mode: 'raw',
					jsonOutput: '={{ JSON.stringify($json.body) }}',
					options: {},
				},
			}),
			node('Fails', 'n8n-nodes-base.stopAndError', 1, { parameters: { errorMessage: 'no' } }),
		]),
	});
	await client.workflows.publish(id);
	await axios.post(
		`${n8n.url}/webhook/${reference}`,
		{
			event: 'payment.succeeded',
			reference,
			amount: '20.50',
			currency: 'usdt',
			eventId: `forged-${reference}`,
			checkoutId: 'checkout',
			provider: 'payfect',
		},
		{ proxy: false },
	);
	await client.executions.waitFor(id, 1, 'error');
	await look();
	expect(warehouse.times(reference, 'asked')).toBe(0);
	expect(await desk.row(reference)).toMatchObject({ state: 'open', eventId: null });
});

// The expression that looks for payments gave nothing of all executions, as long as one of a run by
// hand was among them.
test('a callback that a trigger refused while somebody listened for a test event keeps it from nothing', async () => {
	const { client } = await stage();
	const merchant = await openMerchant(provider);
	await client.workflows.listen(merchant.paid.id, 'Paid');
	await axios.post(
		await callbackUrl(merchant.paid, 'test'),
		{ event: 'payment.succeeded' },
		{ proxy: false, validateStatus: (status) => status === 401 },
	);
	const [refused] = await client.executions.waitFor(merchant.paid.id, 1, 'error');
	expect(refused?.mode).toBe('manual');
	await look();
});
