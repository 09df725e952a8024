import type { IncomingHttpHeaders } from 'node:http';

/** The names by which a program on this machine, and a browser on it, reach a server here. */
export const ownHosts: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** Of a request what the door looks at */
export interface Knock {
	readonly method?: string | undefined;
	readonly headers: IncomingHttpHeaders;
}

/**
 * Why a request to another name is refused, with the way out; undefined where it may come in. A
 * page on the internet can let its own name lead to 127.0.0.1 and would be this server's own page
 * then; its name is what gives it away.
 *
 * @param added what `--host` named besides `ownHosts`
 */
export function refusedHost({ headers }: Knock, added: readonly string[]): string | undefined {
	const asked = headers.host ?? '';
	const [, name] = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i.exec(asked) ?? [];
	if (name !== undefined && [...ownHosts, ...added].includes(name.toLowerCase())) return undefined;
	const known = new Intl.ListFormat('en').format([...ownHosts, ...added]);
	const wayOut =
		name === undefined
			? 'Ask by one of these names.'
			: `If this name is meant to lead here, start it with --host ${name}: npm run sandbox -- --host ${name} (or npm run demo -- --host ${name})`;
	return `This server answers only to ${known}${name === undefined ? '' : `, not to ${name}`}. ${wayOut}`;
}

/**
 * Why a request that a page of another origin makes a browser send is refused; undefined where it
 * may come in. Programs (n8n, tests, curl) send neither header, and no page can leave both out.
 */
export function refusedOrigin({ method, headers }: Knock): string | undefined {
	if (method === 'GET' || method === 'HEAD') return undefined;
	const site = headers['sec-fetch-site'];
	const isOwn =
		site === undefined
			? headers.origin === undefined || headers.origin === `http://${headers.host}`
			: site === 'same-origin' || site === 'none';
	if (isOwn) return undefined;
	return 'A page of another address sent this, and only the pages of this server itself may. Open the page here and do it there, or send it with a program.';
}
