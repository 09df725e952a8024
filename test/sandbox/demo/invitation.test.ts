import { invitation } from '../../../sandbox/demo/invitation';
import { newOwner } from '../../n8n/client';

const n8n = { url: 'http://127.0.0.1:1', owner: newOwner(), logFile: '/tmp/n8n.log' };
const form = (file: string, name: string) => ({
	file,
	workflow: { id: `id-of-${file}`, name },
	formUrl: `${n8n.url}/form/${file}`,
});
const examples = [
	{ file: 'a.json', workflow: { id: 'one', name: 'From rows' } },
	form('order-desk/orders-from-a-form.json', 'The order desk'),
	form('z.json', 'Another form'),
];
const text = invitation({ n8n, sandboxUrl: 'http://127.0.0.1:2', examples });

// The first form to open once stood in the middle of 56 lines.
test('the last line is the one thing to do next', () => {
	expect(text.split('\n').at(-1)).toBe(
		`  Start here: open ${n8n.url}/form/order-desk/orders-from-a-form.json`,
	);
});

test('just above it stand both addresses and how to sign in', () => {
	const end = text.split('\n').slice(-6).join('\n');
	for (const words of [n8n.url, n8n.owner.email, n8n.owner.password, 'http://127.0.0.1:2'])
		expect(end).toContain(words);
});

test('every example is listed in one line, with its form or else its workflow', () => {
	for (const line of [
		`From rows       ${n8n.url}/workflow/one`,
		`The order desk  ${n8n.url}/form/order-desk/orders-from-a-form.json`,
		`Another form    ${n8n.url}/form/z.json`,
	])
		expect(text.split('\n').map((each) => each.trim())).toContain(line);
});

test('an order form that is gone is said in words', () => {
	expect(() => invitation({ n8n, sandboxUrl: '', examples: [] })).toThrow('has no order form');
});
