/** Presses "Test" in a credential's form. */
import { CredentialTestContext } from 'n8n-core';
import {
	NodeHelpers,
	type ICredentialsDecrypted,
	type IDataObject,
	type INodeCredentialTestResult,
	type INodeParameters,
} from 'n8n-workflow';
import { assemble } from './n8nParts';
import { newCredential, newNode } from './providers';

/**
 * What n8n says of these fields, as its credentials-tester.service.js does for a node's function:
 * fields that are left out have their defaults, those that the form hides are dropped.
 *
 *   await testCredential('Payfect', { apiKey: 'key', baseUrl: sandbox.url });
 */
export async function testCredential(
	folder: string,
	fields: IDataObject,
): Promise<INodeCredentialTestResult> {
	const node = newNode(folder);
	const { properties, name } = newCredential(folder);
	const { testedBy } =
		node.description.credentials?.find((credential) => credential.name === name) ?? {};
	const test = node.methods?.credentialTest?.[String(testedBy)];
	if (test === undefined) throw new Error(`No function of ${folder} tests its credential.`);
	const { additionalData } = assemble({ node });
	const data = NodeHelpers.getNodeParameters(
		properties,
		fields as INodeParameters,
		true,
		false,
		null,
		null,
	);
	return await test.call(new CredentialTestContext(additionalData), {
		data,
	} as unknown as ICredentialsDecrypted);
}
