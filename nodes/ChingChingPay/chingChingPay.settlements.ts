import { MAXIMUM_FILE_BYTES } from '../shared/core/limits';
import { omitNull } from '../shared/core/omitNull';
import type { ChingChingPayCredentials } from './chingChingPay.contract';
import { get } from './chingChingPay.contract';
import type { HttpCall, HttpReply } from '../shared/core/contract';
import { isObject } from '../shared/core/exactJson';
import { pathPart } from '../shared/core/urls';

/** api-322476418, and with an id and `/download` behind it api-322478080 */
const SETTLEMENTS = '/api/v1/settlements';

/** All optional, by the names of api-322476418. */
export interface SettlementFilter {
	isTransferred: string | null;
	startTime: string | null;
	endTime: string | null;
}

/** @param page counted from 1 (Inferred) */
export function listSettlementsCall(
	filter: SettlementFilter,
	page: number,
	pageSize: number,
	credentials: ChingChingPayCredentials,
): HttpCall {
	const query = omitNull({
		page,
		page_size: pageSize,
		is_transferred: filter.isTransferred,
		start_time: filter.startTime,
		end_time: filter.endTime,
	});
	const pairs = Object.entries(query).map(
		([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
	);
	return get(credentials, `${SETTLEMENTS}?${pairs.join('&')}`);
}

/** api-322478080. The answer is a file. */
export function downloadSettlementCall(
	settlementId: string,
	credentials: ChingChingPayCredentials,
): HttpCall {
	return {
		...get(credentials, `${SETTLEMENTS}/${pathPart(settlementId, 'Settlement ID')}/download`),
		maximumReplyBytes: MAXIMUM_FILE_BYTES,
	};
}

/**
 * The settlements of one page; undefined if the answer holds no list. No page shows how the answer
 * looks, so the only list in it is taken.
 */
export function readSettlements({ body }: HttpReply): Array<Record<string, unknown>> | undefined {
	const data = isObject(body) && 'data' in body ? body.data : body;
	const places = isObject(data) ? Object.values(data) : [data];
	const lists = places.filter(Array.isArray);
	return lists.length === 1
		? (lists[0] as unknown[]).map((entry) => (isObject(entry) ? entry : { value: entry }))
		: undefined;
}
