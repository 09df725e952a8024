/** Prints "N passed, N failed" as the last line, so that a reader (and CI) sees at once what ran. A skipped test counts as neither. */
module.exports = class CountReporter {
	onRunComplete(_, results) {
		const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
		const skipped = results.numPendingTests + results.numTodoTests;
		process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`);
	}
};
