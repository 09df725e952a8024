/**
 * The providers as they are found on disk, so that a new one is tested without being named here.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ICredentialType, INodeType } from 'n8n-workflow';
import { providerFolders } from '../../scripts/providerFolders.cjs';

export { providerFolders };

export const root = path.resolve(__dirname, '..', '..');
const load = createRequire(__filename);

/** A new one each time: n8n changes descriptions. */
export const newNode = (folder: string) =>
	newInstance<INodeType>(`nodes/${folder}/${folder}.node.ts`, folder);

export const newTrigger = (folder: string) =>
	newInstance<INodeType>(`nodes/${folder}/${folder}Trigger.node.ts`, `${folder}Trigger`);

export const newCredential = (folder: string) =>
	newInstance<ICredentialType>(`credentials/${folder}Api.credentials.ts`, `${folder}Api`);

/** Loaded where it is used: what is wrong with one provider fails its own tests. */
function newInstance<Type>(file: string, name: string): Type {
	const Class = (load(path.join(root, file)) as Record<string, (new () => Type) | undefined>)[name];
	if (Class === undefined) throw new Error(`${file} exports no ${name}.`);
	return new Class();
}
