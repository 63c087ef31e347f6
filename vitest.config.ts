import { configDefaults, defineConfig } from 'vitest/config';

/**
 * Suites that share one real thing (a browser, ports, processes that get killed) run one file at a time: on two cores a second file only
 * makes the first one time out.
 */
const serial = { fileParallelism: false, maxWorkers: 1, testTimeout: 60_000, hookTimeout: 60_000, teardownTimeout: 20_000 };

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
      project('unit', { testTimeout: 5_000 }),
      project('contract', { testTimeout: 15_000 }),
      project('property', { testTimeout: 60_000 }),
      project('integration', { testTimeout: 30_000, hookTimeout: 30_000 }),
      project('api', { testTimeout: 15_000 }),
      project('simulation', { testTimeout: 120_000 }),
      project('frontend', { testTimeout: 5_000 }),
      project('browser', serial),
      project('e2e', serial),
    ],
  },
});
