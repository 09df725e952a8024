import type { Evidence, Payment, Standing, Story } from './evidence';

export interface Line {
	what: string;
	count: number;
	/** Undefined: counted and explained, but no promise. */
	mustBe?: number;
	why?: string;
}

/** What the desk found when it looked. */
export interface Looks {
	/** Events of crashed and failed executions, by their number */
	found: ReadonlySet<string>;
	/** Claims that reconcile took over, and those that it took over when it ran again */
	takenOver: readonly [number, number];
}

/** A payment, and whose it is. */
type Told = Payment & Pick<Story, 'order' | 'before'>;

const isRepeated = ({ order: { shop } }: Pick<Story, 'order'>) => shop.repeats;
const isWhenFinished = ({ order: { shop } }: Pick<Story, 'order'>) =>
	shop.respond === 'whenFinished';
/** Its event, or another payment's of the same order, stands in the table. */
const isWritten = ({ before }: Pick<Story, 'before'>) =>
	before.rows.some(({ eventId }) => Boolean(eventId));
const hasEnded = (status: string) => ['success', 'crashed', 'error'].includes(status);
const needsAPerson = ({ rows }: Standing) => rows.some(({ attention }) => Boolean(attention));
const isShipped = ({ shipped, rows }: Standing) =>
	shipped > 0 && rows.some(({ state }) => state === 'shipped');
const inState = (state: string) => (standing: Standing) =>
	standing.rows.some((row) => row.state === state);
const events = ({ executions }: Payment) => executions.flatMap(({ eventId }) => eventId ?? []);

/**
 * n8n 2.41.1 sends this with 200 to whatever comes while it brings its database up to date at a
 * start.
 */
const stillStarting = 'n8n is starting up';

/** What the crashes did to deliveries and executions, and what the desk made of it. */
export function judge(evidence: Evidence, looks: Looks): Line[] {
	const told = evidence.stories.flatMap(({ order, before, payments }): Told[] =>
		payments.map((payment) => ({ ...payment, order, before })),
	);
	return [
		...aboutDeliveries(evidence, told),
		...aboutExecutions(evidence, told),
		...aboutAcknowledging(told),
		...aboutLooking(evidence, told, looks),
		...aboutTheEnd(evidence),
	];
}

function aboutDeliveries({ stories }: Evidence, told: Told[]): Line[] {
	const deliveries = told.flatMap((payment) => payment.deliveries);
	const unanswered = deliveries.filter(({ status }) => status === null);
	const refused = deliveries.flatMap(({ status }) =>
		status !== null && status >= 300 ? [String(status)] : [],
	);
	return [
		{
			what: 'orders',
			count: stories.length,
			why: reasons(stories.map(({ order }) => order.kind)),
		},
		{ what: 'payments', count: told.length },
		{ what: 'deliveries', count: deliveries.length },
		{
			what: '… without an answer',
			count: unanswered.length,
			why: reasons(
				unanswered.map(({ error }) => (error ?? 'no answer').replace(/ ?127\.0\.0\.1:\d+/, '')),
			),
		},
		{ what: '… answered, but not with 2xx', count: refused.length, why: reasons(refused) },
		{
			what: `… answered 200, but "${stillStarting}"`,
			count: deliveries.filter(({ responseBody }) => responseBody.startsWith(stillStarting)).length,
		},
		{ what: 'payments acknowledged', count: counted(told, (one) => one.acknowledged) },
	];
}

function aboutExecutions({ strangers }: Evidence, told: Told[]): Line[] {
	const executions = told.flatMap((payment) => payment.executions);
	const underWay = [...executions, ...strangers]
		.map(({ status }) => status)
		.filter((status) => !hasEnded(status));
	return [
		{
			what: 'executions stored',
			count: executions.length + strangers.length,
			why: reasons([...executions, ...strangers].map(({ status }) => status)),
		},
		{ what: 'executions that never named a payment', count: strangers.length, mustBe: 0 },
		{
			what: 'executions whose event n8n has thrown away',
			count: executions.filter(({ eventId }) => eventId === undefined).length,
			why: reasons(
				executions.flatMap(({ eventId, status }) => (eventId === undefined ? [status] : [])),
			),
		},
		{
			what: 'executions neither ended nor crashed',
			count: underWay.length,
			mustBe: 0,
			why: reasons(underWay),
		},
		{
			what: 'more than one execution for one payment',
			count: counted(told, (one) => one.executions.length > 1),
			why: reasons(
				told.flatMap(({ executions: all }) => (all.length > 1 ? [`${all.length} executions`] : [])),
			),
		},
	];
}

function aboutAcknowledging(told: Told[]): Line[] {
	const lost = told.filter((one) => !isRepeated(one) && !one.acknowledged);
	return [
		{
			what: 'acknowledged, but no execution stored',
			count: counted(told, (one) => one.acknowledged && one.executions.length === 0),
			mustBe: 0,
		},
		{
			what: '*When Workflow Finishes*: acknowledged, but not written in the table',
			count: counted(told, (one) => isWhenFinished(one) && one.acknowledged && !isWritten(one)),
			mustBe: 0,
		},
		{
			what: '*When Workflow Finishes*, the provider repeats: not written in the table at the end',
			count: counted(told, (one) => isWhenFinished(one) && isRepeated(one) && !isWritten(one)),
			mustBe: 0,
		},
		{
			what: '*Immediately*, the provider repeats: never acknowledged',
			count: counted(told, (one) => !isWhenFinished(one) && isRepeated(one) && !one.acknowledged),
			mustBe: 0,
		},
		{
			what: '*Immediately*: acknowledged, then cut off and not written in the table',
			count: counted(told, (one) => !isWhenFinished(one) && one.acknowledged && !isWritten(one)),
		},
		{
			what: 'the provider does not repeat: not acknowledged, so it is not told again',
			count: lost.length,
			why: reasons(
				lost.map(({ executions: [first] }) =>
					first ? `execution ${first.status}` : 'nothing stored',
				),
			),
		},
	];
}

function aboutLooking({ stories }: Evidence, told: Told[], looks: Looks): Line[] {
	const crashed = told.flatMap(({ executions }) =>
		executions.flatMap(({ status, eventId }) => (status === 'crashed' ? (eventId ?? []) : [])),
	);
	const shipped = (when: 'before' | 'found' | 'after') =>
		stories.reduce((sum, story) => sum + story[when].shipped, 0);
	const [takenOver, again] = looks.takenOver;
	return [
		{
			what: 'when n8n was back: claimed, and nobody ships it',
			count: counted(stories, ({ before }) => inState('claimed')(before)),
		},
		{
			what: 'when n8n was back: `shipping`, and nobody knows whether it was shipped',
			count: counted(stories, ({ before }) => inState('shipping')(before)),
		},
		{ what: 'events of crashed executions', count: new Set(crashed).size },
		{
			what: '… not found by `crashed-executions`',
			count: [...new Set(crashed)].filter((eventId) => !looks.found.has(eventId)).length,
			mustBe: 0,
		},
		{ what: 'claims taken over by `reconcile`', count: takenOver },
		{ what: '… taken over again when it runs again', count: again, mustBe: 0 },
		{ what: 'shipped by what callbacks started', count: shipped('before') },
		{ what: 'shipped by `crashed-executions`', count: shipped('found') - shipped('before') },
		{ what: 'shipped by `reconcile`', count: shipped('after') - shipped('found') },
	];
}

function aboutTheEnd({ stories, strangeRows }: Evidence): Line[] {
	const of = (kind: string, matches: (story: Story) => boolean) =>
		counted(stories, (story) => story.order.kind === kind && matches(story));
	const told = ({ payments }: Story) => payments.every((payment) => events(payment).length > 0);
	const open = stories.filter(
		({ order, after }) => order.kind !== 'unpaid' && !isShipped(after) && !needsAPerson(after),
	);
	return [
		{
			what: 'shipped more than once',
			count: counted(stories, ({ after }) => after.shipped > 1),
			mustBe: 0,
		},
		{
			what: 'shipped, and never paid',
			count: of('unpaid', ({ after }) => after.shipped > 0),
			mustBe: 0,
		},
		{
			what: 'shipped, and paid too little',
			count: of('underpaid', ({ after }) => after.shipped > 0),
			mustBe: 0,
		},
		{
			what: 'paid, and at the end neither shipped nor with `attention`',
			count: open.length,
			mustBe: 0,
			why: reasons(open.map(({ after }) => `${after.rows[0]?.state ?? 'no row'}`)),
		},
		{
			what: 'written as `shipped`, and the warehouse was never asked',
			count: counted(stories, ({ after }) => after.shipped === 0 && inState('shipped')(after)),
			mustBe: 0,
		},
		{
			what: 'paid twice, both payments stored, and no `attention`',
			count: of('twice', (story) => told(story) && !needsAPerson(story.after)),
			mustBe: 0,
		},
		{
			what: 'paid twice, and only the provider knows of one of them',
			count: of('twice', (story) => !told(story) && !needsAPerson(story.after)),
		},
		{
			what: 'orders without a row of their own, and rows without an order',
			count: counted(stories, ({ after }) => after.rows.length !== 1) + strangeRows.length,
			mustBe: 0,
			why: reasons(strangeRows.map(({ attention }) => sortOf(attention))),
		},
		{
			what: 'waiting for a person',
			count: counted(stories, ({ after }) => needsAPerson(after)),
			why: reasons(
				stories.flatMap(({ after }) =>
					after.rows.flatMap(({ attention }) => (attention ? [sortOf(attention)] : [])),
				),
			),
		},
	];
}

const counted = <One>(all: readonly One[], matches: (one: One) => boolean): number =>
	all.filter(matches).length;

/** What an attention is about, without amounts and numbers. */
const sortOf = (attention: string | null | undefined): string =>
	(attention ?? 'no attention')
		.split('; ')
		.map((one) => one.split(/[:?]/)[0])
		.join(' and ');

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

/** What was killed where: by its name how often. */
export const metInMarkdown = (met: ReadonlyMap<string, number>): string =>
	table(['killed there', 'executions'], [...met]);

/** The same orders, by what the operator has chosen and what the provider does. */
export function byKind({ stories }: Evidence): string {
	const shopKinds = [false, true].flatMap((whenFinished) =>
		[true, false].map((repeats) => ({ whenFinished, repeats })),
	);
	return table(
		[
			'*Respond*',
			'provider repeats',
			'orders paid in full',
			'shipped',
			'and after `crashed-executions`',
			'and after `reconcile`',
			'left to a person instead',
		],
		shopKinds.map(({ whenFinished, repeats }) => {
			const own = stories.filter(
				(story) =>
					isWhenFinished(story) === whenFinished &&
					isRepeated(story) === repeats &&
					!['unpaid', 'underpaid'].includes(story.order.kind),
			);
			const providers = [...new Set(own.map(({ order }) => order.shop.provider.displayName))];
			return [
				whenFinished ? '*When Workflow Finishes*' : '*Immediately*',
				`${repeats ? 'yes' : 'no'} (${providers.join(', ')})`,
				own.length,
				counted(own, ({ before }) => isShipped(before)),
				counted(own, ({ found }) => isShipped(found)),
				counted(own, ({ after }) => isShipped(after)),
				counted(own, ({ after }) => !isShipped(after) && needsAPerson(after)),
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
