/** How n8n is set where callbacks are measured. */
export interface Engine {
	title: string;
	environment: Record<string, string>;
	/** How many callbacks are measured at a time. */
	count: number;
}

const all: Record<string, Engine> = {
	default: { title: "n8n's default expression engine", environment: {}, count: 40 },
	lazy: {
		title: 'N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true',
		environment: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' },
		count: 100,
	},
};

/** @param names separated by commas, as they were given */
export function engines(names: string): Engine[] {
	return names.split(',').map((name) => {
		const engine = Object.hasOwn(all, name) ? all[name] : undefined;
		if (!engine)
			throw new Error(`There is no engine "${name}". There are: ${Object.keys(all).join(', ')}.`);
		return engine;
	});
}
