import { configDefaults, defineConfig } from 'vitest/config';

/** Suites of real things (a browser, servers that get killed): each test file has servers, ports and folders of its own, and takes its time. */
const real = { testTimeout: 60_000, hookTimeout: 60_000, teardownTimeout: 20_000 };

/**
 * One process after the other runs many files, and loads the server once for all of them: suites that share nothing but code. Loading it anew
 * for each file took more time than half of the tests.
 */
const shared = { isolate: false };

const project = (name: string, options: Record<string, unknown> = {}) => ({
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    environment: 'node',
    ...options,
  },
});

export default defineConfig({
  test: {
    // A young folder may be empty; scripts/test.mjs is what fails when no test ran at all.
    passWithNoTests: true,
    // Child processes and not threads: the SQLite driver is a native module, and a crash must not take the runner with it.
    pool: 'forks',
    maxWorkers: 2,
    exclude: [...configDefaults.exclude, 'dist/**', 'data/**'],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
      reportsDirectory: 'coverage',
    },
    projects: [
      project('unit', { ...shared, testTimeout: 5_000 }),
      project('contract', { ...shared, testTimeout: 15_000 }),
      project('property', { ...shared, testTimeout: 60_000 }),
      project('integration', { ...shared, testTimeout: 30_000, hookTimeout: 30_000 }),
      project('api', { ...shared, testTimeout: 15_000 }),
      project('simulation', { testTimeout: 120_000 }),
      project('frontend', { ...shared, testTimeout: 5_000 }),
      project('browser', { ...shared, ...real }),
      project('e2e', real),
    ],
  },
});
