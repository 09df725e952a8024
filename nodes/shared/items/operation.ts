import type {
	IBinaryData,
	IBinaryKeyData,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
} from 'n8n-workflow';
import type { HttpCall, HttpReply, Sent } from '../core/contract';
import { MAXIMUM_FILE_MILLISECONDS } from '../core/limits';
import type { RowReader } from './rowReader';
import type { MadeRow } from './retryMemory';
import type { RowSender } from './rowSender';
import { orUndefined, readShape, simplified, simplifiedIfCreated } from './simplify';

/** What one row puts out: an item, several, or one with a file. */
export type RowOutput = IDataObject | IDataObject[] | INodeExecutionData;

/** The merchant's own number of what is made, and the display name of its field. */
export interface NamedReference {
	reference: string | null;
	field: string;
}

/**
 * One operation of a node. Reading is apart from sending, so that everything that can be wrong with
 * a row is found before anything is sent.
 */
export interface Operation<Credentials, Order = unknown> {
	/**
	 * Reads the item's fields, and makes of them what is sent. Asks nobody.
	 *
	 * @throws InputError naming the field that is wrong
	 */
	read(row: RowReader, credentials: Credentials): Order;
	/**
	 * Refuses what the row alone does not show to be wrong: what else happens in this execution. Asks
	 * nobody.
	 *
	 * @throws InputError
	 */
	check?(order: Order, context: IExecuteFunctions): void;
	/** What names that which it makes. Absent: nothing does, or it makes nothing. */
	named?(order: Order): NamedReference;
	/** Sends it, and reads the answer. What has to be asked first is asked here. */
	send(order: Order, row: RowSender<Credentials>): Promise<RowOutput>;
}

/** The operations of a node by resource and operation. */
export type Operations<Credentials> = Record<string, Record<string, Operation<Credentials>>>;

/** An operation of one call. */
export interface OneCall<Credentials, Order, Result extends object = object> {
	/** The item's fields. */
	read: (row: RowReader, credentials: Credentials) => Order;
	call: (order: Order, credentials: Credentials) => HttpCall;
	/** The answer in our shape. */
	result: (reply: HttpReply, sent: Sent<Credentials, Order>) => Result;
}

/** Asks for one thing; with `Simplify`. */
export function lookupOperation<Credentials, Order>(lookup: OneCall<Credentials, Order>) {
	return operationOf({
		read: (row, credentials: Credentials) => ({
			sent: readSent(lookup, row, credentials),
			shape: readShape(row),
		}),
		async send({ sent, shape }, row) {
			const reply = await row.send(sent.call);
			return simplified(shape, reply, () => lookup.result(reply, sent));
		},
	});
}

/**
 * Changes what exists, where a second time changes nothing more; with `Simplify`, but an answer
 * that tells of nothing is an error in any case.
 */
export function changeOperation<Credentials, Order>(change: OneCall<Credentials, Order>) {
	return operationOf({
		read: (row, credentials: Credentials) => ({
			sent: readSent(change, row, credentials),
			shape: readShape(row),
		}),
		async send({ sent, shape }, row) {
			const reply = await row.send(sent.call);
			return simplifiedIfCreated(shape, reply, () => change.result(reply, sent));
		},
	});
}

/** An operation of one call that makes something. */
export interface Creation<Credentials, Order, Result extends object = object> extends OneCall<
	Credentials,
	Order,
	Result
> {
	/** What names it: a second row of a run with the same is refused. Absent: nothing does. */
	named?: { field: string; by: (order: Order) => string | null };
	/** Reads what a warning depends on; the warning, where there is one, is shown once a run. */
	warning?: (row: RowReader) => (sent: Sent<Credentials, Order>) => string | undefined;
	/** Refuses it before anything is sent (`Operation.check`). */
	check?: (sent: Sent<Credentials, Order>, context: IExecuteFunctions) => void;
	/** Who wants to know of what is made. */
	follow?: (
		sent: Sent<Credentials, Order>,
		row: RowSender<Credentials>,
	) => Follower<Result> | undefined;
	/** Reads which files of it are wanted; undefined where none is. */
	files?: (row: RowReader) => FileMaker<Result> | undefined;
	/** How the call is sent, where that takes more than sending it. */
	send?: (sent: Sent<Credentials, Order>, row: RowSender<Credentials>) => Promise<HttpReply>;
}

/** Not called for what an earlier try of this run has made. */
export interface Follower<Result> {
	sending: () => void;
	/** @param result what was made; throws where the answer does not show it */
	made: (result: () => Result) => void;
}

/**
 * Makes the files of what was made, in each try of a run anew. What goes wrong is a warning and never
 * thrown: a row that fails looks as if it had not been made.
 *
 * @param made undefined where the answer lacks a part of it
 */
export type FileMaker<Result> = (
	made: Result | undefined,
	row: RowSender<unknown>,
) => Promise<IBinaryKeyData | undefined>;

/**
 * Makes something, at most once (`RowSender.make`); with `Simplify`, but an answer that tells of
 * nothing that was made is an error in any case.
 */
export function createOperation<Credentials, Order, Result extends object = object>(
	creation: Creation<Credentials, Order, Result>,
) {
	const { named, warning, check, files } = creation;
	const referenceOf = ({ order }: Sent<Credentials, Order>) => named?.by(order) ?? null;
	return operationOf({
		read: (row, credentials: Credentials) => ({
			sent: readSent(creation, row, credentials),
			shape: readShape(row),
			warningAbout: row.itemIndex === 0 ? warning?.(row) : undefined,
			makeFiles: files?.(row),
		}),
		check: ({ sent }, context) => check?.(sent, context),
		named: ({ sent }) => ({ reference: referenceOf(sent), field: named?.field ?? 'Reference' }),
		async send({ sent, shape, warningAbout, makeFiles }, row) {
			const message = warningAbout?.(sent);
			if (message !== undefined) warn(row.context, message);
			const follower = creation.follow?.(sent, row);
			const { output, result } = await row.make(referenceOf(sent), async () => {
				follower?.sending();
				const reply = await (creation.send?.(sent, row) ?? row.send(sent.call));
				const readResult = () => creation.result(reply, sent);
				const made: MadeRow<Result> = { output: simplifiedIfCreated(shape, reply, readResult) };
				follower?.made(readResult);
				return makeFiles === undefined ? made : { ...made, result: orUndefined(readResult) };
			});
			const binary = await makeFiles?.(result, row);
			return binary === undefined ? output : { json: output, binary };
		},
	});
}

/** An operation that finds several things. */
export interface Listing<Credentials, Order> {
	/** The filters. */
	read: (row: RowReader) => Order;
	/** How many are wanted (`readMost`); absent: all. */
	most?: (row: RowReader) => number;
	/** Finds them in the provider's words, page by page; more than `most` may be found. */
	find: (
		order: Order,
		row: RowSender<Credentials>,
		most: number,
	) => Promise<Array<Record<string, unknown>>>;
	/** One of them in our shape; absent where there is no `Simplify`. */
	result?: (entry: Record<string, unknown>, credentials: Credentials) => object;
}

/** Lists what is found, each an item of its own; with `Simplify`. */
export function listOperation<Credentials, Order>({
	read,
	most: readMost = () => Infinity,
	find,
	result,
}: Listing<Credentials, Order>) {
	return operationOf({
		read: (row) => ({
			order: read(row),
			most: readMost(row),
			shape: result === undefined ? 'asItCame' : readShape(row),
		}),
		async send({ order, most, shape }, row: RowSender<Credentials>) {
			const found = (await find(order, row, most)).slice(0, most);
			return result === undefined || shape === 'asItCame'
				? (found as IDataObject[])
				: found.map((entry) => ({ ...result(entry, row.credentials) }));
		},
	});
}

/** An operation that gives a file. */
export interface Download<Credentials, Order> {
	read: (row: RowReader) => Order;
	call: (order: Order, credentials: Credentials) => HttpCall;
	/** The file, and what the item says of it besides. */
	result: (reply: HttpReply, sent: Sent<Credentials, Order>) => DownloadedFile;
}

export interface DownloadedFile {
	name: string;
	mimeType?: string;
	json: (file: IBinaryData) => IDataObject;
}

/** Puts an answer as a file into `Put Output File in Field`. */
export function fileOperation<Credentials, Order>(download: Download<Credentials, Order>) {
	return operationOf({
		read: (row, credentials: Credentials) => ({
			sent: readSent(download, row, credentials),
			field: row.text('binaryPropertyName', 'Put Output File in Field') || 'data',
		}),
		async send({ sent, field }, row) {
			const reply = await row.send(sent.call, {
				file: true,
				timeoutMilliseconds: MAXIMUM_FILE_MILLISECONDS,
			});
			const { name, mimeType, json } = download.result(reply, sent);
			const file = await row.context.helpers.prepareBinaryData(reply.bytes, name, mimeType);
			return { json: json(file), binary: { [field]: file } };
		},
	});
}

/** Shows a warning in the output panel. */
export function warn(context: IExecuteFunctions, message: string): void {
	context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
}

/**
 * For an operation that is none of the kinds above. The compiler checks that what `read` gives is
 * what `send` takes; whoever runs the operation need not know its type.
 */
export function operationOf<Credentials, Order>(
	operation: Operation<Credentials, Order>,
): Operation<Credentials> {
	return operation;
}

function readSent<Credentials, Order>(
	{ read, call }: Pick<OneCall<Credentials, Order>, 'read' | 'call'>,
	row: RowReader,
	credentials: Credentials,
): Sent<Credentials, Order> {
	const order = read(row, credentials);
	return { order, call: call(order, credentials), credentials };
}
