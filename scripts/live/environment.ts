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
 * @throws Stop where a field is missing without which nothing can be asked, or holds no choice of it
 */
export function readCredentials(provider: LiveProvider, environment: NodeJS.ProcessEnv): Fields {
	const given = Object.fromEntries(
		fieldsOf(provider).map((field) => [field.name, readField(provider, field, environment)]),
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

/**
 * Words that are no choice are refused: "Custom" taken as it stands was neither test nor custom, and
 * requests meant for the sandbox went to the provider.
 */
function readField(
	provider: LiveProvider,
	field: INodeProperties,
	environment: NodeJS.ProcessEnv,
): string | boolean {
	const variable = variableOf(provider, field.name);
	const given = environment[variable]?.trim();
	if (given === undefined) return field.default as string | boolean;
	const choices = choicesOf(field);
	if (choices.length === 0) return given;
	const wanted = given.toLowerCase();
	const choice = choices.find(({ name, value }) =>
		[name, String(value)].some((word) => word.toLowerCase() === wanted),
	);
	if (choice === undefined)
		throw new Stop(
			`${variable} cannot be "${given}": ${choicesInWords(field)}. Correct the environment variable. Nothing was sent.`,
		);
	return choice.value;
}

interface Choice {
	name: string;
	value: string | boolean;
}

/** What the form lets one choose from; none where it takes any text. */
function choicesOf({ type, options = [] }: INodeProperties): Choice[] {
	if (type === 'boolean')
		return [
			{ name: 'on', value: true },
			{ name: 'off', value: false },
		];
	return options.flatMap((option) =>
		'value' in option ? [{ name: option.name, value: String(option.value) }] : [],
	);
}

/** The choices of a field, as the form names them; empty where it takes any text. */
export const choicesInWords = (field: INodeProperties) =>
	choicesOf(field)
		.map(({ name }) => name)
		.join(' or ');

/** A value as the form shows it. */
export function shownValue(provider: LiveProvider, field: string, value: string | boolean): string {
	const found = fieldsOf(provider).find(({ name }) => name === field);
	const choice = found && choicesOf(found).find((one) => one.value === value);
	if (choice !== undefined) return choice.name;
	return value === '' ? '(leave it empty)' : `\`${String(value).replaceAll('\n', '⏎')}\``;
}

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
