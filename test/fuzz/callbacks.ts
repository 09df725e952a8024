/**
 * Mutated callbacks against every trigger:
 *
 *   node scripts/run.mjs tsx test/fuzz/callbacks.ts [--count 20000] [--provider tokenpay] [--proof provider] [--dialect default] [--seed 1] [--path …] [--through direct|n8n-core]
 *
 * `direct` (the default) calls what the triggers' `webhook()` calls, in a context made for it;
 * `n8n-core` sends each one over HTTP to the trigger in n8n-core's own WebhookContext, which is
 * some hundred times slower. Ends with 1 when something went wrong.
 */
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fuzzCallbacks, type FuzzOptions } from './fuzzCallbacks';
import { DEFAULT, fuzzedProviders, type FuzzedProvider } from './genuineCallbacks';

const { values } = parseArgs({
	options: {
		count: { type: 'string' },
		provider: { type: 'string' },
		proof: { type: 'string' },
		dialect: { type: 'string' },
		seed: { type: 'string' },
		path: { type: 'string' },
		through: { type: 'string', default: 'direct' },
	},
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const chosen = fuzzedProviders.filter(
	({ name, proof, dialect }) =>
		(values.provider === undefined || name === values.provider) &&
		(values.proof === undefined || proof === values.proof) &&
		(values.dialect === undefined || dialect === values.dialect),
);
if (chosen.length === 0)
	throw new Error(
		`There is nothing of that name. There are: ${fuzzedProviders.map(({ name, proof, dialect }) => `--provider ${name} --proof ${proof} --dialect '${dialect}'`).join(', ')}.`,
	);

const named = ({ name, proof, dialect }: FuzzedProvider) => `${name}, ${proof}, ${dialect}`;

/** Of the default, which most people have, the most. */
const countOf = ({ dialect }: FuzzedProvider) =>
	Number(values.count ?? (dialect === DEFAULT ? 100_000 : 20_000));

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const heapMegabytes = () => {
	collectGarbage();
	return process.memoryUsage().heapUsed / 2 ** 20;
};
/** What the engine keeps for itself goes up and down by less than this. */
const noiseMegabytes = 5;

async function main(way: Pick<FuzzOptions, 'judge' | 'pauses'>): Promise<void> {
	let failed = false;
	for (const provider of chosen) {
		const count = countOf(provider);
		const options = {
			seed,
			...(values.path !== undefined && { path: values.path }),
			...way,
		};
		// Whatever is made once is made now.
		await fuzzCallbacks(provider, { ...options, count: Math.min(2_000, count) });
		const before = heapMegabytes();
		const begun = performance.now();
		const { statuses, equal, failure } = await fuzzCallbacks(provider, {
			...options,
			count,
		});
		const seconds = (performance.now() - begun) / 1000;
		const grown = heapMegabytes() - before;
		const answers = Object.entries(statuses).map(([status, times]) => `${times} × ${status}`);
		console.log(
			`${named(provider)}: ${count} callbacks, seed ${seed}: ${answers.join(', ')}; ${equal} equal to a genuine one; heap ${grown.toFixed(1)} MB more; ${seconds.toFixed(0)} s`,
		);
		if (failure !== undefined) console.error(failure);
		if (grown > noiseMegabytes)
			console.error(`${named(provider)}: the heap has grown by ${grown.toFixed(1)} MB.`);
		failed ||= failure !== undefined || grown > noiseMegabytes;
	}
	process.exitCode = failed ? 1 : 0;
}

if (values.through === 'n8n-core')
	void import('./throughContext').then(async ({ throughContext }) => await throughContext(main));
else void main({});
