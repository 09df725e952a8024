import { describeProvider } from './describeProvider';
import { callbackByUrl } from './support';

describeProvider({
	provider: 'payfect',
	displayName: 'Payfect',
	node: 'payfect',
	trigger: 'payfectTrigger',
	credential: 'payfectApi',
	order: { amountFrom: 'amount', amount: '20.50', currency: 'usdt', description: 'One box of tea' },
	money: { amount: '20.50', currency: 'usdt' },
	callbackParameters: callbackByUrl,
	lookUp: ({ checkoutId }) => ({ resource: 'checkout', operation: 'get', checkoutId }),
	missingSecret: {
		fields: { callbackSecretKey: '', callbackSecretKeyPrevious: '' },
		words: /Callback Secret Key/,
	},
	wrongKey: { fields: { apiKey: 'payfect-a-key-that-nobody-issued' }, words: /Invalid API key/ },
	// Inferred: no page of Payfect says which answer it expects; see nodes/Payfect/README.md.
	acknowledgement: { status: 200, contentType: 'text/plain; charset=utf-8', body: 'OK' },
});
