/**
 * The dialects of callbacks that a provider may speak, because its pages leave open how it signs and
 * writes them: settings of the credential, and callbacks that are genuine with them. A provider of
 * which only one is known has no file in `dialects/`.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { CallbackProof, PaymentEvent } from '../../nodes/shared/core/contract';
import type { TestProvider } from '../providers';

type Vectors = TestProvider['vectors'];

export interface Dialect {
	/** What `--dialect` takes: words in lower case. */
	name: string;
	/** Over the credential of the vectors. */
	settings?: Record<string, unknown>;
	/** The choices of `callbackProof` that make a difference here; all where it is absent. */
	proofs?: CallbackProof[];
	/** In place of those of the vectors, with the credential of the vectors. */
	genuine: Vectors['genuine'];
	besides?: Vectors['besides'];
	/** What may come of them beside what the provider's own file names. */
	rearranged?: Array<Partial<PaymentEvent>>;
	/** What the provider's API knows, where the bodies do not say it. */
	known?: Vectors['genuine'];
}

const load = createRequire(__filename);

/** The dialects of a provider beside what its vectors hold, by the provider's name in outputs. */
export function dialectsOf(provider: string): Dialect[] {
	const file = path.join(__dirname, 'dialects', `${provider}.ts`);
	return existsSync(file) ? (load(file) as { dialects: Dialect[] }).dialects : [];
}
