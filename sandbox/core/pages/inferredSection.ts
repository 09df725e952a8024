import { html } from 'hono/html';
import type { PlayedProvider } from '../playedProvider';
import { choice, type Html } from './layout';

/** What the sandbox assumes of each provider, and the switches of what it can play in another way. */
export function inferredSection(played: readonly PlayedProvider[]): Html {
	const switchable = played.filter((one) => one.provider.dialects !== undefined);
	return html`<section aria-labelledby="inferred">
	<h2 id="inferred">What is inferred</h2>
	<p>The sandbox plays what the providers document. Where no source says how a provider behaves, it had to assume something.</p>
	${switchable.length === 0 ? '' : html`<p>Of some of it you can choose what the sandbox plays, to see how your workflows take it.</p>`}
	${switchable.map((one) => switches(one))}
	<details><summary>What it assumes of each provider</summary>
	${played.map((one) => html`<h3>${one.provider.displayName}</h3><ul>${one.provider.inferred.map((assumption) => html`<li>${assumption}</li>`)}</ul>`)}
	</details>
</section>`;
}

function switches(played: PlayedProvider): Html {
	const { name, displayName, dialects = {} } = played.provider;
	const current = played.dialects();
	const changed = Object.entries(dialects).filter(
		([dialect, { default: assumed }]) => current[dialect] !== assumed,
	).length;
	return html`<details${changed === 0 ? '' : html` open`}><summary>Choose for ${displayName}${changed === 0 ? '' : html` (${changed} changed)`}</summary>
	<form method="post" action="/dashboard/dialects/${name}">
		${Object.entries(dialects).map(([dialect, { label, readings, default: assumed }]) => {
			const id = `dialect-${name}-${dialect}`;
			return html`<p><label for="${id}">${label}</label><br>
		<select id="${id}" name="${dialect}">${Object.entries(readings).map(([reading, words]) => choice(reading, reading === assumed ? `${words} (assumed)` : words, reading === current[dialect]))}</select></p>`;
		})}
		<p><button type="submit">Play this at ${displayName}</button></p>
	</form></details>`;
}
