import { createRequire } from 'node:module';
import type { AxiosStatic } from 'axios';

/** Long enough that a busy machine never takes an honest answer for a time-out. */
const PATIENT_MILLISECONDS = 25_000;
/** Nobody waits half a minute for a provider that was told to give no answer. */
const SHORT_MILLISECONDS = 4_000;

let timeoutMilliseconds = PATIENT_MILLISECONDS;

/** Sets the time-out of every request that n8n sends in this test file, and nothing else of it. */
export function controlTimeouts(): void {
	const load = createRequire(__filename);
	// n8n's own copy of axios, not the one of the tests.
	const axios = load(
		load.resolve('axios', { paths: [load.resolve('@n8n/backend-network')] }),
	) as AxiosStatic;
	axios.interceptors.request.use((request) => ({ ...request, timeout: timeoutMilliseconds }));
}

/** Short only where the provider's fault is that it gives no answer. */
export function timeOutSoon(soon: boolean): void {
	timeoutMilliseconds = soon ? SHORT_MILLISECONDS : PATIENT_MILLISECONDS;
}
