import { defineConfig } from 'vitest/config';

/** What opens sockets or starts processes: one file at a time, and not beside the others, so that nobody starves. */
const worldly = ['test/integration/**/*.test.ts', 'test/e2e/**/*.test.ts', 'test/fault/**/*.test.ts'];

/** The long versions of `npm run proof` are the same tests with more time. */
const isProof = process.env.SWITCHYARD_PROOF === '1';

export default defineConfig({
  test: {
    dangerouslyIgnoreUnhandledErrors: false,
    projects: [
      {
        test: {
          name: 'pure',
          include: ['test/**/*.test.ts'],
          exclude: worldly,
          sequence: { groupOrder: 0 },
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'worldly',
          include: worldly,
          globalSetup: 'test/support/build-once.ts',
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          testTimeout: isProof ? 600_000 : 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
