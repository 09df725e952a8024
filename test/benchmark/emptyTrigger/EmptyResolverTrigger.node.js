const { emptyTrigger, RESPONSE_MODE } = require('./emptyTrigger');

/** As this package's triggers have it. */
exports.EmptyResolverTrigger = emptyTrigger('emptyResolverTrigger', 'Empty Resolver Trigger', {
	responseMode: RESPONSE_MODE,
	[Symbol.for('n8n.webhookDescriptionResolvers')]: {
		responseMode: {
			template: RESPONSE_MODE,
			resolve: ({ options }) => (options?.respond === 'whenFinished' ? 'lastNode' : 'onReceived'),
		},
	},
});
