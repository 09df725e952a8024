import { mayLookUp, MAX_LOOKUPS_PER_MINUTE } from '../../../../nodes/shared/callbacks/lookupLimit';

const start = Date.UTC(2030, 0, 1);
const ask = (node: string, times: number, at: number) =>
	Array.from({ length: times }, () => mayLookUp(node, at)).filter(Boolean).length;

it('allows so many questions a minute and no more', () => {
	expect(ask('full', MAX_LOOKUPS_PER_MINUTE + 50, start)).toBe(MAX_LOOKUPS_PER_MINUTE);
});

it('allows the next ones when a minute has passed', () => {
	ask('waits', MAX_LOOKUPS_PER_MINUTE, start);
	expect([mayLookUp('waits', start + 59_999), mayLookUp('waits', start + 60_000)]).toEqual([
		false,
		true,
	]);
});

it('does not count the questions that were not asked: a flood that goes on does not shut the trigger for ever', () => {
	ask('flooded', MAX_LOOKUPS_PER_MINUTE * 10, start + 30_000);
	expect(ask('flooded', MAX_LOOKUPS_PER_MINUTE, start + 90_000)).toBe(MAX_LOOKUPS_PER_MINUTE);
});

it('takes genuine callbacks again a minute after it was full, though the flood never stopped', () => {
	ask('besieged', MAX_LOOKUPS_PER_MINUTE, start);
	ask('besieged', MAX_LOOKUPS_PER_MINUTE, start + 30_000);
	expect(mayLookUp('besieged', start + 60_000)).toBe(true);
});

it('counts each trigger by itself', () => {
	ask('one', MAX_LOOKUPS_PER_MINUTE, start);
	expect(mayLookUp('another', start)).toBe(true);
});
