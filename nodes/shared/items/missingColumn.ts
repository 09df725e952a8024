import type { IExecuteFunctions } from 'n8n-workflow';
import { isObject } from '../core/exactJson';
import { adviceOnColumn } from './columnAdvice';

/** `.order`, `['Order No']`, with or without a question mark before it. */
const NAME =
	/\??\.([\p{L}_$][\p{L}\p{M}\p{N}_$]*)|(?:\?\.)?\[\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*\]/gu;
/** An item, and the names behind it: `$json.order['No']`, `$('Sheet').item.json.total`. */
const PATH = new RegExp(
	String.raw`(\$json|\$input\.item\.json|\$\((?:"[^"]*"|'[^']*')\)\.item\.json)((?:${NAME.source})+)`,
	'gu',
);

/**
 * Which column an expression that gave nothing means, and what to do; undefined if it asks for none,
 * or for one that is there, or for one that nothing comes near.
 *
 * @param expression the field as it is saved
 */
export function adviceOnMissingColumn(
	context: IExecuteFunctions,
	itemIndex: number,
	expression: string,
): string | undefined {
	for (const [, item = '', names = ''] of expression.matchAll(PATH)) {
		let found = valueOf(context, itemIndex, item);
		let before = item;
		for (const [written, dotted, inDouble, inSingle] of names.matchAll(NAME)) {
			if (!isObject(found)) break;
			const name = dotted ?? inDouble ?? inSingle ?? '';
			if (!Object.hasOwn(found, name)) {
				const asked = { name, item: before, written: `${before}${written}` };
				const advice = adviceOnColumn(asked, Object.keys(found));
				if (advice !== undefined) return advice;
				break;
			}
			found = found[name];
			before += written;
		}
	}
	return undefined;
}

function valueOf(context: IExecuteFunctions, itemIndex: number, item: string): unknown {
	try {
		return context.evaluateExpression(`{{ ${item} }}`, itemIndex);
	} catch {
		// There is no such node, or it has not run.
		return undefined;
	}
}
