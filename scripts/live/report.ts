import type { ReadCallback } from './callbacks';
import { labelOf, shownValue } from './environment';
import type { Fields, LiveProvider, Observation } from './provider';
import type { Checked } from './run';
import type { Exchange } from './session';

/** What will be sent, for reading before it is. */
export function planOf(
	provider: LiveProvider,
	credentials: Fields,
	callbackUrl: string | null,
): string {
	const { contract, steps, warning } = provider;
	const most = steps.reduce((sum, { requests }) => sum + requests, 0);
	const registers = callbackUrl !== null && contract.callback.registration !== undefined;
	return [
		`To ${contract.displayName} at ${provider.address(credentials)}, ${most} requests at the most, with ${provider.pauseMilliseconds / 1000} s between them:`,
		...steps.map(
			({ asks, requests }, index) =>
				`  ${index + 1}. ${asks}${requests > 1 ? ` (at most ${requests})` : ''}`,
		),
		...(registers
			? [`  ${steps.length + 1}. Register ${callbackUrl} for callbacks; removed at the end`]
			: []),
		...(warning === undefined ? [] : ['', `Careful: ${warning}`]),
		'',
		'Nothing is paid by it. It stops at the first answer that makes the rest pointless.',
	].join('\n');
}

/** The report in Markdown, without any secret. */
export function reportOf(
	provider: LiveProvider,
	checked: Pick<Checked, 'steps' | 'stopped'> | undefined,
	callbacks: ReadCallback[],
): string {
	return [
		`# Live check of ${provider.contract.displayName}`,
		'',
		'Keys, signatures and what names a person are masked. Look through it before you pass it on.',
		'',
		...(checked?.stopped === undefined ? [] : [`**Stopped early.** ${checked.stopped}`, '']),
		...settingsTable(provider, [
			...(checked?.steps ?? []).flatMap(({ observations }) => observations),
			...callbacks.flatMap(({ observations }) => observations),
		]),
		...(checked?.steps ?? []).flatMap(({ asks, exchanges, observations }, index) => [
			`## ${index + 1}. ${asks}`,
			'',
			...table(provider, observations),
			...exchanges.flatMap(exchangeInWords),
		]),
		...callbacks.flatMap(({ headers, body, observations }, index) => [
			`## Callback ${index + 1}`,
			'',
			...table(provider, observations),
			...block(`${headersInWords(headers)}\n\n${body}`),
		]),
	].join('\n');
}

function settingsTable(provider: LiveProvider, observations: Observation[]): string[] {
	const rows = observations.flatMap(({ settings = {} }) =>
		Object.entries(settings).map(
			([name, value]) =>
				`| ${labelOf(provider, name)} | ${cell(shownValue(provider, name, value))} |`,
		),
	);
	if (rows.length === 0)
		return ['Set nothing in the credential. What each answer means stands below.', ''];
	return [
		'## Set this in the credential',
		'',
		'| field | value |',
		'|---|---|',
		...new Set(rows),
		'',
		'Read below under which condition each holds.',
		'',
	];
}

/** Found, and what it means, for each unknown. */
export function table(provider: LiveProvider, observations: Observation[]): string[] {
	if (observations.length === 0) return [];
	return [
		'| asked | found | it means |',
		'|---|---|---|',
		...observations.map(
			({ unknown, found, means }) =>
				`| ${provider.unknowns[unknown]?.question ?? unknown} | ${cell(found)} | ${cell(means)} |`,
		),
		'',
	];
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function exchangeInWords({
	request,
	requestHeaders,
	requestBody,
	status,
	headers,
	body,
}: Exchange): string[] {
	return block(
		[
			request,
			headersInWords(requestHeaders),
			requestBody,
			'',
			`HTTP ${status}`,
			headersInWords(headers),
			'',
			body,
		].join('\n'),
	);
}

const headersInWords = (headers: Record<string, string>) =>
	Object.entries(headers)
		.map(([name, value]) => `${name}: ${value}`)
		.join('\n');

const block = (text: string) => ['~~~~', text.replaceAll('~~~~', '~'), '~~~~', ''];
