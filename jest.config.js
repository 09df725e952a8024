const shared = {
	testEnvironment: 'node',
	transform: {
		'^.+\\.ts$': [
			'@swc/jest',
			{ jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
		],
	},
	modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

/** @type {import('jest').Config} */
module.exports = {
	// It ends what hangs, nothing else: Jest's five seconds also end what a busy machine delays. Jest heeds it only here, not in a project.
	testTimeout: 120_000,
	reporters: ['default', '<rootDir>/test/support/countReporter.js'],
	projects: [
		{
			...shared,
			displayName: 'unit',
			testEnvironment: '<rootDir>/test/support/unitEnvironment.ts',
			testMatch: ['<rootDir>/test/**/*.test.ts'],
			testPathIgnorePatterns: ['/test/e2e/', '/test/queue/', '/test/compatibility/'],
			setupFiles: ['reflect-metadata'],
		},
		{
			...shared,
			displayName: 'e2e',
			testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
			setupFilesAfterEnv: ['<rootDir>/test/e2e/beforeEachFile.ts'],
			globalSetup: '<rootDir>/test/e2e/globalSetup.ts',
			globalTeardown: '<rootDir>/test/e2e/globalTeardown.ts',
		},
		{
			...shared,
			displayName: 'compatibility',
			testMatch: ['<rootDir>/test/compatibility/**/*.test.ts'],
			globalSetup: '<rootDir>/test/e2e/globalSetup.ts',
			globalTeardown: '<rootDir>/test/e2e/globalTeardown.ts',
		},
		{ ...shared, displayName: 'queue', testMatch: ['<rootDir>/test/queue/**/*.test.ts'] },
	],
};
