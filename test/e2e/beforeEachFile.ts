import { stage } from './support';

/**
 * No file may depend on which ran before it. A workflow that is still published would register
 * again when n8n is restarted, and an endpoint whose trigger could not remove it, as one whose
 * credential was deleted, would be told of every later payment.
 */
beforeAll(async () => {
	const { client, sandbox } = await stage();
	for (const { id } of await client.workflows.published()) await client.workflows.unpublish(id);
	await sandbox.reset();
});
