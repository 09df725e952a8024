import { html, raw } from 'hono/html';

export type Html = ReturnType<typeof html>;

/** The frame of every page. `refreshSeconds` makes the browser load the page again by itself. */
export function page(
	title: string,
	content: Html,
	options: { refreshSeconds?: number; layout?: 'wide' | 'narrow' } = {},
): Html {
	return html`${raw('<!DOCTYPE html>')}
<html lang="en">
<head>
	<meta charset="utf-8">
	<meta name="viewport" content="width=device-width, initial-scale=1">
	${options.refreshSeconds === undefined ? '' : html`<meta http-equiv="refresh" content="${options.refreshSeconds}">`}
	<title>${title}</title>
	<link rel="stylesheet" href="/style.css">
</head>
<body class="${options.layout ?? 'wide'}">
	<a class="skip" href="#content">Skip to content</a>
	${content}
</body>
</html>`;
}

/** A moment for people: the time of day in UTC, the whole in its attribute. */
export function moment(at: Date): Html {
	const text = at.toISOString();
	return html`<time datetime="${text}" title="${text}">${text.slice(11, 19)}</time>`;
}

export function choice(value: string, label: string, selected = false): Html {
	return selected
		? html`<option value="${value}" selected>${label}</option>`
		: html`<option value="${value}">${label}</option>`;
}
