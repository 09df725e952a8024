import { canonicalText } from '../../../nodes/EFundPay/canonicalText';
import type { Verification } from '../../../nodes/shared/core/contract';
import { eFundPay, type EFundPayCredentials } from '../../../nodes/EFundPay/eFundPay.contract';
import { isObject, readJson } from '../../../nodes/shared/core/exactJson';
import { credentials } from './callbacks';
import file from './fixtures/vectors.json';

const received = ({ headers, rawBody }: (typeof file.vectors)[number]) => ({
	headers: headers as Record<string, string>,
	rawBody: Buffer.from(rawBody),
});
const withKey = (platformPublicKey: string, more: Partial<EFundPayCredentials> = {}) => ({
	...credentials,
	platformPublicKey,
	...more,
});
const { publicKeyPem, publicKeyBase64 } = file.keys.platform;

it.each(file.vectors.map((vector) => [vector.id, vector] as const))(
	'vector %s gives its canonical text',
	(_id, { rawBody, canonicalString }) => {
		const body = readJson(rawBody);
		expect(isObject(body) && canonicalText(body)).toBe(canonicalString);
	},
);

/** Whether what it says counts. */
const isTaken = (verdict: Verification) => verdict.genuine && verdict.unreadable === undefined;

describe.each([
	['PEM', publicKeyPem],
	['bare base64', publicKeyBase64],
	['PEM on one line', publicKeyPem.replace(/\n/g, ' ')],
])('with the key as %s', (_form, key) => {
	it.each(file.vectors.map((vector) => [vector.id, vector] as const))(
		'vector %s gives its verdict on default settings',
		(_id, vector) => {
			expect(isTaken(eFundPay.callback.verify(received(vector), withKey(key)))).toBe(
				vector.expect.accept,
			);
		},
	);
});

const settings = [
	['sha1Canonical', { signatureHash: 'sha1', signedText: 'canonical' }],
	['sha256Canonical', { signatureHash: 'sha256', signedText: 'canonical' }],
	['sha1RawBody', { signatureHash: 'sha1', signedText: 'rawBody' }],
	['sha256RawBody', { signatureHash: 'sha256', signedText: 'rawBody' }],
] as const;
/** Its signature is good; what is wrong is its shape. */
const wrongShape = 'ambiguous-shape';

it.each(
	settings.flatMap(([expected, chosen]) =>
		file.vectors.map((vector) => [vector.id, expected, chosen, vector] as const),
	),
)('vector %s gives its verdict under %s', (id, expected, chosen, vector) => {
	const verdict = eFundPay.callback.verify(
		received(vector),
		withKey(publicKeyPem, { otherSettings: true, ...chosen }),
	);
	expect(isTaken(verdict)).toBe(vector.expect[expected] && id !== wrongShape);
});

it('the vector whose shape is wrong is unknown for its shape, and not refused for its signature', () => {
	const vector = file.vectors.find(({ id }) => id === wrongShape)!;
	expect(eFundPay.callback.verify(received(vector), withKey(publicKeyPem))).toMatchObject({
		genuine: true,
		unreadable: {
			code: 'field_malformed',
			message: expect.stringContaining('ll_transaction_id') as string,
		},
	});
});

it('no vector is taken with a key that did not sign it', () => {
	const verdicts = file.vectors.map(
		(vector) =>
			eFundPay.callback.verify(received(vector), withKey(file.keys.other.publicKeyPem)).genuine,
	);
	// The other key has signed these.
	expect(file.vectors.filter((_vector, index) => verdicts[index]).map(({ id }) => id)).toEqual([
		'forged-by-other-key',
		'signature-list-none-valid',
	]);
});
