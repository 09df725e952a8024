/** The requests that the providers' guides show, to the letter, are taken as they are. */
import { payfectKey, sandboxForEachTest } from './support';
import { provider as wooshPay } from '../../sandbox/providers/wooshpay';

const sandbox = sandboxForEachTest();

async function post(
	path: string,
	body: string,
	authorization: string,
): Promise<Record<string, unknown>> {
	const answer = await fetch(`${sandbox.url}${path}`, {
		method: 'POST',
		headers: { authorization, accept: 'application/json', 'content-type': 'application/json' },
		body,
	});
	return { ...((await answer.json()) as object), answered: answer.status };
}

// docs.payfect.finance/payment/create. The JSON sample has commas after the last member, which no
// JSON has; that of curl is as it stands there.
const ofPayfect = {
	'the JSON sample': `{
"client_reference_id": "5ae50223-e455-4a72-a48d-fe7d85800e64",
"currency": "usdt",
"invoice_items": [{
"price_data": {
"product_data": {
"name": "Standard Plan",
"description": "A standard plan",
"images": [
"https://google.com.tw/images/123"
]
},
"currency": "usdt",
"unit_amount": "20.5"
},
"quantity": 1
}],
"success_url": "https://example.com/success",
"cancel_url": "https://example.com/cancel",
"callback_url": "https://example.com/callback",
"payment_method_data": {
"type": "cryptopaymentmethoddetail",
"paymentMethodDetail": {
"currency": "usdt",
"network": "tron"
}
}
}`,
	'the sample of curl': `{
"client_reference_id": "6befb0e4-e9a0-4151-8999-8b67eae19553",
"currency": "CNY",
"invoice_items": [{
"price_data": {
"currency": "TWD",
"product_data": {
"name": "Standard Plan",
"description": "A standard plan",
"images": ["https://i.imgur.com/EHyR2nP.png"]
},
"unit_amount": "20"
},
"quantity": 1
}],
"success_url": "https://example.com/success",
"cancel_url": "https://example.com/cancel",
"callback_url": "https://example.com/callback",
"payment_method_data": {
"type": "cryptopaymentmethoddetail",
"paymentMethodDetail": {
"currency": "TWD",
"network": "tron"
}
}
}`,
};

test.each(Object.entries(ofPayfect))('%s of Payfect', async (_name, body) => {
	const made = await post('/payfect/api/v1/checkouts/', body, payfectKey);
	expect(made).toMatchObject({ answered: 200, status: 'open' });
});

// docs.wooshpay.com/doc-1722914
const priceOfWooshPay = `{
	"currency":"GBP",
	"product":null,
	"unit_amount":5,
	"active":true,
	"metadata":{
		"key1":"value1",
		"key2":"value2"
	},
	"nickname":"fengli",
	"product_data":{
		"id":null,
		"name":"example product",
		"active":true,
		"description":"very delicious",
		"metadata":{
			"key1":"value1",
			"key2":"value2"
		},
		"url":"www.example.com"
	},
	"billing_scheme":"testscheme",
	"lookup_key":"test_lookup_key"
}`;
const { secretKey } = wooshPay.credential('').data as { secretKey: string };
const ofWooshPay = `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`;

describe('WooshPay', () => {
	test('a product, and a price of it', async () => {
		const product = await post(
			'/wooshpay/v1/products',
			`{
	"name":"example product",
	"active":true,
	"description":"some description",
	"metadata":{
		"key1":"value1",
		"key3":"value3"
	},
	"url":"www.example.com"
}`,
			ofWooshPay,
		);
		expect(product).toMatchObject({ answered: 200, object: 'product' });
		const price = await post(
			'/wooshpay/v1/prices',
			`{
	"currency":"GBP",
	"product":"${String(product.id)}",
	"unit_amount":5,
	"active":true,
	"metadata":{
		"key1":"value1",
		"key2":"value2"
	},
	"nickname":"some nickname",
	"product_data":null,
	"lookup_key":"test_lookup_key"
}`,
			ofWooshPay,
		);
		expect(price).toMatchObject({ answered: 200, billing_scheme: 'per_unit' });
	});

	test('a price with its product, and the answer has per_unit as there', async () => {
		const price = await post('/wooshpay/v1/prices', priceOfWooshPay, ofWooshPay);
		expect(price).toMatchObject({ answered: 200, billing_scheme: 'per_unit' });
	});

	test('a checkout', async () => {
		const made = await post(
			'/wooshpay/v1/checkout/sessions',
			`{
	"cancel_url":"www.example.com",
	"mode":"payment",
	"success_url":"www.wooshpay.com",
	"line_items":[
		{
			"price_data":${priceOfWooshPay},
			"quantity":1
		}
	]
}`,
			ofWooshPay,
		);
		expect(made).toMatchObject({ answered: 200, status: 'open', amount_total: 5 });
	});
});
