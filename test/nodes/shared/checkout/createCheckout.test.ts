import { CallFailure } from '../../../../nodes/shared/core/callFailure';
import {
	simplified,
	simplifiedIfCreated,
	warnAboutCallbackUrl,
} from '../../../../nodes/shared/checkout/createCheckout';
import { answer, type ProbeCredentials } from '../support/probe';
import type { Row } from '../../../../nodes/shared/items/row';

/** The hints that n8n would show above the output. */
function hintsFor(
	callbackUrl: string | null,
	apiUrl = 'https://api.provider.example/checkouts',
	itemIndex = 0,
): string[] {
	const hints: string[] = [];
	const context = { addExecutionHints: ({ message }: { message: string }) => hints.push(message) };
	warnAboutCallbackUrl(
		{ itemIndex, context, text: () => 'url' } as unknown as Row<ProbeCredentials>,
		callbackUrl,
		apiUrl,
	);
	return hints;
}

describe('a warning about the callback address', () => {
	it.each([
		[
			'the test address of a trigger',
			'https://n8n.example/webhook-test/1/callback',
			/is a test URL/,
		],
		[
			'an address of this machine',
			'http://localhost:5678/webhook/1/callback',
			/an address of this machine, which the provider cannot reach/,
		],
		['another one', 'http://127.0.0.1:5678/webhook/1/callback', /an address of this machine/],
		['and one of IPv6', 'http://[::1]:5678/webhook/1/callback', /an address of this machine/],
	])('is given for %s', (_case, callbackUrl, words) => {
		expect(hintsFor(callbackUrl)).toEqual([expect.stringMatching(words)]);
	});

	it.each([
		['the production address', 'https://n8n.example/webhook/1/callback', undefined, 0],
		['no address', null, undefined, 0],
		[
			'an address of this machine where the provider is on it too',
			'http://localhost:5678/webhook/1/callback',
			'http://127.0.0.1:4100/checkouts',
			0,
		],
		['each further row', 'https://n8n.example/webhook-test/1/callback', undefined, 1],
	])('is not given for %s', (_case, callbackUrl, apiUrl, itemIndex) => {
		expect(hintsFor(callbackUrl, apiUrl, itemIndex)).toEqual([]);
	});
});

describe('a warning that nothing in the workflow will hear of the payment', () => {
	const wait = { type: 'probe', disabled: false, parameters: { operation: 'waitForPayment' } };

	it.each<[string, object[], boolean]>([
		['no node follows', [], true],
		['the Wait for Payment that follows is disabled', [{ ...wait, disabled: true }], true],
		['only that of another provider follows', [{ ...wait, type: 'other' }], true],
		['only another operation follows', [{ ...wait, parameters: { operation: 'get' } }], true],
		['a Wait for Payment follows', [wait], false],
		['one follows behind a disabled one', [{ ...wait, disabled: true }, wait], false],
	])('where %s', (_case, childNodes, isWarned) => {
		const hints: string[] = [];
		const context = {
			addExecutionHints: ({ message }: { message: string }) => hints.push(message),
			getNode: () => ({ name: 'Create', type: 'probe' }),
			getChildNodes: () => childNodes,
		};
		warnAboutCallbackUrl(
			{ itemIndex: 0, context, text: () => 'resumeExecution' } as unknown as Row<ProbeCredentials>,
			'https://n8n.example/webhook-waiting/1',
			'https://api.provider.example/checkouts',
		);
		expect(hints.filter((hint) => hint.includes('no Wait for Payment follows'))).toHaveLength(
			isWarned ? 1 : 0,
		);
	});
});

describe('Simplify', () => {
	const row = (simple: boolean | undefined) =>
		({
			value: (_name: string, fallback: unknown) => simple ?? fallback,
		}) as unknown as Row<ProbeCredentials>;
	const reply = answer({ body: { their: 'words', amount: '1.0' } });

	it.each([true, undefined])('%p gives our shape', (simple) => {
		expect(simplified(row(simple), reply, () => ({ our: 'shape' }))).toEqual({ our: 'shape' });
	});

	it('off gives the answer as it came', () => {
		expect(simplified(row(false), reply, () => ({ our: 'shape' }))).toEqual({
			their: 'words',
			amount: '1.0',
		});
	});

	it.each([[['a', 'b']], ['text'], [undefined]])(
		'off puts an answer that is no object (%j) into one',
		(body) => {
			expect(simplified(row(false), answer({ body }), () => ({}))).toEqual({ body });
		},
	);

	describe('of what was made', () => {
		const unread = (made: boolean) => () => {
			throw new CallFailure('no id', { advice: '', mayHaveArrived: true, made });
		};

		it.each([true, false])(
			'%p lets no answer pass for made in which nothing of it is found',
			(simple) => {
				expect(() => simplifiedIfCreated(row(simple), reply, unread(false))).toThrow('no id');
			},
		);

		it('off gives the answer as it came also where only a part of what was made is missing', () => {
			expect(simplifiedIfCreated(row(false), reply, unread(true))).toEqual({
				their: 'words',
				amount: '1.0',
			});
			expect(() => simplifiedIfCreated(row(true), reply, unread(true))).toThrow('no id');
		});

		it('gives our shape, and off the answer as it came', () => {
			const shapes = [true, false].map((simple) =>
				simplifiedIfCreated(row(simple), reply, () => ({ our: 'shape' })),
			);
			expect(shapes).toEqual([{ our: 'shape' }, { their: 'words', amount: '1.0' }]);
		});
	});
});
