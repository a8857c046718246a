import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { promtool } from '../../support/prometheus.ts';
import { prometheusFolder } from '../../support/rule-files.ts';

function filesOf(folder: string, name: string): readonly string[] {
  return readdirSync(join(folder, name)).map((file) => join(folder, name, file));
}

test('the configuration that ships is valid', () => {
  const { code, output } = promtool(['check', 'config', join(prometheusFolder, 'prometheus.yml')]);
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('is valid prometheus config file') });
});

test('the rules are valid, and promtool has nothing to remark', () => {
  const { code, output } = promtool(['check', 'rules', '--lint-fatal', ...filesOf(prometheusFolder, 'rules')]);
  expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/SUCCESS: \d+ rules found/) });
});

test.each(readdirSync(join(prometheusFolder, 'tests')))('the alerts do as the cases of %s say', (file) => {
  const { code, output } = promtool(['test', 'rules', join(prometheusFolder, 'tests', file)]);
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('SUCCESS') });
});

/** A copy of the configuration whose rules are changed so. */
function changedCopy(change: (rules: string) => string): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-rules-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(prometheusFolder, folder, { recursive: true });
  for (const file of filesOf(folder, 'rules')) writeFileSync(file, change(readFileSync(file, 'utf8')));
  return folder;
}

test.each([
  {
    what: 'a metric has another name',
    change: (rules: string) => rules.replaceAll(/\b(?:switchyard_|up\b)/g, 'gone_'),
  },
  { what: 'nothing waits', change: (rules: string) => rules.replaceAll(/for: \d+m/g, 'for: 0m') },
  {
    what: 'everything waits ten minutes longer',
    change: (rules: string) => rules.replaceAll(/for: (\d+)m/g, 'for: 1$1m'),
  },
  { what: 'everything pages', change: (rules: string) => rules.replaceAll('severity: ticket', 'severity: page') },
])('the cases of every file fail where $what', ({ change }) => {
  const folder = changedCopy(change);
  const codes = filesOf(folder, 'tests').map((file) => promtool(['test', 'rules', file]).code);
  expect(codes.length).toBeGreaterThan(0);
  expect(codes).toEqual(codes.map(() => 1));
});
