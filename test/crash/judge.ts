import type { Evidence, Story } from './evidence';
import type { Found } from './finder';
import type { Warehouse } from './warehouse';

export interface Line {
	what: string;
	count: number;
	/** Undefined: counted and explained, but no promise. */
	mustBe?: number;
	why?: string;
}

const isRepeated = ({ payment: { shop } }: Story) => shop.repeats;
const isWhenFinished = ({ payment: { shop } }: Story) => shop.respond === 'whenFinished';
const succeeded = ({ executions }: Story) => executions.some(({ status }) => status === 'success');
const crashed = ({ executions }: Story) =>
	executions.some(({ status, hasEvent }) => status === 'crashed' && hasEvent);
/**
 * Every execution that was not finished has lost its event: nothing in n8n says any more what was
 * paid.
 */
const forgotten = ({ executions }: Story) =>
	executions.length > 0 && executions.every(({ hasEvent }) => !hasEvent);

/**
 * n8n 2.41.1 sends this with 200 to whatever comes while it brings its database up to date at a
 * start.
 */
const stillStarting = 'n8n is starting up';

/** What the crashes did, before anybody has looked for anything. */
export function judge({ stories, strangers }: Evidence): Line[] {
	const count = (matches: (story: Story) => boolean) => stories.filter(matches).length;
	const executions = stories.flatMap((story) => story.executions);
	const unanswered = stories
		.flatMap(({ deliveries }) => deliveries)
		.filter(({ status }) => status === null);
	return [
		{ what: 'payments', count: stories.length },
		{ what: 'deliveries', count: stories.flatMap(({ deliveries }) => deliveries).length },
		{
			what: '… without an answer',
			count: unanswered.length,
			why: reasons(
				unanswered.map(({ error }) => (error ?? 'no answer').replace(/ ?127\.0\.0\.1:\d+/, '')),
			),
		},
		{
			what: '… answered, but not with 2xx',
			count: stories
				.flatMap(({ deliveries }) => deliveries)
				.filter(({ status }) => status !== null && status >= 300).length,
			why: reasons(
				stories
					.flatMap(({ deliveries }) => deliveries)
					.flatMap(({ status }) => (status !== null && status >= 300 ? [String(status)] : [])),
			),
		},
		{
			what: `… answered 200, but "${stillStarting}"`,
			count: stories
				.flatMap(({ deliveries }) => deliveries)
				.filter(({ responseBody }) => responseBody.startsWith(stillStarting)).length,
		},
		{ what: 'payments acknowledged', count: count(({ acknowledged }) => acknowledged) },
		{
			what: 'executions stored',
			count: executions.length + strangers.length,
			why: reasons([...executions, ...strangers].map(({ status }) => status)),
		},
		{ what: 'executions that never named a payment', count: strangers.length, mustBe: 0 },
		{
			what: 'executions whose event n8n has thrown away',
			count: executions.filter(({ hasEvent }) => !hasEvent).length,
			why: reasons(executions.flatMap(({ hasEvent, status }) => (hasEvent ? [] : [status]))),
		},
		{
			what: 'executions neither ended nor crashed',
			count: executions.filter(({ status }) => !['success', 'crashed', 'error'].includes(status))
				.length,
			mustBe: 0,
			why: reasons(
				executions
					.map(({ status }) => status)
					.filter((status) => !['success', 'crashed', 'error'].includes(status)),
			),
		},
		{
			what: 'acknowledged, but no execution stored',
			count: count((story) => story.acknowledged && story.executions.length === 0),
			mustBe: 0,
		},
		{
			what: '*When Workflow Finishes*: acknowledged, but not fulfilled',
			count: count(
				(story) =>
					isWhenFinished(story) &&
					story.acknowledged &&
					!(succeeded(story) && story.rows.length > 0),
			),
			mustBe: 0,
		},
		{
			what: '*When Workflow Finishes*, the provider repeats: unfinished at the end',
			count: count(
				(story) =>
					isWhenFinished(story) &&
					isRepeated(story) &&
					!(succeeded(story) && story.rows.length > 0),
			),
			mustBe: 0,
		},
		{
			what: '*Immediately*, the provider repeats: never acknowledged',
			count: count((story) => !isWhenFinished(story) && isRepeated(story) && !story.acknowledged),
			mustBe: 0,
		},
		{
			what: '*Immediately*: acknowledged, then cut off and not fulfilled',
			count: count((story) => !isWhenFinished(story) && story.acknowledged && !succeeded(story)),
		},
		{
			what: 'the provider does not repeat: not acknowledged, so it is not told again',
			count: count((story) => !isRepeated(story) && !story.acknowledged),
			why: reasons(
				stories
					.filter((story) => !isRepeated(story) && !story.acknowledged)
					.map(({ executions: [first] }) =>
						first ? `execution ${first.status}` : 'nothing stored',
					),
			),
		},
		{
			what: 'more than one execution for one payment',
			count: count((story) => story.executions.length > 1),
			why: reasons(stories.flatMap(whyAgain)),
		},
		{
			what: 'the warehouse was asked more than once',
			count: count(({ asked }) => asked.length > 1),
			why: reasons(stories.flatMap(whyAskedAgain)),
		},
		{
			what: 'shipped more than once',
			count: count(({ shipped }) => shipped.length > 1),
			mustBe: 0,
		},
		{
			what: 'recorded more than once in the Data Table',
			count: count(({ rows }) => rows.length > 1),
			mustBe: 0,
		},
		{
			what: 'recorded, but not shipped',
			count: count(({ rows, shipped }) => rows.length > 0 && shipped.length === 0),
			mustBe: 0,
		},
	];
}

/** What `examples/find-crashed-payments.json` makes of it, looking twice. */
export function judgeFinding(
	{ stories }: Evidence,
	found: Found,
	again: Found,
	warehouse: Pick<Warehouse, 'shipped'>,
): Line[] {
	const seen = new Set(found.events.map(({ reference }) => reference));
	const shipped = new Map<string, number>();
	for (const { reference } of warehouse.shipped)
		shipped.set(reference, (shipped.get(reference) ?? 0) + 1);
	const missing = stories.filter(({ payment }) => !shipped.has(payment.reference));
	const never = missing.filter(({ executions }) => executions.length === 0);
	return [
		{ what: 'payments with a crashed execution', count: stories.filter(crashed).length },
		{
			what: '… not found by the example',
			count: stories.filter((story) => crashed(story) && !seen.has(story.payment.reference)).length,
			mustBe: 0,
		},
		{
			what: '… not recorded in the table, so fulfilled by the example',
			count: found.fulfilled.length,
		},
		{
			what: '… fulfilled again when the example looks again',
			count: again.fulfilled.length,
			mustBe: 0,
		},
		{
			what: 'stored by n8n with its event, and not shipped in the end',
			count: missing.filter((story) => story.executions.length > 0 && !forgotten(story)).length,
			mustBe: 0,
		},
		{
			what: 'shipped more than once in the end',
			count: [...shipped.values()].filter((number) => number > 1).length,
			mustBe: 0,
		},
		{
			what: 'only the provider knows of them: thrown away by n8n',
			count: missing.filter(forgotten).length,
			why: reasons(
				missing
					.filter(forgotten)
					.map(
						({ acknowledged, payment }) =>
							`${payment.shop.provider.displayName}, ${acknowledged ? 'acknowledged' : 'not acknowledged'}`,
					),
			),
		},
		{
			what: 'only the provider knows of them: never stored',
			count: never.length,
			why: reasons(never.map(({ payment }) => payment.shop.provider.displayName)),
		},
	];
}

/**
 * How often an execution was followed by another one for the same payment, by what became of it and
 * of the deliveries.
 */
function whyAgain({ executions, deliveries }: Story): string[] {
	const answers = deliveries
		.slice(0, -1)
		.flatMap(({ status, error }) =>
			status === null && !/ECONNREFUSED/.test(error ?? '')
				? [/No answer within/.test(error ?? '') ? 'no answer in time' : 'cut off before the answer']
				: status !== null && status >= 500
					? [`answered ${status}`]
					: [],
		);
	return executions
		.slice(0, -1)
		.map(({ status }) => `${status}, ${answers[0] ?? 'answer unclear'}`);
}

function whyAskedAgain({ executions, asked }: Story): string[] {
	if (asked.length < 2) return [];
	return executions.length === asked.length
		? executions.slice(0, -1).map(({ status }) => `killed behind *Fulfil* (${status})`)
		: [`${asked.length} times in ${executions.length} executions`];
}

/** `3 × this, 1 × that`, the most frequent first. */
function reasons(words: string[]): string {
	const counts = new Map<string, number>();
	for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
	return [...counts]
		.sort(([, left], [, right]) => right - left)
		.map(([word, count]) => `${count} × ${word}`)
		.join(', ');
}

/** The table that is printed, and that the documentation shows. */
export function inMarkdown(lines: Line[]): string {
	return table(
		['', 'counted', 'must be', 'of these'],
		lines.map(({ what, count, mustBe, why }) => [what, count, mustBe ?? '', why ?? '']),
	);
}

/** The same payments, by what the operator has chosen and what the provider does. */
export function byKind({ stories }: Evidence, warehouse: Pick<Warehouse, 'shipped'>): string {
	const inTheEnd = new Set(warehouse.shipped.map(({ reference }) => reference));
	const kinds = [false, true].flatMap((whenFinished) =>
		[true, false].map((repeats) => ({ whenFinished, repeats })),
	);
	return table(
		[
			'*Respond*',
			'provider repeats',
			'payments',
			'acknowledged',
			'stored',
			'with a crashed execution',
			'shipped',
			'shipped after the example',
		],
		kinds.map(({ whenFinished, repeats }) => {
			const own = stories.filter(
				(story) => isWhenFinished(story) === whenFinished && isRepeated(story) === repeats,
			);
			const count = (matches: (story: Story) => boolean) => own.filter(matches).length;
			const providers = [
				...new Set(own.map(({ payment }) => payment.shop.provider.displayName)),
			].join(', ');
			return [
				whenFinished ? '*When Workflow Finishes*' : '*Immediately*',
				`${repeats ? 'yes' : 'no'} (${providers})`,
				own.length,
				count(({ acknowledged }) => acknowledged),
				count(({ executions }) => executions.length > 0),
				count(crashed),
				count(({ shipped }) => shipped.length > 0),
				count(({ payment }) => inTheEnd.has(payment.reference)),
			];
		}),
	);
}

const table = (head: string[], rows: (string | number)[][]): string =>
	[head, head.map((_, index) => (typeof rows[0]?.[index] === 'number' ? '---:' : '---')), ...rows]
		.map((cells) => `| ${cells.join(' | ')} |`)
		.join('\n');

export const failed = (lines: Line[]): Line[] =>
	lines.filter(({ count, mustBe }) => mustBe !== undefined && count !== mustBe);
