import { omitNull } from '../../../../nodes/shared/core/omitNull';

describe('a request body', () => {
	it('leaves out what is null or undefined, and keeps what is empty, zero or false', () => {
		expect(omitNull({ a: null, b: undefined, c: '', d: 0, e: false, f: [] })).toEqual({
			c: '',
			d: 0,
			e: false,
			f: [],
		});
	});
});
