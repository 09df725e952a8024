import type {
	HttpReply,
	PaymentEventData,
	ReceivedCallback,
	Remembered,
} from '../../nodes/shared/core/contract';
import { labelOf, shownValue } from './environment';
import { maskedBody, maskedHeaders } from './mask';
import { Stop, type Fields, type LiveProvider, type Observation } from './provider';

/** A callback as it is kept in a file: nothing is changed in it. */
export interface StoredCallback {
	provider: string;
	headers: Record<string, string>;
	bodyBase64: string;
}

/** What a callback is read with. */
export interface Reading {
	provider: LiveProvider;
	credentials: Fields;
	/** Secrets of endpoints that were registered for this check. */
	remembered?: Remembered;
	/** What was ordered, where the check has made the checkout. */
	ordered?: { reference: string; amount: string | null };
}

/** What a callback is, and what was found in it. */
export interface ReadCallback {
	headers: Record<string, string>;
	body: string;
	observations: Observation[];
}

/** The file's text for a callback. */
export function stored(provider: LiveProvider, { headers, rawBody }: ReceivedCallback): string {
	const kept: StoredCallback = {
		provider: provider.name,
		headers,
		bodyBase64: rawBody.toString('base64'),
	};
	return `${JSON.stringify(kept, null, '\t')}\n`;
}

/** @throws Stop where the text is no stored callback of this provider */
export function readStored(provider: LiveProvider, text: string): ReceivedCallback {
	let kept: Partial<StoredCallback> = {};
	try {
		kept = JSON.parse(text) as Partial<StoredCallback>;
	} catch {
		// Said below.
	}
	const { headers, bodyBase64 } = kept;
	if (typeof headers !== 'object' || typeof bodyBase64 !== 'string')
		throw new Stop(
			'This file holds no callback. Give --replay a file that --listen has stored (live-check-….callback.json), or one like it: {"provider", "headers", "bodyBase64"}.',
		);
	if (kept.provider !== provider.name)
		throw new Stop(
			`This callback is of ${kept.provider ?? 'no named provider'}: run npm run check:live -- ${kept.provider ?? '<provider>'} --replay <file>.`,
		);
	const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
	return {
		headers: Object.fromEntries(lowerCase) as Record<string, string>,
		rawBody: Buffer.from(bodyBase64, 'base64'),
	};
}

/**
 * Runs the package's own verification over a callback, and its finder where that refuses it. Never
 * more than the package would find itself.
 */
export function readCallback(received: ReceivedCallback, reading: Reading): ReadCallback {
	const { provider, credentials } = reading;
	const { observations, fitting } = verified(received, reading);
	return {
		headers: maskedHeaders(received.headers),
		body: maskedBody(received.rawBody.toString('utf8'), provider, credentials),
		observations: [...observations, ...whatItSays(received, { ...reading, credentials: fitting })],
	};
}

/** Whether it is signed as set, or with which settings it is; `fitting` has these. */
function verified(
	received: ReceivedCallback,
	{ provider, credentials, remembered }: Reading,
): { observations: Observation[]; fitting: Fields } {
	const { callback } = provider.contract;
	const judged = callback.verify(received, credentials, remembered);
	if (judged.genuine)
		return {
			observations: [
				{
					unknown: 'callback',
					found: 'fits',
					means: 'It is genuine with the credential as it is: set nothing.',
				},
			],
			fitting: credentials,
		};
	const finding = callback.findSetting?.(received, credentials, remembered);
	const settings = { ...finding?.settings };
	const fitting = { ...credentials, ...settings };
	const found = findingInWords(finding !== undefined, settings);
	return {
		observations: [
			{
				unknown: 'callback',
				found,
				means: finding?.says ?? refusalInWords(judged, { provider, remembered }),
				...(Object.keys(settings).length > 0 && { settings }),
			},
		],
		fitting,
	};
}

/** The hint of a refusal may speak of a published workflow, which a stored callback has not. */
function refusalInWords(
	{ message, hint }: { message: string; hint?: string },
	{ provider, remembered }: Pick<Reading, 'provider' | 'remembered'>,
): string {
	if (provider.contract.callback.registration !== undefined && remembered === undefined)
		return 'It is not verified: it is signed with the secret of the address it went to. If --listen registered that address, the secret is gone with it: the report that --listen wrote says whether it is genuine. If you registered it, the variable of its secret has to hold that secret (--variables lists it).';
	return `It is refused: ${message}. ${hint ?? ''} No known way of signing fits. Check the secret; if it is right, attach the report to an issue.`;
}

function findingInWords(isFound: boolean, settings: Fields): string {
	if (!isFound) return 'unknown';
	const values = Object.entries(settings).filter(([name]) => name !== 'otherSettings');
	return values.length === 0
		? 'needs a change outside the settings'
		: values.map(([name, value]) => `${name} ${String(value)}`).join(', ');
}

/** What the package reads out of it, signed or not. */
function whatItSays(received: ReceivedCallback, reading: Reading): Observation[] {
	const event = eventIn(received, reading);
	if (event === undefined)
		return [
			{
				unknown: 'callbackBody',
				found: 'unreadable',
				means: 'No payment could be read out of it: attach the report to an issue.',
			},
		];
	const { provider } = reading;
	const says =
		`${event.event}, status word ${event.providerStatus ?? 'none'}, amount ${event.amount ?? 'none'} ${event.currency ?? ''}`.trim();
	return [
		{ unknown: 'callbackBody', found: says, ...wayToPaid(event, provider) },
		...otherAmount(received, event, reading),
	];
}

function wayToPaid(
	event: PaymentEventData,
	provider: LiveProvider,
): Pick<Observation, 'means' | 'settings'> {
	if (event.event !== 'unknown') return { means: 'Its kind is known.' };
	const { paidWords } = provider;
	if (paidWords === undefined || event.providerStatus === null)
		return { means: 'Its kind is not known: attach the report to an issue.' };
	return {
		means: `If, and only if, you have just paid: add '${event.providerStatus}' to '${paidWords.label}' in the credential. Then it is payment.succeeded.`,
		settings: { [paidWords.field]: event.providerStatus },
	};
}

/** Settings with which its amount would be what was ordered. */
function otherAmount(
	received: ReceivedCallback,
	event: PaymentEventData,
	reading: Reading,
): Observation[] {
	const { provider, ordered, credentials } = reading;
	if (!ordered || ordered.amount === null || event.reference !== ordered.reference) return [];
	const isSame = (amount: string | null) =>
		amount !== null && Number(amount) === Number(ordered.amount);
	if (isSame(event.amount))
		return [
			{
				unknown: 'callbackAmount',
				found: 'as ordered',
				means: 'Its amount is read as what was ordered: set nothing.',
			},
		];
	const settings = (provider.amountSettings ?? []).find((tried) =>
		isSame(
			eventIn(received, { ...reading, credentials: { ...credentials, ...tried } })?.amount ?? null,
		),
	);
	return [
		{
			unknown: 'callbackAmount',
			found: `read as ${event.amount ?? 'nothing'}, ordered ${ordered.amount}`,
			means:
				settings === undefined
					? 'Unless you paid another amount, no setting reads it: attach the report to an issue.'
					: `If you paid exactly what was ordered: switch on 'My Provider Told Me Other Settings' and set ${namesOf(provider, settings)}.`,
			...(settings && { settings }),
		},
	];
}

const namesOf = (provider: LiveProvider, settings: Fields) =>
	Object.entries(settings)
		.filter(([name]) => name !== 'otherSettings')
		.map(([name, value]) => `'${labelOf(provider, name)}' to ${shownValue(provider, name, value)}`)
		.join(', ');

function eventIn(received: ReceivedCallback, reading: Reading): PaymentEventData | undefined {
	const { provider, credentials, remembered } = reading;
	const { callback } = provider.contract;
	const judged = callback.verify(received, credentials, remembered);
	try {
		const signed =
			judged.genuine && !judged.isHint
				? callback.parseEvent(judged.payload, credentials, received)
				: undefined;
		if (signed !== undefined && namesPayment(signed)) return signed;
		const hint = callback.confirm?.readUnsigned(received, credentials);
		return hint !== undefined && 'payload' in hint
			? callback.parseEvent(hint.payload, credentials, received)
			: signed;
	} catch {
		return undefined;
	}
}

const namesPayment = ({ reference, checkoutId, paymentId }: PaymentEventData) =>
	[reference, checkoutId, paymentId].some((id) => id !== null);

/** The secret of an endpoint that was registered, in the shape in which a trigger keeps it. */
export function rememberedFrom(provider: LiveProvider, reply: HttpReply): Remembered {
	const registration = provider.contract.callback.registration;
	return registration === undefined ? [] : [registration.remember(reply)];
}
