import type { IDataObject } from 'n8n-workflow';
import { CallFailure } from '../core/callFailure';
import type { HttpReply } from '../core/contract';
import { isObject } from '../core/exactJson';
import type { RowReader } from './rowReader';

/** What `Simplify` chooses between: our shape, or the provider's answer. */
export type OutputShape = 'simplified' | 'asItCame';

/** `Simplify`; on where the form has no such field. */
export function readShape(row: Pick<RowReader, 'value'>): OutputShape {
	return row.value('simple', true) === false ? 'asItCame' : 'simplified';
}

/** The result in our shape, or the provider's answer as it came. */
export function simplified(
	shape: OutputShape,
	reply: HttpReply,
	result: () => object,
): IDataObject {
	return shape === 'simplified' ? (result() as IDataObject) : asItCame(reply);
}

/**
 * The same for what a call has made or changed. A row that leaves the node looks made, so an answer
 * in which nothing of it can be found is the same error with `Simplify` off; only a missing part,
 * such as the link, is then left to who reads the answer.
 */
export function simplifiedIfCreated(
	shape: OutputShape,
	reply: HttpReply,
	result: () => object,
): IDataObject {
	if (shape === 'simplified') return result() as IDataObject;
	const problem = problemOf(result);
	if (problem !== undefined && !(problem instanceof CallFailure && problem.made)) throw problem;
	return asItCame(reply);
}

/** The result; undefined where the answer lacks a part of it. */
export function orUndefined<Result>(result: () => Result): Result | undefined {
	try {
		return result();
	} catch {
		return undefined;
	}
}

function problemOf(result: () => object): Error | undefined {
	try {
		result();
		return undefined;
	} catch (error) {
		return error as Error;
	}
}

function asItCame(reply: HttpReply): IDataObject {
	return isObject(reply.body) ? (reply.body as IDataObject) : { body: reply.body as IDataObject };
}
