import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { ICredentialType, INodePropertyOptions } from 'n8n-workflow';
import { credentialInWords } from '../../sandbox/core/credentialInWords';
import { sandboxCredentials } from '../../sandbox/sandbox';

const folder = path.join(__dirname, '../../credentials');
const forms = readdirSync(folder)
	.flatMap((file) =>
		Object.values(
			jest.requireActual<Record<string, new () => ICredentialType>>(path.join(folder, file)),
		),
	)
	.map((Form) => new Form());

test.each(
	sandboxCredentials('http://127.0.0.1:4100').map(
		(credential) => [credential.name, credential] as const,
	),
)('what is to be typed into n8n for %s is named as in the form there', (_name, credential) => {
	const properties = forms.find(({ name }) => name === credential.type)?.properties ?? [];
	const inForm = Object.entries(credential.data).map(([field, value]) => {
		const property = properties.find(({ name }) => name === field);
		const choice =
			property?.type === 'options'
				? (property.options as INodePropertyOptions[]).find((one) => one.value === value)?.name
				: value;
		return { label: property?.displayName, value: choice };
	});
	expect(credentialInWords(credential)).toEqual(inForm);
});
