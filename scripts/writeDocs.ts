/**
 * Writes the tables of docs/providers/*.md anew from the code:
 *
 *   npm run docs
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { providerFolders } from './providerFolders.cjs';
import { pageOf, readProvider, withTables } from './providerTables';

async function main(): Promise<void> {
	for (const folder of providerFolders()) {
		const file = path.join(__dirname, '..', pageOf(folder));
		const page = readFileSync(file, 'utf8');
		const made = withTables(page, await readProvider(folder));
		if (made !== page) writeFileSync(file, made);
		console.log(`${pageOf(folder)}: ${made === page ? 'as it was' : 'written'}`);
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
