import { createRequire } from 'node:module';
import type { AxiosStatic } from 'axios';

/**
 * Cuts the time-out of every request that n8n sends in this test file, and nothing else of it, so that nobody waits half a minute
 * for a provider that gives no answer.
 */
export function shortTimeouts(milliseconds: number): void {
	const load = createRequire(__filename);
	// n8n's own copy of axios, not the one of the tests.
	const axios = load(load.resolve('axios', { paths: [load.resolve('@n8n/backend-network')] })) as AxiosStatic;
	axios.interceptors.request.use((request) => ({ ...request, timeout: milliseconds }));
}
