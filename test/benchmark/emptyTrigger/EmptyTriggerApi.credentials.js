exports.EmptyTriggerApi = class {
	name = 'emptyTriggerApi';
	displayName = 'Empty Trigger API';
	properties = [
		{
			displayName: 'Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
		},
	];
};
