import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Fault, faults } from '../../src/model/faults.ts';
import { blockReasons } from '../../src/model/standing.ts';
import { metricTable } from '../../src/observe/metric-table.ts';
import { restartKeyNames } from '../../src/world/plan-reload.ts';
import { projectRoot } from './source-files.ts';

/** Pages made from tables; `npx vitest run test/architecture/docs.test.ts -u` writes them anew. */
const page = (name: string): string => join(projectRoot, 'docs', name);

const generated = '<!-- Generated from the sources: npx vitest run test/architecture/docs.test.ts -u -->';

function faultsPage(): string {
  const rows = Object.entries<Fault>(faults).map(
    ([name, { code, http, when, retryAfter }]) =>
      `| \`${name}\` | ${code} | ${http} | ${retryAfter === true ? 'yes' : ''} | ${when} |`,
  );
  return [
    '# Faults: what the gateway itself answers',
    '',
    generated,
    '',
    "An error of the gateway's own carries `error.data.fault`, which is what to decide by: codes follow what client libraries",
    'retry. An error without `data.fault` is the upstream’s own, passed on unchanged. `server.faultStatus: 200` keeps the HTTP',
    'status at 200 for those who want it.',
    '',
    '| fault | JSON-RPC code | HTTP | `Retry-After` | when |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function metricsPage(): string {
  const rows = Object.values(metricTable).map(
    ({ name, kind, labels, help }) =>
      `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
  );
  return [
    '# Metrics',
    '',
    generated,
    '',
    '`GET /metrics` on the admin server. Base units, `_total` for counters. Labels hold configured names and closed lists only;',
    'a value that is not known has no line. Process metrics of Node.js come beside these.',
    '',
    '| metric | kind | labels | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

test('docs/faults.md is the fault table', async () => {
  await expect(faultsPage()).toMatchFileSnapshot(page('faults.md'));
});

test('docs/metrics.md is the metric table', async () => {
  await expect(metricsPage()).toMatchFileSnapshot(page('metrics.md'));
});

test('the README names the two commands of a fresh machine', () => {
  const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  expect(readme).toContain('npm ci && npm start');
  expect(readme).toContain('npm ci && npm test');
});

test('the guide names every block reason', () => {
  const guide = readFileSync(page('read-a-block-reason.md'), 'utf8');
  const named = [...guide.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]);
  expect(named).toEqual([...blockReasons]);
});

test('the page on reloads names every key that waits for a restart', () => {
  const text = readFileSync(page('reload.md'), 'utf8');
  const row = text.split('\n').find((line) => line.includes('after a restart')) ?? '';
  expect(restartKeyNames.filter((key) => !row.includes(`\`${key}\``))).toEqual([]);
});
