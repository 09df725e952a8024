/** With which setting a refused callback would fit: for words only, each callback stays refused. */
import { tokenPay, type TokenPayCredentials } from '../../../nodes/TokenPay/tokenPay.contract';
import {
	appSecret,
	callback,
	credentials,
	encryptEcb,
	envelope,
	paid,
	resource,
} from './callbacks';

type Received = ReturnType<typeof callback>;
const timestamp = '1795262400000';
const nonce = '6dc5fa18434198b0b81411fb5f3f5861';
const text = JSON.stringify(envelope());

function found(received: Received, more: Partial<TokenPayCredentials> = {}) {
	const using = { ...credentials, ...more };
	const verdict = tokenPay.callback.verify(received, using);
	return { isGenuine: verdict.genuine, ...tokenPay.callback.findSetting?.(received, using) };
}

/** Signed over another text than the pages say. */
function signedOver(signed: string): Received {
	const received = callback(text, { timestamp, nonce });
	return { ...received, headers: { ...received.headers, 'ttpay-signature': encryptEcb(signed) } };
}
const withoutSignature = (more: Record<string, string> = {}): Received => {
	const { rawBody } = callback(text);
	return { headers: { 'content-type': 'application/json', ...more }, rawBody };
};
const head = `${timestamp}\n${nonce}\n`;

it.each<[string, Received, RegExp]>([
	['a path before it', signedOver(`/webhook/1\n${head}${text}`), /as requests are/],
	['the nonce first', signedOver(`${nonce}\n${timestamp}\n${text}`), /nonce before the time/],
	['another body', signedOver(`${head}{}`), /over a text that differs/],
	[
		"a stranger's key, around a content of TokenPay's",
		callback(text, { secret: 'somebody-else-with-another-key-!' }),
		/its signature was not made with it/,
	],
	['no header', withoutSignature(), /headers of its signature are missing/],
	[
		'the header Authorization',
		withoutSignature({ authorization: `TTPAY-AES-256-ECB signature=${encryptEcb(text)}` }),
		/stands in the header Authorization/,
	],
	[
		'a time that is none',
		callback(text, { timestamp: 'yesterday' }),
		/With 'When a Callback Comes' set to Ask TokenPay/,
	],
])('a callback signed with %s is asked about under Ask TokenPay', (_case, received, words) => {
	const finding = found(received);
	expect(finding).toMatchObject({ isGenuine: false, settings: { callbackProof: 'provider' } });
	expect(finding.says).toMatch(words);
	// Followed literally, it works: the number that TokenPay is asked about is read.
	const hint = tokenPay.callback.confirm?.readUnsigned(received, credentials);
	expect(hint).toMatchObject({ payload: { content: { transaction_id: paid.transaction_id } } });
});

const hexadecimal = Buffer.from(appSecret).toString('hex');
const base64 = Buffer.from(appSecret).toString('base64');
it.each<[string, Partial<TokenPayCredentials>, RegExp]>([
	[
		'App ID',
		{ appId: appSecret, appSecret: credentials.appId },
		/exchange 'App ID' and 'App Secret'/,
	],
	['quotes around it', { appSecret: `"${appSecret}"` }, /without its quotes/],
	['hexadecimal', { appSecret: hexadecimal }, /writes in hexadecimal/],
	['base64', { appSecret: base64 }, /writes in base64/],
	[
		"App ID and Merchant ID in each other's place",
		{ appId: credentials.merchantId, merchantId: credentials.appId },
		/exchange the two/,
	],
])('says that the secret stands in %s', (_case, more, words) => {
	const finding = found(callback(text), more);
	expect(finding).toMatchObject({ isGenuine: false, settings: {} });
	expect(finding.says).toMatch(words);
});

it.each<[string, Received]>([
	[
		"somebody else's",
		callback(
			envelope({ resource: resource(paid, { secret: 'somebody-else-with-another-key-!' }) }),
			{ secret: 'somebody-else-with-another-key-!' },
		),
	],
	['no JSON', callback('paid')],
	[
		'a payout',
		callback(envelope({ resource: resource(paid, { original_type: 'payanother' }) }), {
			signed: '{}',
		}),
	],
	['another application', callback(envelope({ app_id: 'another' }))],
])('finds nothing in %s', (_case, received) => {
	expect(found(received)).toEqual({ isGenuine: false });
});

it('says nothing of the secret or the content', () => {
	const says = [
		found(signedOver(`${head}{}`)).says,
		found(callback(text), { appId: appSecret, appSecret: credentials.appId }).says,
	].join();
	for (const hidden of [appSecret, paid.out_trade_no, paid.transaction_id, nonce])
		expect(says).not.toContain(hidden);
});
