import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** The configuration of Prometheus that ships: its file, its rules and their tests. */
export const prometheusFolder = fileURLToPath(new URL('../../config/prometheus/', import.meta.url));

/** A recording or alert rule, as its file has it. */
export interface Rule {
  readonly expr: string;
  readonly record?: string;
  readonly alert?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** One case of `promtool test rules`. */
export interface AlertCase {
  readonly alertname: string;
  readonly exp_alerts?: readonly object[];
}

/** Every rule of every file. */
export function readRules(): readonly Rule[] {
  return readFolder<{ readonly groups: readonly { readonly rules: readonly Rule[] }[] }>('rules').flatMap(
    ({ groups }) => groups.flatMap(({ rules }) => rules),
  );
}

/** Every case an alert is tested with. */
export function readAlertCases(): readonly AlertCase[] {
  return readFolder<{ readonly tests: readonly { readonly alert_rule_test?: readonly AlertCase[] }[] }>(
    'tests',
  ).flatMap(({ tests }) => tests.flatMap((one) => one.alert_rule_test ?? []));
}

function readFolder<File>(name: string): readonly File[] {
  const folder = join(prometheusFolder, name);
  return readdirSync(folder).map((file) => parse(readFileSync(join(folder, file), 'utf8')));
}
