import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** What opens sockets or starts processes: one file at a time, and not beside the others, so that nobody starves. */
const worldly = ['test/integration/**/*.test.ts', 'test/e2e/**/*.test.ts', 'test/fault/**/*.test.ts'];

/** What is drawn by chance. */
const walks = ['test/property/**/*.test.ts'];

/** These run Debian's Prometheus. A machine without it leaves them out and says so; CI installs it and leaves nothing out. */
const withPrometheus = ['test/e2e/prometheus.test.ts', 'test/integration/observability/promtool.test.ts'];

const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin'];
const hasPrometheus = process.env.CI !== undefined || folders.some((folder) => existsSync(join(folder, 'promtool')));
const leftOut = hasPrometheus ? [] : withPrometheus;
if (leftOut.length > 0) {
  process.stderr.write(`Prometheus is not installed, so these tests are left out: ${leftOut.join(', ')}\n`);
}

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
          exclude: [...worldly, ...walks],
          sequence: { groupOrder: 0 },
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'walks',
          include: walks,
          setupFiles: 'test/support/fix-chance.ts',
          sequence: { groupOrder: 0 },
          testTimeout: isProof ? 600_000 : 60_000,
        },
      },
      {
        test: {
          name: 'worldly',
          include: worldly,
          exclude: leftOut,
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
