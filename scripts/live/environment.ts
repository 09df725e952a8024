import type { INodeProperties } from 'n8n-workflow';
import { trimmed } from '../../nodes/shared/providerNode';
import { Stop, type Fields, type LiveProvider } from './provider';

/** The name of the environment variable that holds a field: `PAYFECT_API_KEY` holds `apiKey`. */
export function variableOf(provider: LiveProvider, field: string): string {
	return `${provider.name}_${field.replace(/([A-Z])/g, '_$1')}`.toUpperCase();
}

/** The fields of the provider's credential that a variable can hold. */
export function fieldsOf(provider: LiveProvider): INodeProperties[] {
	return new provider.credential().properties.filter(({ type }) => type !== 'notice');
}

/**
 * The credential that the environment holds; what it does not hold is as the form has it.
 *
 * @throws Stop where a field is missing without which nothing can be asked
 */
export function readCredentials(provider: LiveProvider, environment: NodeJS.ProcessEnv): Fields {
	const given = Object.fromEntries(
		fieldsOf(provider).map(({ name, default: usual }) => {
			const value = environment[variableOf(provider, name)];
			return [name, value === undefined ? (usual as string) : readValue(value, usual)];
		}),
	);
	const credentials = trimmed(given) as Fields;
	const missing = provider.needs.filter((name) => credentials[name] === '');
	if (missing.length > 0)
		throw new Stop(
			[
				`No key for ${provider.contract.displayName}. Nothing was sent. Set these environment variables, then run it again:`,
				...missing.map((name) => `  ${variableOf(provider, name)}   ${labelOf(provider, name)}`),
			].join('\n'),
		);
	return credentials;
}

const readValue = (value: string, usual: unknown) =>
	typeof usual === 'boolean' ? value === 'true' : value;

/** The field's name in n8n's form. */
export function labelOf(provider: LiveProvider, field: string): string {
	return fieldsOf(provider).find(({ name }) => name === field)?.displayName ?? field;
}

/**
 * Whether money could move: only this machine and the provider's test hosts are known to be safe.
 *
 * @returns why, in words
 */
export function whyLive(provider: LiveProvider, credentials: Fields): string | undefined {
	if (credentials.environment === 'live') return `'Environment' is Live`;
	const key = provider.needs.find((name) => /_live_/.test(String(credentials[name])));
	if (key !== undefined) return `${variableOf(provider, key)} holds a live key`;
	const { hostname } = new URL(provider.address(credentials));
	if (['127.0.0.1', 'localhost', '[::1]', ...provider.testHosts].includes(hostname))
		return undefined;
	return provider.testHosts.length === 0
		? `${provider.contract.displayName} has one address (${hostname}) for tests and live, so that only you can tell which your key is for`
		: `${hostname} is no test host of ${provider.contract.displayName} (${provider.testHosts.join(', ')})`;
}
