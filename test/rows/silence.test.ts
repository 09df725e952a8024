import { createServer, type AddressInfo } from 'node:net';
import { runNode } from '../support/contexts';
import { resetTime, secondsSlept } from '../nodes/shared/support/skippedTime';
import { sheetOf, shops } from './shops';

jest.mock('n8n-workflow', () =>
	jest
		.requireActual<typeof import('../nodes/shared/support/skippedTime')>(
			'../nodes/shared/support/skippedTime',
		)
		.n8nWorkflowThatSkipsTime(),
);
beforeEach(resetTime);
afterAll(() => jest.restoreAllMocks());

/** An address at which nobody listens. */
async function nobody(): Promise<string> {
	const server = createServer().listen(0, '127.0.0.1');
	await new Promise((resolve) => server.once('listening', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return `http://127.0.0.1:${port}`;
}

test.each(shops())(
	'200 rows through %s find out soon that nobody is there, and none says that it may have been made',
	async (name, shop) => {
		const setup = shop.setup(await nobody());
		const run = await runNode({
			...setup,
			items: sheetOf(200).map((json) => ({ json })),
			continueOnFail: 'continueRegularOutput',
		});
		const errors = (run.outputs[0] ?? []).map(({ json }) => String(json.error));
		expect(
			errors.filter(
				(error) => !/could not be reached \(ECONNREFUSED\).*Nothing was sent/.test(error),
			),
		).toEqual([]);
		expect(errors).toHaveLength(200);
		// Five attempts of the first five rows take 75 seconds of waiting at the most; of all rows it
		// would be ten times as much. TokenPay's rows wait for their turn besides.
		expect(secondsSlept()).toBeLessThan(name === 'tokenpay' ? 400 : 80);
	},
);
