import type { INodePropertyOptions } from 'n8n-workflow';
import { newCredential } from '../../support/providers';
import { testProviders } from '../../providers';

const credentials = testProviders().flatMap(({ folder }) => {
	const environment = newCredential(folder).properties.find(({ name }) => name === 'environment');
	return environment === undefined ? [] : [{ folder, environment }];
});

it('is asked for by some credentials', () => {
	expect(credentials).not.toEqual([]);
});

it.each(credentials)(
	'$folder: a new credential begins in the test environment, so that nobody who tries it out moves money',
	({ environment }) => {
		const choices = (environment.options as INodePropertyOptions[]).map(({ value }) => value);
		expect([environment.displayName, environment.default]).toEqual(['Environment', 'test']);
		expect(choices).toContain('test');
	},
);
