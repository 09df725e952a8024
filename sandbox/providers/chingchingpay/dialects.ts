import { createHash, createHmac } from 'node:crypto';
import type { ApiReply, Dialect } from '../../core/provider';

/*
 * What the readable pages of ChingChingPay leave open, and other readings of it. The first of each is
 * assumed.
 */

/** The reading of a dialect that is chosen. */
type Choose = (dialect: string) => string;

/** What a signature may cover. */
export interface SignedMessage {
	readonly method: string;
	/** Path and query. */
	readonly target: string;
	readonly body: string;
	readonly time: string;
	readonly nonce: string;
	readonly apiKey: string;
	readonly secret: string;
}

interface Signing {
	readonly label: string;
	sign(message: SignedMessage): string;
	/** Time and nonce have to be sent as x-timestamp and x-nonce. */
	readonly isStamped?: true;
}

const hmac = (text: string, key: string) => createHmac('sha256', key).update(text);

const signings: Record<string, Signing> = {
	rawBody: {
		label: 'HMAC of the exact body, in lower-case hexadecimal',
		sign: ({ body, secret }) => hmac(body, secret).digest('hex'),
	},
	sortedPairsAndKey: {
		label: 'HMAC of the sorted pairs and &key=secret, in upper-case hexadecimal',
		sign: (message) =>
			hmac(`${sortedPairs(message)}&key=${message.secret}`, message.secret)
				.digest('hex')
				.toUpperCase(),
	},
	sortedJson: {
		label: 'HMAC of the body as JSON with sorted names',
		sign: ({ body, secret }) => hmac(sortedJson(body), secret).digest('hex'),
	},
	pathAndBody: {
		label: 'HMAC of path, query and body, in base64',
		sign: ({ target, body, secret }) => hmac(`${target}${body}`, secret).digest('base64'),
	},
	keyAndBody: {
		label: 'HMAC of the API key and the body',
		sign: ({ apiKey, body, secret }) => hmac(`${apiKey}${body}`, secret).digest('hex'),
	},
	timeAndBody: {
		label: 'HMAC of time, nonce and body with points between them',
		sign: ({ time, nonce, body, secret }) => hmac(`${time}.${nonce}.${body}`, secret).digest('hex'),
		isStamped: true,
	},
	lines: {
		label: 'HMAC of method, path, time, nonce and body, each a line',
		sign: ({ method, target, time, nonce, body, secret }) =>
			hmac([method, target, time, nonce, body, ''].join('\n'), secret).digest('hex'),
		isStamped: true,
	},
	hash: {
		label: 'SHA-256 of the body with the secret behind it',
		sign: ({ body, secret }) => createHash('sha256').update(`${body}${secret}`).digest('hex'),
	},
};

const words: Record<string, { readonly label: string; readonly word: unknown }> = {
	SBX_PAID: { label: 'SBX_PAID, made up', word: 'SBX_PAID' },
	SUCCESS: { label: 'SUCCESS', word: 'SUCCESS' },
	number: { label: 'the number 2', word: 2 },
};

const codes: Record<string, { readonly label: string; readonly code: unknown }> = {
	0: { label: '0', code: 0 },
	200: { label: '200', code: 200 },
	word: { label: 'SUCCESS', code: 'SUCCESS' },
	none: { label: 'there is no code', code: undefined },
};

interface Shape {
	readonly label: string;
	write(content: Record<string, unknown>): string;
	readonly contentType?: string;
}

/** Of a callback; each names its payment in another place. */
const shapes: Record<string, Shape> = {
	flat: { label: 'JSON, flat', write: (content) => JSON.stringify(content) },
	data: { label: 'JSON, under data', write: (data) => JSON.stringify({ code: 0, data }) },
	deep: {
		label: 'JSON, under event.object.transaction',
		write: (transaction) => JSON.stringify({ event: { object: { transaction } } }),
	},
	jsonText: {
		label: 'JSON, with data as a text that is JSON',
		write: (content) => JSON.stringify({ type: 'payment', data: JSON.stringify(content) }),
	},
	paymentIdOnly: {
		label: 'JSON with nothing but payment_id',
		write: ({ payment_id }) => JSON.stringify({ payment_id }),
	},
	form: {
		label: 'a form',
		write: (content) =>
			new URLSearchParams(
				Object.entries(content).map(([name, value]) => [name, asText(value)]),
			).toString(),
		contentType: 'application/x-www-form-urlencoded',
	},
};

function labels<Reading extends { readonly label: string }>(
	readings: Readonly<Record<string, Reading>>,
): Record<string, string> {
	return Object.fromEntries(Object.entries(readings).map(([name, { label }]) => [name, label]));
}

export const dialects: Readonly<Record<string, Dialect>> = {
	signing: {
		label: 'How a request is signed, and a callback like it',
		readings: labels(signings),
		default: 'rawBody',
	},
	callbackSignature: {
		label: 'How a callback is signed',
		readings: {
			asRequests: 'like a request',
			otherwise: 'otherwise: HMAC of the exact body with the API key, in base64',
			none: 'not at all',
		},
		default: 'asRequests',
	},
	callbackShape: {
		label: 'Where a callback names its payment',
		readings: labels(shapes),
		default: 'flat',
	},
	acknowledgement: {
		label: 'What acknowledges a callback',
		readings: { success: 'the word success', json: '{"code":0}' },
		default: 'success',
	},
	paidWord: { label: 'Status word for paid', readings: labels(words), default: 'SBX_PAID' },
	statusField: {
		label: 'Field of the status in the query and the callback',
		readings: { status: 'status', nested: 'extra.state' },
		default: 'status',
	},
	amounts: {
		label: 'Amounts in the query and the callback',
		readings: { numbers: 'numbers', texts: 'texts' },
		default: 'numbers',
	},
	queryKnows: {
		label: 'When the query knows what the payer has done',
		readings: {
			atOnce: 'at once',
			open: 'at the second question; at the first it is open',
			missing: 'at the second question; at the first there is no such transaction',
		},
		default: 'atOnce',
	},
	successCode: { label: 'Code of success', readings: labels(codes), default: '0' },
	refusals: {
		label: 'How a request is refused',
		readings: {
			inside200: 'HTTP 200 with code, empty data and message',
			httpStatus: 'HTTP 400 or 404 with the same',
			inData: 'HTTP 200, the message in data',
			chinese: 'HTTP 200, the message in Chinese',
		},
		default: 'inside200',
	},
	nextAction: {
		label: 'Where the link of a checkout is',
		readings: {
			redirect: 'redirect_to_url, with GET',
			bare: 'redirect_to_url, without a method, parameters {}',
			qrCode: 'display_qr_code',
		},
		default: 'redirect',
	},
};

/** The signature of a request, or why it cannot be verified. */
export function expectedSignature(
	choose: Choose,
	headers: Readonly<Record<string, string | undefined>>,
	message: Omit<SignedMessage, 'time' | 'nonce'>,
): { signature: string } | { problem: string } {
	const signing = signings[choose('signing')] as Signing;
	const [time = '', nonce = ''] = [headers['x-timestamp'], headers['x-nonce']];
	const isStamped = /^\d{10}$/.test(time) && nonce !== '';
	return signing.isStamped && !isStamped
		? { problem: 'x-timestamp must be Unix seconds, and x-nonce not empty' }
		: { signature: signing.sign({ ...message, time, nonce }) };
}

/** The headers that prove a callback; none where it is not signed. */
export function signatureHeaders(choose: Choose, message: SignedMessage): Record<string, string> {
	const { apiKey, body, time, nonce } = message;
	if (choose('callbackSignature') === 'none') return {};
	if (choose('callbackSignature') === 'otherwise')
		return { 'x-signature': hmac(body, apiKey).digest('base64') };
	const signing = signings[choose('signing')] as Signing;
	return {
		'x-signature': signing.sign(message),
		...(signing.isStamped && { 'x-timestamp': time, 'x-nonce': nonce }),
	};
}

/** A callback's body and content type. */
export function shaped(
	choose: Choose,
	content: Record<string, unknown>,
): { body: string; contentType: string } {
	const { write, contentType = 'application/json' } = shapes[choose('callbackShape')] as Shape;
	return { body: write(content), contentType };
}

export function acknowledges(choose: Choose, body: string): boolean {
	return body === (choose('acknowledgement') === 'json' ? '{"code":0}' : 'success');
}

/** A transaction in the words that are chosen. */
export function inWords(
	choose: Choose,
	{ status, amount, ...rest }: Record<string, unknown>,
): Record<string, unknown> {
	const word = status === 'SBX_PAID' ? words[choose('paidWord')]?.word : status;
	return {
		amount: choose('amounts') === 'texts' ? String(amount) : amount,
		...rest,
		...(choose('statusField') === 'nested' ? { extra: { state: word } } : { status: word }),
	};
}

/** An answer as it is chosen; it comes as it is assumed. */
export function answered(choose: Choose, reply: ApiReply): ApiReply {
	if (!isEnvelope(reply.body)) return reply;
	return reply.refusal === undefined
		? { ...reply, body: { ...reply.body, code: codes[choose('successCode')]?.code } }
		: refused(choose, { ...reply, body: reply.body });
}

interface Envelope {
	readonly code: number;
	readonly data: unknown;
	readonly message: string;
}

function refused(choose: Choose, reply: ApiReply & { readonly body: Envelope }): ApiReply {
	const { code, message } = reply.body;
	const isMissing = code === 40400;
	switch (choose('refusals')) {
		case 'httpStatus':
			return reply.status === 200 ? { ...reply, status: isMissing ? 404 : 400 } : reply;
		case 'inData':
			return { ...reply, body: { code, data: { message } } };
		case 'chinese':
			return {
				...reply,
				body: { code, data: null, message: isMissing ? '交易不存在' : '请求无效' },
			};
		default:
			return reply;
	}
}

function isEnvelope(body: unknown): body is Envelope {
	return typeof body === 'object' && body !== null && 'code' in body && 'data' in body;
}

/** What the payer has to do, for a checkout whose method wants a redirect. */
export function redirect(choose: Choose, url: string): Record<string, unknown> {
	switch (choose('nextAction')) {
		case 'bare':
			return { type: 'redirect', redirect_to_url: { http_method: '', params: '{}', url } };
		case 'qrCode':
			return { type: 'qr', display_qr_code: { qr_code: url, url } };
		default:
			return { type: 'redirect_to_url', redirect_to_url: { http_method: 'GET', params: '', url } };
	}
}

/** The non-empty fields as name=value, sorted by name, joined by &; without a body those of the query. */
export function sortedPairs({ body, target }: Pick<SignedMessage, 'body' | 'target'>): string {
	const fields: Array<[string, unknown]> =
		body === ''
			? [...new URLSearchParams(target.split('?')[1])]
			: Object.entries(JSON.parse(body) as Record<string, unknown>);
	return fields
		.filter(([, value]) => value !== '' && value !== null)
		.sort(([left], [right]) => (left < right ? -1 : 1))
		.map(([name, value]) => `${name}=${asText(value)}`)
		.join('&');
}

function asText(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}

function sortedJson(body: string): string {
	const sort = (_name: string, value: unknown): unknown =>
		typeof value === 'object' && value !== null && !Array.isArray(value)
			? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
			: value;
	return body === '' ? '' : JSON.stringify(JSON.parse(body), sort);
}
