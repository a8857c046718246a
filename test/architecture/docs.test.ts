import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TSchema } from 'typebox';
import { expect, test } from 'vitest';
import type { SchemaNode } from '../../src/config/read-by-schema.ts';
import { settingsSchema } from '../../src/config/settings-schema.ts';
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

/** The keys of the file that hold values, without those of the sections around them. */
function keysOf(node: SchemaNode): readonly string[] {
  const branches = [node, ...(node.anyOf ?? []), ...Object.values(node.patternProperties ?? {})];
  const items = branches.flatMap((branch) => (branch.items === undefined ? [] : [branch.items]));
  return [...branches, ...items.flatMap((item) => [item, ...(item.anyOf ?? [])])].flatMap(({ properties = {} }) =>
    Object.entries(properties).flatMap(([key, child]) => {
      const inner = wholes.has(key) ? [] : keysOf(child);
      return inner.length === 0 ? [key] : inner;
    }),
  );
}

/** Sections whose keys all take effect alike, and settings that are one whole. */
const wholes: ReadonlySet<string> = new Set([
  ...['limits', 'health', 'cache', 'background', 'auth', 'answerRules', 'state', 'defaults', 'methods', 'writes'],
  ...['tls', 'rateLimit', 'monthlyBudget', 'urls', 'quorum', 'cors', 'readiness', 'backup'],
]);

test('the page on reloads says of every key of the configuration what it does', () => {
  const text = readFileSync(page('reload.md'), 'utf8');
  const keys = new Set(keysOf(settingsSchema as TSchema as SchemaNode));
  const named = new Set([...text.matchAll(/`(?:\w+\.)*(\w+)`/g)].map(([, key]) => key));
  expect(keys.size).toBeGreaterThan(50);
  expect([...keys].filter((key) => !named.has(key)).sort()).toEqual([]);
});
