export interface N8nPlace {
	userFolder: string;
	port: number;
	brokerPort: number;
	/** On top of, and over, the usual settings. */
	environment?: Record<string, string>;
}

/** The usual settings of an n8n under test. */
export function environmentOfN8n({
	userFolder,
	port,
	brokerPort,
	environment,
}: N8nPlace): NodeJS.ProcessEnv {
	// The developer's own n8n, Jest and npm must not leak into the one under test.
	const foreign =
		/^(N8N_|DB_|QUEUE_|EXECUTIONS_|WEBHOOK_|OFFLOAD_|GENERIC_|JEST_|NODE_ENV$|NODE_OPTIONS$|npm_)/;
	const inherited = Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !foreign.test(name)),
	);
	return {
		...inherited,
		NO_PROXY: [process.env.NO_PROXY, '127.0.0.1', 'localhost'].filter(Boolean).join(','),
		// As n8n's own container image has it; without it n8n's error answers carry stack traces.
		NODE_ENV: 'production',
		GENERIC_TIMEZONE: 'UTC',
		N8N_USER_FOLDER: userFolder,
		N8N_PORT: String(port),
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		WEBHOOK_URL: `http://127.0.0.1:${port}/`,
		// A worker serves nothing but its health, and that not unless it is told to.
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		QUEUE_HEALTH_CHECK_PORT: String(port),
		N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		N8N_SECURE_COOKIE: 'false',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		...environment,
	};
}
