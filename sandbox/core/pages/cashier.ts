import { html } from 'hono/html';
import type { Delivery } from '../deliveries';
import type { PlayedProvider } from '../playedProvider';
import type { CheckoutStatus, PayerAction, SandboxCheckout } from '../provider';
import { choice, moment, page, type Html } from './layout';

/** The dashboard has the others. */
const callbacksShown = 10;

/**
 * While a callback is on its way, which it is for ten seconds at most, the page loads itself again
 * to show the answer.
 */
const secondsUntilAnswer = 1;

const statusSentences: Record<CheckoutStatus, string> = {
	open: 'Waiting for the payment.',
	pending: 'The payment is under way.',
	authorized: 'The payment is authorized. The shop has not taken the money yet.',
	paid: 'This checkout is paid.',
	failed: 'The payment failed.',
	canceled: 'This checkout was canceled.',
	expired: 'This checkout has expired.',
	refunded: 'The payment was refunded.',
};

/**
 * The page that a payer sees, with the buttons a payer has and, apart from them, those that only a
 * tester has, and what was sent to the merchant.
 */
export function cashierPage(
	played: PlayedProvider,
	checkout: SandboxCheckout,
	deliveries: readonly Delivery[],
	problem?: string,
): Html {
	const actions = Object.entries(played.provider.actions).filter(([, action]) =>
		action.from.includes(checkout.status),
	);
	const payers = actions.filter(([, action]) => action.by === 'payer');
	const testers = actions.filter(([, action]) => action.by === 'tester');
	const back = checkout.status === 'paid' ? checkout.successUrl : checkout.cancelUrl;
	return page(
		`Pay ${checkout.amount} ${checkout.currency} – ${played.provider.displayName} sandbox`,
		html`<main id="content" class="cashier">
	<p class="banner" role="note"><strong>Sandbox.</strong> This is a test page of ${played.provider.displayName}, played on your own machine. No money moves.</p>
	<h1><span class="merchant">Example Shop</span> <span class="amount">${checkout.amount} <abbr>${checkout.currency}</abbr></span></h1>
	<dl>
		<div><dt>For</dt><dd>${checkout.description === '' ? 'no description' : checkout.description}</dd></div>
		<div><dt>Reference</dt><dd>${checkout.reference ?? 'none'}</dd></div>
		<div><dt>Checkout</dt><dd><code>${checkout.checkoutId}</code></dd></div>
		${checkout.expiresAt === null ? '' : html`<div><dt>Expires</dt><dd><time datetime="${checkout.expiresAt.toISOString()}">${checkout.expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC</time></dd></div>`}
		${checkout.paidAmount === null ? '' : html`<div><dt>Paid</dt><dd>${checkout.paidAmount} ${checkout.currency}${checkout.paidAt === null ? '' : html` at ${moment(checkout.paidAt)} UTC`}</dd></div>`}
	</dl>
	<p role="status" class="status ${checkout.status}">${statusSentences[checkout.status]}</p>
	${problem === undefined ? '' : html`<p role="alert" class="problem">${problem}</p>`}
	${
		actions.length === 0
			? afterwards(back, deliveries.length > 0)
			: html`<form method="post">
		<p class="buttons">${payers.map(button(checkout))}</p>
		<details>
			<summary>For testers</summary>
			<p>
				<label for="callback">The callback is</label>
				<select id="callback" name="callback">
					${choice('genuine', 'genuine', true)}
					${choice('forged', 'forged (nobody pays; the secret is not known)')}
					${choice('tampered', 'tampered with (signed by the provider, then changed)')}
					${choice('none', 'not sent')}
				</select>
			</p>
			<p>
				<label for="copies">How many copies at once</label>
				<input id="copies" name="copies" type="number" min="1" max="100" value="1">
			</p>
			<p class="quiet">Choose first, then press a button: one above, or one of these.</p>
			<p class="buttons">${testers.map(button(checkout))}</p>
		</details>
	</form>`
	}
	${callbacksOf(checkout, deliveries)}
	<p class="aside"><a href="/">Dashboard of the sandbox</a></p>
</main>`,
		{
			layout: 'narrow',
			refreshSeconds: deliveries.some(isOnItsWay) ? secondsUntilAnswer : undefined,
		},
	);
}

const isOnItsWay = ({ status, error }: Delivery) => status === null && error === null;

function button(checkout: SandboxCheckout) {
	return ([name, action]: [string, PayerAction]): Html => {
		const label =
			name === 'pay' ? `${action.label} ${checkout.amount} ${checkout.currency}` : action.label;
		return html`<button type="submit" name="action" value="${name}"${name === 'pay' ? ' class=main' : ''}>${label}</button>`;
	};
}

function afterwards(back: string | null, isTold: boolean): Html {
	if (back === null)
		return html`<p>The payer has nothing left to do here.${isTold ? " What your workflow made of it is in n8n's Executions." : ''}</p>`;
	return html`<p><a href="${back}">Back to the shop</a></p>`;
}

/** What the merchant was told of this checkout, the latest first, and what came of it. */
function callbacksOf(
	{ status, callbackUrl }: SandboxCheckout,
	deliveries: readonly Delivery[],
): Html | '' {
	if (deliveries.length === 0) {
		if (status === 'open') return '';
		return html`<p class="quiet">No callback has been sent.${callbackUrl === null ? ' This checkout has no callback address of its own.' : ''}</p>`;
	}
	return html`<h2>Callbacks</h2>
	<ul class="told">${deliveries
		.slice(-callbacksShown)
		.reverse()
		.map(
			(delivery) =>
				html`<li>${moment(delivery.at)} UTC, ${delivery.quality}: ${answerTo(delivery)}</li>`,
		)}</ul>`;
}

function answerTo({ status, acknowledged, error }: Delivery): string {
	if (error !== null) return `no answer. ${error}`;
	if (status === null) return 'on its way. This page shows the answer by itself.';
	return `answered ${status}, ${acknowledged ? 'acknowledged' : 'not acknowledged'}`;
}

/** Stands for the page of the shop to which `Success URL` leads. */
export function thanksPage(): Html {
	return page(
		'Thank you – sandbox',
		html`<main id="content" class="cashier">
	<h1>Thank you</h1>
	<p>You were sent here after paying: in life this is a page of your own, the checkout's <em>Success URL</em>. Arriving here proves nothing; the callback does. What your workflow made of it is in n8n's Executions.</p>
	<p class="aside"><a href="/">Dashboard of the sandbox</a></p>
</main>`,
		{ layout: 'narrow' },
	);
}

export function noSuchPage(what: string): Html {
	return page(
		'Not found – sandbox',
		html`<main id="content" class="cashier">
	<h1>Not found</h1>
	<p>${what}</p>
	<p>The sandbox keeps everything in memory: after a restart or a reset, earlier addresses lead nowhere.</p>
	<p><a href="/">Dashboard of the sandbox</a></p>
</main>`,
		{ layout: 'narrow' },
	);
}
