import { readQrCodes } from '../support/readQrCode';
import { providerCase } from './callbackCases';
import { itemsOf, makeCredential, makeWorkflow, node, packageName, stage } from './support';

test('the picture of a checkout is a file that the next step can take, and it leads to the cashier', async () => {
	const { client } = await stage();
	const payfect = providerCase('payfect');
	const { credential } = await makeCredential(payfect);
	const { id } = await makeWorkflow('A QR picture', [
		node('Start', 'n8n-nodes-base.manualTrigger', 1),
		node('Create', `${packageName}.payfect`, 1.1, {
			parameters: {
				resource: 'checkout',
				operation: 'create',
				amountFrom: 'amount',
				amount: '20.50',
				currency: 'usdt',
				reference: 'qr-picture',
				callback: 'none',
				options: { qrPicture: true },
			},
			credentials: { [credential.type]: { id: credential.id, name: credential.name } },
		}),
		node('Take the Picture', 'n8n-nodes-base.extractFromFile', 1, {
			parameters: {
				operation: 'binaryToPropery',
				binaryPropertyName: 'qrCode',
				destinationKey: 'picture',
				options: {},
			},
		}),
	]);
	const execution = await client.workflows.run(id, 'Start');
	const [taken] = itemsOf(execution, 'Take the Picture');
	const [checkout] = itemsOf(execution, 'Create');
	expect(await readQrCodes(Buffer.from(String(taken?.picture), 'base64'))).toEqual([
		checkout?.checkoutUrl,
	]);
});
