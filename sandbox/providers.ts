import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { SandboxProvider } from './core/provider';

/** Every provider that has a file in `sandbox/providers/`, in the order of their names. */
export function findProviders(): SandboxProvider[] {
	const folder = path.join(__dirname, 'providers');
	const load = createRequire(__filename);
	return readdirSync(folder)
		.filter((file) => file.endsWith('.ts'))
		.sort()
		.map((file) => {
			const { provider } = load(path.join(folder, file)) as { provider?: SandboxProvider };
			if (provider?.name !== path.basename(file, '.ts')) {
				throw new Error(
					`sandbox/providers/${file} must export a SandboxProvider as "provider", whose name is that of the file.`,
				);
			}
			return provider;
		});
}
