import type { IDataObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import {
	MAX_REMEMBERED_ENDPOINTS,
	recallEndpoint,
	rememberedEndpoints,
	rememberRegistration,
	rememberRemoval,
	type RememberedEndpoint,
} from '../../../../nodes/shared/callbacks/endpointMemory';

const KEY = 'sk_test_of_the_credential';

interface Place {
	address: string;
	staticData?: IDataObject;
	workflowId?: string;
	nodeId?: string;
}

/** Of n8n's contexts only what tells one trigger from another, and its static data. */
function trigger({ address, staticData = {}, workflowId = 'workflow', nodeId = 'node' }: Place) {
	return {
		getMode: () => 'trigger',
		getWorkflow: () => ({ id: workflowId }),
		getNode: () => ({ id: nodeId }),
		getNodeWebhookUrl: () => address,
		getWorkflowStaticData: () => staticData,
	} as unknown as IHookFunctions & IWebhookFunctions;
}

let places = 0;

/** Static data as a registration leaves it; nothing of it is in the memory of the trigger under test. */
function savedBy(endpoint: RememberedEndpoint, key = KEY, place: Partial<Place> = {}): IDataObject {
	const staticData: IDataObject = {};
	rememberRegistration(
		trigger({ address: `saved-${++places}`, ...place, staticData }),
		key,
		endpoint,
	);
	return staticData;
}

describe('the memory of the process', () => {
	test('is bounded: the oldest trigger counts on its static data, the newest does not', () => {
		const saved = savedBy({ secret: 'saved' });
		for (let index = 0; index <= MAX_REMEMBERED_ENDPOINTS; index++)
			rememberRegistration(trigger({ address: `bound-${index}` }), KEY, {
				secret: `secret-${index}`,
			});
		const remembered = (index: number) =>
			rememberedEndpoints(trigger({ address: `bound-${index}`, staticData: saved }), KEY);
		expect(remembered(0)).toEqual([{ secret: 'saved' }]);
		expect(remembered(1)).toEqual([{ secret: 'secret-1' }, { secret: 'saved' }]);
	});

	test('keeps a trigger that is registered again: it is not the oldest any more', () => {
		rememberRegistration(trigger({ address: 'again' }), KEY, { secret: 'first' });
		for (let index = 1; index < MAX_REMEMBERED_ENDPOINTS; index++)
			rememberRegistration(trigger({ address: `other-${index}` }), KEY, { secret: 'other' });
		rememberRegistration(trigger({ address: 'again' }), KEY, { secret: 'second' });
		rememberRegistration(trigger({ address: 'one-more' }), KEY, { secret: 'other' });
		expect(rememberedEndpoints(trigger({ address: 'again' }), KEY)).toEqual([
			{ secret: 'second' },
			{},
		]);
	});

	test('after a removal has the endpoint and its secret no more, and the one before as in the static data', () => {
		const endpoint = { endpointId: 'we_1', secret: 'whsec_1' };
		const staticData: IDataObject = {};
		const removed = trigger({ address: 'removed', staticData });
		rememberRegistration(removed, KEY, endpoint);
		rememberRemoval(removed, KEY, { secretPrevious: 'whsec_1', environment: 'test' });
		const left = { secretPrevious: 'whsec_1', environment: 'test' };
		expect(recallEndpoint(removed, KEY, [])).toEqual(left);
		expect(rememberedEndpoints(removed, KEY)).toEqual([left, left]);
	});

	test('holds nothing of a removal of what this process never registered: a test listener leaves nothing behind', () => {
		rememberRemoval(trigger({ address: 'webhook-test' }), KEY, { secretPrevious: 'whsec_1' });
		expect(rememberedEndpoints(trigger({ address: 'webhook-test' }), KEY)).toEqual([{}]);
	});
});

describe('the static data', () => {
	const endpoint = {
		endpointId: 'we_1',
		url: 'https://n8n.example/webhook/1',
		secret: 'whsec_current_0123456789',
		secretPrevious: 'whsec_previous_0123456789',
		environment: 'test',
	};

	test('holds no secret in clear, and the id and the address so that the endpoint can be removed', () => {
		const saved = savedBy(endpoint);
		expect(JSON.stringify(saved)).not.toMatch(/whsec|sk_test/);
		expect(saved).toMatchObject({ endpointId: 'we_1', url: endpoint.url, environment: 'test' });
	});

	test('gives the secrets back after a restart', () => {
		const staticData = savedBy(endpoint);
		expect(rememberedEndpoints(trigger({ address: 'restarted', staticData }), KEY)).toEqual([
			endpoint,
		]);
	});

	test('holds another text each time: equal secrets are not seen', () => {
		expect(savedBy(endpoint).secret).not.toBe(savedBy(endpoint).secret);
	});

	const lost = { endpointId: 'we_1', url: endpoint.url, environment: 'test' };

	test.each<[string, IDataObject, string, Partial<Place>]>([
		['the key in the credential was changed', savedBy(endpoint), 'sk_test_another', {}],
		['it was copied to another workflow', savedBy(endpoint), KEY, { workflowId: 'copy' }],
		['it was copied to another node', savedBy(endpoint), KEY, { nodeId: 'copy' }],
		['a bit was changed', { ...savedBy(endpoint), secret: 'AAAA', secretPrevious: 'B' }, KEY, {}],
		['somebody wrote one in clear', { ...lost, secret: 'whsec_x', secretPrevious: '***' }, KEY, {}],
		['it is no text', { ...lost, secret: { a: 1 }, secretPrevious: 7 }, KEY, {}],
	])('counts as lost where %s', (_case, staticData, key, place) => {
		const restarted = trigger({ address: 'lost', staticData, ...place });
		expect(rememberedEndpoints(restarted, key)).toEqual([lost]);
	});

	test.each([
		['another endpoint', { endpointId: 'we_2' }],
		['another address', { url: 'https://n8n.example/webhook/2' }],
	])('counts as lost beside %s', (_case, change) => {
		const staticData = { ...savedBy(endpoint), ...change };
		const [saved] = rememberedEndpoints(trigger({ address: 'beside', staticData }), KEY);
		expect([saved?.secret, saved?.secretPrevious]).toEqual([undefined, undefined]);
	});

	test('does not take the previous secret for the current one', () => {
		const saved = savedBy(endpoint);
		const staticData = { ...saved, secret: saved.secretPrevious };
		const [read] = rememberedEndpoints(trigger({ address: 'moved', staticData }), KEY);
		expect(read?.secret).toBeUndefined();
	});

	test('is made readable again by the process after the key was changed: a restart loses nothing', () => {
		const staticData: IDataObject = {};
		const published = trigger({ address: 'rotated', staticData });
		rememberRegistration(published, 'sk_test_before', endpoint);
		expect(recallEndpoint(published, 'sk_test_after', ['we_1'])).toEqual(endpoint);
		const restarted = trigger({ address: 'elsewhere', staticData });
		expect(rememberedEndpoints(restarted, 'sk_test_after')).toEqual([endpoint]);
	});

	test('that is right is not written: each write makes n8n save the whole of it', () => {
		const written: PropertyKey[] = [];
		const note = (name: PropertyKey) => void written.push(name);
		const staticData = new Proxy<IDataObject>(savedBy(endpoint), {
			set: (target, name, value) => (note(name), Reflect.set(target, name, value)),
			deleteProperty: (target, name) => (note(name), Reflect.deleteProperty(target, name)),
		});
		const unchanged = trigger({ address: 'unchanged', staticData });
		rememberRegistration(unchanged, KEY, endpoint);
		recallEndpoint(unchanged, KEY, ['we_1']);
		expect(written).toEqual([]);
	});
});
