import { mayAsk, MOST_QUESTIONS_A_MINUTE } from '../../../../nodes/shared/callbacks/lookupLimit';

const start = Date.UTC(2030, 0, 1);
const ask = (node: string, times: number, at: number) =>
	Array.from({ length: times }, () => mayAsk(node, at)).filter(Boolean).length;

it('allows so many questions a minute and no more', () => {
	expect(ask('full', MOST_QUESTIONS_A_MINUTE + 50, start)).toBe(MOST_QUESTIONS_A_MINUTE);
});

it('allows the next ones when a minute has passed', () => {
	ask('waits', MOST_QUESTIONS_A_MINUTE, start);
	expect([mayAsk('waits', start + 59_999), mayAsk('waits', start + 60_000)]).toEqual([false, true]);
});

it('does not count the questions that were not asked: a flood that goes on does not shut the trigger for ever', () => {
	ask('flooded', MOST_QUESTIONS_A_MINUTE * 10, start + 30_000);
	expect(ask('flooded', MOST_QUESTIONS_A_MINUTE, start + 90_000)).toBe(MOST_QUESTIONS_A_MINUTE);
});

it('counts each trigger by itself', () => {
	ask('one', MOST_QUESTIONS_A_MINUTE, start);
	expect(mayAsk('another', start)).toBe(true);
});
