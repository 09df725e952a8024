/** A trigger with this name and `responseMode` that starts the workflow with the body as it came, after reading its credential. */
exports.emptyTrigger = (name, displayName, webhook) =>
	class {
		description = {
			displayName,
			name,
			group: ['trigger'],
			version: [1.1],
			description: 'Starts the workflow with whatever is sent',
			defaults: { name: displayName },
			inputs: [],
			outputs: ['main'],
			credentials: [{ name: 'emptyTriggerApi', required: true }],
			webhooks: [
				{ name: 'default', httpMethod: 'POST', path: 'callback', responseData: '', ...webhook },
			],
			properties: [
				{
					displayName: 'Options',
					name: 'options',
					type: 'collection',
					default: {},
					options: [{ displayName: 'Respond', name: 'respond', type: 'string', default: '' }],
				},
			],
		};

		async webhook() {
			const { secret } = await this.getCredentials('emptyTriggerApi');
			if (secret === '') return { webhookResponse: 'no secret' };
			return { webhookResponse: 'OK', workflowData: [[{ json: this.getBodyData() }]] };
		}
	};

exports.RESPONSE_MODE =
	'={{ $parameter["options"]["respond"] === "whenFinished" ? "lastNode" : "onReceived" }}';
