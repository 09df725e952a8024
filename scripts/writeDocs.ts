/**
 * Writes the lists of docs/providers/*.md and docs/fields.md anew from the code:
 *
 *   npm run docs
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { providerFolders } from './providerFolders.cjs';
import { FIELDS_PAGE, pageOf, readProvider, withFields, withTables } from './providerTables';

async function main(): Promise<void> {
	const providers = await Promise.all(providerFolders().map(readProvider));
	for (const provider of providers)
		rewrite(pageOf(provider.folder), (page) => withTables(page, provider));
	rewrite(FIELDS_PAGE, (page) => withFields(page, providers));
}

function rewrite(name: string, change: (page: string) => string): void {
	const file = path.join(__dirname, '..', name);
	const page = readFileSync(file, 'utf8');
	const made = change(page);
	if (made !== page) writeFileSync(file, made);
	console.log(`${name}: ${made === page ? 'as it was' : 'written'}`);
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
