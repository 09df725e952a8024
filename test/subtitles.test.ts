/**
 * What the canvas shows below a node's name: n8n's editor evaluates the description's `subtitle`
 * with the node's parameters.
 */
import { Workflow, type INodeParameters, type INodeTypes } from 'n8n-workflow';
import { TokenPay } from '../nodes/TokenPay/TokenPay.node';
import { ChingChingPayTrigger } from '../nodes/ChingChingPay/ChingChingPayTrigger.node';
import { ChingChingPay } from '../nodes/ChingChingPay/ChingChingPay.node';

function subtitle(
	nodeType: TokenPay | ChingChingPay | ChingChingPayTrigger,
	parameters: INodeParameters,
): unknown {
	const node = {
		id: '1',
		name: 'Node',
		type: 'node',
		typeVersion: 1.1,
		position: [0, 0] as [number, number],
		parameters,
	};
	const nodeTypes: INodeTypes = {
		getByName: () => nodeType,
		getByNameAndVersion: () => nodeType,
		getKnownTypes: () => ({}),
	};
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	return workflow.expression.getSimpleParameterValue(
		workflow.getNode('Node') ?? node,
		nodeType.description.subtitle,
		'internal',
		{},
	);
}

it.each([
	['checkout', 'create', 'Create: Checkout'],
	['checkout', 'waitForPayment', 'Wait for Payment: Checkout'],
	['currency', 'getAll', 'Get Many: Currency'],
	['checkout', 'close', 'Close: Checkout'],
	['callback', 'verify', 'Verify: Callback'],
	['callback', 'compare', 'Compare With Order: Callback'],
])('%s: %s is shown as %j', (resource, operation, shown) => {
	expect(subtitle(new TokenPay(), { resource, operation })).toBe(shown);
});

it('a payment link is shown in the words of the form', () => {
	expect(subtitle(new ChingChingPay(), { resource: 'checkout', operation: 'createLink' })).toBe(
		'Create Link: Checkout',
	);
});

it('a trigger shows its events in the words of the form', () => {
	expect(
		subtitle(new ChingChingPayTrigger(), {
			events: ['payment.succeeded', 'dispute.updated', 'unknown'],
		}),
	).toBe('Payment Succeeded, Dispute Updated, Unknown');
});
