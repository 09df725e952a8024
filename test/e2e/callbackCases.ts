import type { IDataObject } from 'n8n-workflow';
import { testProviders, type TestProvider } from '../providers';
import type { ProviderCase } from './support';

export const callbackByUrl = (url: string): IDataObject => ({ callback: 'url', callbackUrl: url });

/** One provider in a real n8n. */
export type CallbackCase = ProviderCase & Pick<TestProvider, 'wait'> & TestProvider['credential'];

export const callbackCases: readonly CallbackCase[] = testProviders().map(
	({ nodeName, triggerName, credentialName, ...facts }) => ({
		...facts.credential,
		provider: facts.name,
		displayName: facts.folder,
		node: nodeName,
		trigger: triggerName,
		credential: credentialName,
		order: facts.order,
		money: facts.money,
		...(facts.form.callback.includes('url') && { callbackParameters: callbackByUrl }),
		lookUp: facts.lookUp,
		acknowledgement: facts.acknowledgement,
		...(facts.wait && { wait: facts.wait }),
	}),
);

/** The one of this name, for a suite that is about one provider. */
export function providerCase(name: string): CallbackCase {
	const found = callbackCases.find(({ provider }) => provider === name);
	if (!found) throw new Error(`There is no test/providers/${name}.ts.`);
	return found;
}
