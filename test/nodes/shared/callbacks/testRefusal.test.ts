import { passEventOn } from '../../../../nodes/shared/callbacks/testRefusal';
import { runNode } from '../../../support/contexts';
import { probeNode, ProbeApi } from '../support/probe';

const run = async (json: Record<string, string>, more: object = {}) =>
	await runNode({
		node: probeNode(passEventOn),
		credentialTypes: [new ProbeApi()],
		credentials: {},
		parameters: {},
		items: [{ json }],
		...more,
	});

it('a payment event goes on as it is', async () => {
	const { outputs, error } = await run({ event: 'payment.succeeded', reference: 'order-1' });
	expect(error).toBeUndefined();
	expect(outputs[0]?.map(({ json }) => json)).toEqual([
		{ event: 'payment.succeeded', reference: 'order-1' },
	]);
});

it('an execution that a payment starts bears its reference and event ID', async () => {
	const { customData } = await run({ reference: 'order-1', eventId: 'e'.repeat(300), amount: '5' });
	expect(customData).toEqual({ reference: 'order-1', eventId: 'e'.repeat(255) });
});

it('a refusal of a test event stands at the trigger in the editor, and no step behind it runs', async () => {
	const { outputs, error } = await run({ refusalOfTestEvent: 'Probe Trigger refused a callback' });
	expect(error?.message).toContain('Probe Trigger refused a callback');
	expect(outputs.flat()).toEqual([]);
});

it('a refusal of a test event goes nowhere where On Error is Continue', async () => {
	const { outputs } = await run(
		{ refusalOfTestEvent: 'refused' },
		{ continueOnFail: 'continueRegularOutput' },
	);
	expect(outputs.flat()).toEqual([]);
});
