import { memoize } from '../../../../nodes/shared/core/memoize';

test('makes a thing once for each text, also where there is nothing to be made', () => {
	const made: string[] = [];
	const make = memoize((text) => {
		made.push(text);
		return text === 'nothing' ? undefined : { text };
	});
	expect(make('a')).toBe(make('a'));
	expect([make('nothing'), make('nothing')]).toEqual([undefined, undefined]);
	expect(make('b')).toEqual({ text: 'b' });
	expect(made).toEqual(['a', 'nothing', 'b']);
});

test('tries again what failed', () => {
	let times = 0;
	const make = memoize(() => {
		times++;
		if (times === 1) throw new Error('not yet');
		return times;
	});
	expect(() => make('a')).toThrow('not yet');
	expect(make('a')).toBe(2);
});

test('does not keep more things than it may', () => {
	const made: string[] = [];
	const make = memoize((text) => made.push(text), 2);
	for (const text of ['a', 'b', 'c', 'a']) make(text);
	expect(made).toEqual(['a', 'b', 'c', 'a']);
});
