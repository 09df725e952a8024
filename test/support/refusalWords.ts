import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.join(__dirname, '..', '..');

/**
 * The functions of this package that write a line into n8n's log or answer with words, and which
 * arguments are the words.
 */
const WRITERS: Record<string, number[]> = {
	refuse: [2],
	logLine: [2],
	log: [1],
	refused: [0, 1],
	noSecretFits: [0, 1],
	refuseForged: [0],
	askAgainLater: [0],
	acknowledgeOnly: [0],
	notConfigured: [0],
	warnOfCallback: [1],
};
/** Members whose text gets into such a line. */
const MEMBERS = new Set(['reason', 'words', 'note', 'unreadable']);
/** Functions that say in words why something is refused. */
const SAYING = /(^p|P)roblem$|^(belongsElsewhere|contradiction|tooManyItems)$/;

/** Of an expression with one of these, either side can become the text. */
const JOINING = new Set([
	ts.SyntaxKind.QuestionQuestionToken,
	ts.SyntaxKind.BarBarToken,
	ts.SyntaxKind.PlusToken,
]);

/**
 * Every text that a refusal or log line is made of, as far as it is fixed: of a template the parts
 * between its values. Found in the source's syntax, so that a new one cannot be forgotten.
 *
 * @param file from the project's root
 */
export function refusalWords(file: string): string[] {
	const source = ts.createSourceFile(
		file,
		readFileSync(path.join(root, file), 'utf8'),
		ts.ScriptTarget.Latest,
		true,
	);
	const constants = new Map<string, ts.Expression>();
	const found: string[] = [];

	const texts = (node: ts.Node | undefined): string[] => {
		if (node === undefined) return [];
		if (ts.isStringLiteralLike(node)) return [node.text];
		if (ts.isTemplateExpression(node))
			return [
				node.head.text,
				...node.templateSpans.flatMap((span) => [...texts(span.expression), span.literal.text]),
			];
		if (ts.isConditionalExpression(node))
			return [...texts(node.whenTrue), ...texts(node.whenFalse)];
		if (ts.isBinaryExpression(node))
			return JOINING.has(node.operatorToken.kind)
				? [...texts(node.left), ...texts(node.right)]
				: [];
		if (ts.isParenthesizedExpression(node)) return texts(node.expression);
		if (ts.isIdentifier(node)) return texts(constants.get(node.text));
		return [];
	};
	const visit = (node: ts.Node, saying: boolean): void => {
		if (
			ts.isVariableDeclaration(node) &&
			ts.isIdentifier(node.name) &&
			/^[A-Z_]+$/.test(node.name.text) &&
			node.initializer &&
			ts.isStringLiteralLike(node.initializer)
		)
			constants.set(node.name.text, node.initializer);
		if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && MEMBERS.has(node.name.text))
			found.push(...texts(node.initializer));
		if (ts.isCallExpression(node) && ts.isIdentifier(node.expression))
			for (const index of WRITERS[node.expression.text] ?? [])
				found.push(...texts(node.arguments[index]));
		if (saying && ts.isReturnStatement(node)) found.push(...texts(node.expression));
		if (saying && ts.isArrowFunction(node) && !ts.isBlock(node.body))
			found.push(...texts(node.body));
		const named =
			(ts.isFunctionDeclaration(node) ||
				ts.isMethodDeclaration(node) ||
				ts.isPropertyAssignment(node)) &&
			node.name &&
			ts.isIdentifier(node.name) &&
			SAYING.test(node.name.text);
		const isFunction = ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node);
		ts.forEachChild(node, (child) => visit(child, named || (saying && !isFunction)));
	};
	// Constants may stand below their use.
	ts.forEachChild(source, function declare(node): void {
		if (ts.isVariableStatement(node))
			node.declarationList.declarations.forEach((each) => visit(each, false));
	});
	found.length = 0;
	visit(source, false);
	const trimmed = found
		.map((text) => text.replace(/^[\s.,;:()"]+|[\s.,;:("]+$/g, ''))
		.filter((text) => /[A-Za-z]{3}/.test(text));
	return [...new Set(trimmed)];
}
