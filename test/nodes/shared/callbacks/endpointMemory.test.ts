import type { IDataObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import {
	MAX_REMEMBERED_ENDPOINTS,
	recallEndpoint,
	rememberedEndpoints,
	rememberRegistration,
	rememberRemoval,
} from '../../../../nodes/shared/callbacks/endpointMemory';

/** Of n8n's contexts only what tells one trigger from another, and its static data. */
function trigger(address: string, staticData: IDataObject = {}) {
	return {
		getMode: () => 'trigger',
		getWorkflow: () => ({ id: 'workflow' }),
		getNodeWebhookUrl: () => address,
		getWorkflowStaticData: () => staticData,
	} as unknown as IHookFunctions & IWebhookFunctions;
}

test('the memory is bounded: the oldest trigger counts on its static data, the newest does not', () => {
	for (let index = 0; index <= MAX_REMEMBERED_ENDPOINTS; index++)
		rememberRegistration(trigger(`bound-${index}`), { secret: `secret-${index}` });
	expect(rememberedEndpoints(trigger('bound-0', { secret: 'saved' }))).toEqual([
		{ secret: 'saved' },
	]);
	expect(rememberedEndpoints(trigger('bound-1', { secret: 'saved' }))).toEqual([
		{ secret: 'secret-1' },
		{ secret: 'saved' },
	]);
});

test('a trigger that is registered again is not the oldest any more', () => {
	rememberRegistration(trigger('again'), { secret: 'first' });
	for (let index = 1; index < MAX_REMEMBERED_ENDPOINTS; index++)
		rememberRegistration(trigger(`other-${index}`), { secret: 'other' });
	rememberRegistration(trigger('again'), { secret: 'second' });
	rememberRegistration(trigger('one-more'), { secret: 'other' });
	expect(rememberedEndpoints(trigger('again'))).toEqual([{ secret: 'second' }, {}]);
});

test('after a removal the endpoint and its secret are gone, and the one before is as in the static data', () => {
	const staticData = { endpointId: 'we_1', secret: 'whsec_1' };
	rememberRegistration(trigger('removed'), staticData);
	rememberRemoval(trigger('removed'), { secretPrevious: 'whsec_1', environment: 'test' });
	expect(recallEndpoint(trigger('removed', staticData), [])).toEqual({
		secretPrevious: 'whsec_1',
		environment: 'test',
	});
});

test('the removal of what this process never registered is not remembered: a test listener leaves nothing behind', () => {
	rememberRemoval(trigger('webhook-test'), { secretPrevious: 'whsec_1' });
	expect(rememberedEndpoints(trigger('webhook-test'))).toEqual([{}]);
});

test('static data that is right is not written: each write makes n8n save the whole of it', () => {
	const written: PropertyKey[] = [];
	const staticData = new Proxy<IDataObject>(
		{ endpointId: 'we_1', secret: 'whsec_1' },
		{
			set: (target, name, value) => {
				written.push(name);
				return Reflect.set(target, name, value);
			},
		},
	);
	rememberRegistration(trigger('unchanged'), staticData);
	recallEndpoint(trigger('unchanged', staticData), ['we_1']);
	expect(written).toEqual([]);
});
