const { emptyTrigger, RESPONSE_MODE } = require('./emptyTrigger');

exports.EmptyExpressionTrigger = emptyTrigger(
	'emptyExpressionTrigger',
	'Empty Expression Trigger',
	{ responseMode: RESPONSE_MODE },
);
