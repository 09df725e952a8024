import { html } from 'hono/html';
import { credentialInWords } from '../credentialInWords';
import type { Delivery } from '../deliveries';
import { commonFaults } from '../faults';
import type { PlayedProvider } from '../playedProvider';
import type { SandboxCheckout } from '../provider';
import type { Refusal, SandboxState } from '../state';
import { inferredSection } from './inferredSection';
import { choice, moment, page, type Html } from './layout';

/** How many rows each table shows; the control API gives all. */
const rowsShown = 50;

export interface DashboardOptions {
	readonly refreshSeconds?: number;
	/** What is wrong with what was typed into a form */
	readonly problem?: string;
}

type DisplayName = (provider: string) => string;

/** All that the sandbox knows, on one page. */
export function dashboardPage(
	sandbox: SandboxState,
	{ refreshSeconds, problem }: DashboardOptions,
): Html {
	const played = [...sandbox.played.values()];
	const displayName: DisplayName = (name) => sandbox.played.get(name)?.provider.displayName ?? name;
	const checkouts = played
		.flatMap((one) => one.checkouts.all())
		.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime());
	return page(
		'Sandbox of the payment providers',
		html`<header>
	<h1>Sandbox of the payment providers</h1>
	<p>It plays ${listInWords(played.map((one) => one.provider.displayName))} on this machine. No money moves, and everything is forgotten when it stops.</p>
	<nav aria-label="Sections"><ul>
		<li><a href="#checkouts">Checkouts</a></li>
		<li><a href="#deliveries">Callbacks</a></li>
		<li><a href="#refusals">Refused requests</a></li>
		<li><a href="#faults">Faults</a></li>
		<li><a href="#credentials">Credentials</a></li>
		<li><a href="#inferred">What is inferred</a></li>
	</ul></nav>
	<p class="refresh">${
		refreshSeconds === undefined
			? html`<a href="/?refresh=5">Refresh by itself every 5 seconds</a>`
			: html`This page refreshes by itself every ${refreshSeconds} seconds. <a href="/">Switch that off</a>`
	} · Times are UTC.</p>
</header>
<main id="content">
	${problem === undefined ? '' : html`<p role="alert" class="problem">${problem}</p>`}
	${checkoutSection(checkouts, displayName)}
	${deliverySection(sandbox, displayName)}
	${refusalSection(sandbox.refusals(), displayName)}
	${reportSections(played)}
	${faultSection(sandbox, played, displayName)}
	${credentialSection(sandbox, played)}
	${inferredSection(played)}
	<section aria-labelledby="reset">
		<h2 id="reset">Start over</h2>
		<form method="post" action="/dashboard/reset"><p>Forgets every checkout, callback, refusal, fault, setting and choice. <button type="submit">Reset the sandbox</button></p></form>
	</section>
</main>`,
		{ refreshSeconds },
	);
}

function checkoutSection(checkouts: SandboxCheckout[], displayName: DisplayName): Html {
	const rows = newest(checkouts);
	return html`<section aria-labelledby="checkouts">
	<h2 id="checkouts">Checkouts</h2>
	${
		rows.length === 0
			? html`<p class="empty">None yet. With the <a href="#credentials">credential</a> in n8n, run a workflow with a Create Checkout step, and it appears here.</p>`
			: table(
					shownOf(rows, checkouts, 'checkouts'),
					['Reference', 'Status', 'Cashier', 'Amount', 'Provider', 'Time', 'Remarks'],
					rows.map((checkout) => [
						{ class: 'address', content: checkout.reference ?? none },
						html`<span class="badge ${checkout.status}">${checkout.status}</span>`,
						html`<a href="/cashier/${checkout.provider}/${encodeURIComponent(checkout.checkoutId)}">Cashier<span class="unseen"> of ${checkout.reference ?? checkout.checkoutId}</span></a>`,
						{
							class: 'number',
							content: html`${checkout.paidAmount === null || checkout.paidAmount === checkout.amount ? checkout.amount : html`${checkout.paidAmount} of ${checkout.amount}`} ${checkout.currency}`,
						},
						displayName(checkout.provider),
						moment(checkout.createdAt),
						remarks(checkout),
					]),
				)
	}
</section>`;
}

function remarks(checkout: SandboxCheckout): Html {
	return html`${checkout.remarks.length === 0 ? '' : html`<ul>${checkout.remarks.map((remark) => html`<li>${remark}</li>`)}</ul>`}
		<details><summary>Request<span class="unseen"> of ${checkout.reference ?? checkout.checkoutId}</span></summary>
			<pre>${JSON.stringify(checkout.request, null, 2)}</pre>
			<p>Checkout <code>${checkout.checkoutId}</code>${checkout.paymentId === null ? '' : html`, payment <code>${checkout.paymentId}</code>`}</p>
			<p>Callback to ${checkout.callbackUrl === null ? 'no address of its own' : html`<code>${checkout.callbackUrl}</code>`}</p>
		</details>`;
}

function deliverySection(sandbox: SandboxState, displayName: DisplayName): Html {
	const deliveries = sandbox.deliveries.all();
	const rows = newest(deliveries);
	const referenceOf = ({ provider, checkoutId }: Delivery) =>
		sandbox.played.get(provider)?.checkouts.get(checkoutId)?.reference;
	return html`<section aria-labelledby="deliveries">
	<h2 id="deliveries">Callbacks</h2>
	${
		rows.length === 0
			? html`<p class="empty">None yet. Click Pay on a checkout's cashier page: the callback that is sent then, and the answer it gets, appear here.</p>`
			: table(
					shownOf(rows, deliveries, 'deliveries'),
					['Time', 'Provider', 'Reference', 'What', 'To', 'Answer', 'Again'],
					rows.map((delivery) => [
						moment(delivery.at),
						displayName(delivery.provider),
						{ class: 'address', content: referenceOf(delivery) ?? none },
						html`${delivery.event}${delivery.quality === 'genuine' ? '' : html` <span class="badge failed">${delivery.quality}</span>`}, ${delivery.attempt === 1 ? 'first delivery' : `delivery ${delivery.attempt}`}
			<details><summary>Message<span class="unseen"> of ${delivery.id}</span></summary><pre>${asText(delivery.requestHeaders, delivery.requestBody)}</pre></details>`,
						{ class: 'address', content: html`<code>${delivery.url}</code>` },
						answerTo(delivery),
						html`<form method="post" action="/dashboard/deliveries/${delivery.id}/redeliver"><button type="submit">Redeliver<span class="unseen"> ${delivery.id}</span></button></form>`,
					]),
				)
	}
</section>`;
}

function answerTo(delivery: Delivery): Html {
	const again =
		delivery.nextAttemptAt === null
			? ''
			: html`<br>Next attempt at ${moment(delivery.nextAttemptAt)}`;
	if (delivery.error !== null)
		return html`<span class="badge failed">no answer</span> ${delivery.error}${again}`;
	if (delivery.status === null) return html`<span class="badge pending">on its way</span>`;
	return html`<span class="badge ${delivery.acknowledged ? 'paid' : 'failed'}">${delivery.status}</span> ${delivery.acknowledged ? 'acknowledged' : 'not acknowledged'}${again}
		<details><summary>Answer<span class="unseen"> to ${delivery.id}</span></summary><pre>${asText(delivery.responseHeaders, delivery.responseBody)}</pre></details>`;
}

/**
 * The numbers that the package's credentials ask for, which no order has; refused for the key is
 * something else.
 */
function isCredentialTest({ path, reason, status }: Refusal): boolean {
	return (
		status !== 401 &&
		status !== 403 &&
		/00000000-0000-4000-8000-000000000000|n8n-credential-test/.test(`${path} ${reason}`)
	);
}

function refusalSection(refusals: Refusal[], displayName: DisplayName): Html {
	const rows = newest(refusals);
	return html`<section aria-labelledby="refusals">
	<h2 id="refusals">Refused requests</h2>
	${
		rows.length === 0
			? html`<p class="empty">None. A request that a provider would refuse (wrong key, missing field, wrong address) appears here with the reason.</p>`
			: table(
					shownOf(rows, refusals, 'refused requests'),
					['Time', 'Provider', 'Request', 'Status', 'Why'],
					rows.map((refusal) => [
						moment(refusal.at),
						displayName(refusal.provider),
						{ class: 'address', content: html`<code>${refusal.method} ${refusal.path}</code>` },
						String(refusal.status ?? 'none'),
						{
							class: 'reason',
							content: html`${refusal.reason}${isCredentialTest(refusal) ? html` <span class="quiet">n8n asks so when it tests a credential: whoever gets this answer has the right key.</span>` : ''}`,
						},
					]),
				)
	}
</section>`;
}

/**
 * What single providers remember besides, such as refunds; what is still empty is named in one
 * line.
 */
function reportSections(played: PlayedProvider[]): Html[] {
	const reports = played.flatMap((one) =>
		Object.entries(one.provider.report?.(one.context) ?? {}).map(([title, all]) => ({
			id: `report-${one.name}-${title.replaceAll(/\W+/g, '-')}`,
			heading: `${one.provider.displayName}: ${title}`,
			title,
			all,
		})),
	);
	const empty = reports.filter(({ all }) => all.length === 0);
	return [
		...reports.filter(({ all }) => all.length > 0).map(reportSection),
		...(empty.length === 0
			? []
			: [
					html`<details class="quiet"><summary>Lists that are still empty (${empty.length})</summary><ul>${empty.map(({ heading }) => html`<li>${heading}</li>`)}</ul></details>`,
				]),
	];
}

interface Report {
	readonly id: string;
	readonly heading: string;
	readonly title: string;
	readonly all: readonly Record<string, unknown>[];
}

function reportSection({ id, heading, title, all }: Report): Html {
	const rows = newest(all);
	const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
	return html`<section aria-labelledby="${id}">
	<h2 id="${id}">${heading}</h2>
	${table(
		shownOf(rows, all, title),
		columns,
		rows.map((row) =>
			columns.map((column) => ({ class: 'address', content: inCell(row[column]) })),
		),
	)}
</section>`;
}

function faultSection(
	sandbox: SandboxState,
	played: PlayedProvider[],
	displayName: DisplayName,
): Html {
	const switchedOn = sandbox.faults.list();
	return html`<section aria-labelledby="faults">
	<h2 id="faults">Faults</h2>
	<form method="post" action="/dashboard/faults" class="inline">
		<p><label for="fault">Fault</label>
		<select id="fault" name="fault">
			${commonFaults.map(({ fault, meaning }) => choice(fault, `${fault}: ${meaning}`))}
			${played.flatMap((one) => Object.keys(one.provider.faults ?? {}).map((fault) => choice(fault, `${fault} (${one.provider.displayName} only)`)))}
			${choice('', 'none: switch off')}
		</select></p>
		<p><label for="operation">Call</label>
		<select id="operation" name="operation">
			${played.map((one) => html`<optgroup label="${one.provider.displayName}">${[...new Set(one.provider.operations.map(({ operation }) => operation))].map((operation) => choice(`${one.name}/${operation}`, `${one.provider.displayName}: ${operation}`))}</optgroup>`)}
		</select></p>
		<p><label for="times">For how many calls</label> <input id="times" name="times" type="number" min="1" max="100000" value="1"></p>
		<p><button type="submit">Switch</button></p>
	</form>
	${
		switchedOn.length === 0
			? html`<p class="empty">No fault is switched on: every call is answered as the provider documents it.</p>`
			: html`<ul>${switchedOn.map((one) => html`<li>${displayName(one.provider)}, ${one.operation}: <strong>${one.fault}</strong> for ${one.timesLeft} more ${one.timesLeft === 1 ? 'call' : 'calls'}</li>`)}</ul>`
	}
	<p>Forged, tampered and repeated callbacks are on each checkout's cashier page, under “For testers”.</p>
	<form method="post" action="/dashboard/settings" class="inline">
		<p><label for="latency">Milliseconds before each answer</label> <input id="latency" name="latencyMilliseconds" type="number" min="0" max="60000" value="${sandbox.settings.latencyMilliseconds}"></p>
		<p><label for="scale">Documented waiting times between deliveries, multiplied by</label> <input id="scale" name="redeliveryScale" type="number" min="0.000001" max="1" step="any" value="${sandbox.settings.redeliveryScale}"></p>
		<p><button type="submit">Save settings</button></p>
	</form>
</section>`;
}

function credentialSection(sandbox: SandboxState, played: PlayedProvider[]): Html {
	return html`<section aria-labelledby="credentials">
	<h2 id="credentials">Credentials to make in n8n</h2>
	<p>These keys are fixed, public and worthless. A click selects a whole value. Fields that are not listed stay as they are.</p>
	${played.map((one) => {
		const credential = one.provider.credential(
			`${sandbox.addresses.apiUrl}/${one.name}`,
			one.context.providerUrl,
		);
		return html`<h3>${one.provider.displayName} API</h3>
	<dl class="credential">${credentialInWords(credential).map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value === '' ? html`<span class="quiet">leave empty</span>` : html`<code>${value}</code>`}</dd></div>`)}</dl>`;
	})}
</section>`;
}

type Content = Html | string;
type Cell = Content | { readonly class: string; readonly content: Content };

const none = html`<span class="quiet">none</span>`;

/**
 * On a phone each row is a list of its cells, each with the name of its column (style.css). The roles
 * say that it is a table nevertheless: browsers take that from how it is laid out.
 */
function table(
	caption: string,
	columns: readonly string[],
	rows: readonly (readonly Cell[])[],
): Html {
	return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table role="table">
	<caption>${caption}</caption>
	<thead role="rowgroup"><tr role="row">${columns.map((column) => html`<th scope="col" role="columnheader">${column}</th>`)}</tr></thead>
	<tbody role="rowgroup">${rows.map((cells) => html`<tr role="row">${cells.map((cell, index) => tableCell(cell, columns[index] ?? ''))}</tr>`)}</tbody>
</table></div>`;
}

function tableCell(cell: Cell, column: string): Html {
	const { class: name, content } =
		typeof cell === 'object' && 'content' in cell ? cell : { class: '', content: cell };
	return html`<td role="cell" class="${name}" data-column="${column}"><div>${content}</div></td>`;
}

function newest<Row>(rows: readonly Row[]): Row[] {
	return rows.slice(-rowsShown).reverse();
}

function shownOf(shown: readonly unknown[], all: readonly unknown[], what: string): string {
	return shown.length === all.length
		? `All ${what}, newest first (${all.length})`
		: `The newest ${shown.length} of ${all.length} ${what}`;
}

function asText(headers: Readonly<Record<string, string>>, body: string): string {
	return `${Object.entries(headers)
		.map(([name, value]) => `${name}: ${value}`)
		.join('\n')}\n\n${body}`;
}

function inCell(value: unknown): string {
	return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function listInWords(names: readonly string[]): string {
	return new Intl.ListFormat('en').format(names);
}
