const { emptyTrigger } = require('./emptyTrigger');

exports.EmptyTrigger = emptyTrigger('emptyTrigger', 'Empty Trigger', {
	responseMode: 'onReceived',
});
