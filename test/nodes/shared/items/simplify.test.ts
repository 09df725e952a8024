import { CallFailure } from '../../../../nodes/shared/core/callFailure';
import {
	readShape,
	simplified,
	simplifiedIfCreated,
} from '../../../../nodes/shared/items/simplify';
import { answer } from '../support/probe';

describe('Simplify', () => {
	const shape = (simple: boolean | undefined) =>
		readShape({ value: (_name: string, fallback: unknown) => simple ?? fallback });
	const reply = answer({ body: { their: 'words', amount: '1.0' } });

	it.each([true, undefined])('%p gives our shape', (simple) => {
		expect(simplified(shape(simple), reply, () => ({ our: 'shape' }))).toEqual({ our: 'shape' });
	});

	it('off gives the answer as it came', () => {
		expect(simplified(shape(false), reply, () => ({ our: 'shape' }))).toEqual({
			their: 'words',
			amount: '1.0',
		});
	});

	it.each([[['a', 'b']], ['text'], [undefined]])(
		'off puts an answer that is no object (%j) into one',
		(body) => {
			expect(simplified(shape(false), answer({ body }), () => ({}))).toEqual({ body });
		},
	);

	describe('of what was made', () => {
		const unread = (made: boolean) => () => {
			throw new CallFailure('no id', { advice: '', mayHaveArrived: true, made });
		};

		it.each([true, false])(
			'%p lets no answer pass for made in which nothing of it is found',
			(simple) => {
				expect(() => simplifiedIfCreated(shape(simple), reply, unread(false))).toThrow('no id');
			},
		);

		it('off gives the answer as it came also where only a part of what was made is missing', () => {
			expect(simplifiedIfCreated(shape(false), reply, unread(true))).toEqual({
				their: 'words',
				amount: '1.0',
			});
			expect(() => simplifiedIfCreated(shape(true), reply, unread(true))).toThrow('no id');
		});

		it('gives our shape, and off the answer as it came', () => {
			const shapes = [true, false].map((simple) =>
				simplifiedIfCreated(shape(simple), reply, () => ({ our: 'shape' })),
			);
			expect(shapes).toEqual([{ our: 'shape' }, { their: 'words', amount: '1.0' }]);
		});
	});
});
