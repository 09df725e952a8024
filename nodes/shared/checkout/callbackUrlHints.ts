import type { NodeHint } from 'n8n-workflow';

const matches = (pattern: string): string =>
	`={{ !["none", "resumeExecution"].includes($parameter["callback"]) && ${pattern}.test($parameter["callbackUrl"] ?? "") }}`;

/** Said while the form is filled in; `callbackUrlWarning` says it where the step has run. */
export const callbackUrlHints: NodeHint[] = [
	{
		message:
			"'Callback URL' is a test URL: n8n answers there only while somebody listens for a test event. For real payments use the trigger's Production URL, and publish its workflow.",
		type: 'warning',
		location: 'ndv',
		whenToDisplay: 'beforeExecution',
		displayCondition: matches('/\\/webhook-test\\//'),
	},
	{
		message:
			"'Callback URL' is an address of this machine: only a provider that runs here, such as the sandbox, reaches it. For real payments set WEBHOOK_URL of n8n to its public address, then copy the URL again.",
		type: 'info',
		location: 'ndv',
		whenToDisplay: 'beforeExecution',
		displayCondition: matches(
			'/^\\s*https?:\\/\\/(localhost|127\\.\\d+\\.\\d+\\.\\d+|\\[::1\\]|0\\.0\\.0\\.0)(:|\\/|$)/i',
		),
	},
];
