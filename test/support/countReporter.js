/** Prints "N passed, N failed" as the last line, so that a reader (and CI) sees at once what ran. A skipped test counts as neither. */
module.exports = class CountReporter {
	onRunComplete(_, results) {
		const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
		const skipped = results.numPendingTests + results.numTodoTests;
		// At the exit, so that it stands below jest's own summary.
		process.once('exit', () =>
			process.stdout.write(
				`${results.numPassedTests} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`,
			),
		);
	}
};
