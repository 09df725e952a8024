import { payfect, type PayfectCredentials } from '../../../nodes/Payfect/payfect.contract';
import type { Verification } from '../../../nodes/shared/core/contract';
import { ageProblem } from '../../../nodes/shared/callbacks/maximumAge';
import file from './fixtures/vectors.json';

interface Vector {
	name: string;
	key: string;
	signature_header?: string | null;
	body: string;
	options?: { ttl_seconds: number; now: number };
	expect: { valid: boolean; reason?: string; data?: Record<string, unknown> };
}

const vectors = file.vectors as unknown as Vector[];
const policy = Object.fromEntries(
	(file.policy as unknown as Vector[]).map((vector) => [vector.name, vector]),
);

const verdictOf = ({
	key,
	signature_header: signature,
	body,
}: Pick<Vector, 'key' | 'signature_header' | 'body'>): Verification => {
	const credentials: PayfectCredentials = {
		apiKey: 'key',
		callbackSecretKey: key,
		baseUrl: 'https://api.payfect.finance/api/v1',
		callbackProof: 'signature',
	};
	return payfect.callback.verify(
		{
			headers: typeof signature === 'string' ? { 'x-payfect-signature': signature } : {},
			rawBody: Buffer.from(body),
		},
		credentials,
	);
};

/**
 * The file's own word for what happened; its ttl plays the part of Maximum Age, without one any age
 * is accepted.
 */
function wordFor(vector: Vector): string {
	const verdict = verdictOf(vector);
	if (verdict.genuine !== true) return 'code' in verdict ? verdict.code : 'ask';
	const { ttl_seconds: ttl = 0, now = 0 } = vector.options ?? {};
	const age = ageProblem(verdict, ttl / 86_400, now * 1000);
	if (age === undefined) return 'valid';
	return age.code === 'in_the_future' ? 'clock_skew' : 'expired';
}

/** The file wants every difference refused; here what a whole token says counts, whatever the body says. */
const bodyDiffers = vectors.filter(({ expect: { reason } }) => reason === 'body_mismatch');
const others = vectors.filter((vector) => !bodyDiffers.includes(vector));

it.each(others.map((vector) => [vector.name, vector] as const))('%s', (_name, vector) => {
	expect(wordFor(vector)).toBe(vector.expect.valid ? 'valid' : vector.expect.reason);
});

it.each(bodyDiffers.map((vector) => [vector.name, vector] as const))(
	'%s passes on what was encrypted, whatever the body says',
	(_name, vector) => {
		const same = others.find(({ signature_header: token }) => token === vector.signature_header);
		expect(same?.expect.data).toMatchObject({ amount: '20.50' });
		expect(verdictOf(vector)).toMatchObject({ genuine: true, payload: same?.expect.data });
	},
);

it.each(
	vectors.filter((vector) => vector.expect.valid).map((vector) => [vector.name, vector] as const),
)('%s passes on what was encrypted', (_name, vector) => {
	expect(verdictOf(vector)).toMatchObject({ genuine: true, payload: vector.expect.data });
});

it('are as many as there were', () => {
	expect([vectors.length, Object.keys(policy).length]).toEqual([25, 3]);
});

describe('where the specification leaves a choice', () => {
	it.each([
		['a key whose closing = got lost in copying is accepted', 'key-without-padding', 'valid'],
		[
			'a token without its closing = is refused: Payfect sends it',
			'token-without-padding',
			'bad_base64',
		],
		[
			'a token with + and / is refused: the specification says base64url',
			'token-in-plain-base64-alphabet',
			'bad_base64',
		],
	])('%s', (_choice, name, word) => {
		expect(policy[name] && wordFor(policy[name])).toBe(word);
	});
});
