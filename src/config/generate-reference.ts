import type { TSchema } from 'typebox';
import { formatDuration, formatSize } from './quantity.ts';
import type { SchemaNode } from './read-by-schema.ts';
import { settingsSchema } from './settings-schema.ts';

const introduction = `# Configuration

This page is generated from the schema the gateway reads its configuration with. After a change of the schema, write it anew with
\`npx vitest run test/unit/config/reference.test.ts -u\`.

A configuration is one file of YAML (JSON is YAML too), given as \`switchyard start --config FILE\`; without it,
\`switchyard.yaml\` of the working directory is read. The smallest useful one:

\`\`\`yaml
chains:
  ethereum:
    primary:
      - url: https://eth.example/v2/\${KEY}
      - { name: own-node, url: http://10.0.0.5:8545, ws: ws://10.0.0.5:8546 }
    backup:
      - url: https://backup.example
\`\`\`

\`switchyard check FILE\` says everything that is wrong with a file, line by line, or prints what it amounts to.

- **Durations** have a unit: \`250ms\`, \`5s\`, \`15m\`, \`1h\`, \`2d\`; only \`0\` needs none.
- **Sizes** are bytes, or have a unit: \`65536\`, \`512KiB\`, \`10MiB\`, \`1GiB\`.
- **Variables**: \`\${NAME}\` in any text is taken from the environment, \`\${NAME:-default}\` has a default for a variable that is
  unset or empty, \`$\${\` stands for \`\${\`. A variable without value and default is an error. Within \`{ }\` and \`[ ]\`, put such
  text into quotes.
- **Unknown keys** are errors, as are keys that are there twice.
- **Secrets** belong into URLs, headers and \`admin.token\`. They never appear in messages, answers, logs or metrics: endpoints
  have names. User info in a URL becomes an \`Authorization\` header.

Key names below are written from the root. \`<chain>\` is the name a chain is served under, \`[]\` one entry of a list.
`;

/** One key of the reference. */
interface Row {
  readonly key: string;
  readonly value: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** The text of `docs/configuration.md`: every key of the schema with its kind of value, its default and its meaning. */
export function renderReference(): string {
  const schema: TSchema = settingsSchema;
  const entries = Object.entries((schema as SchemaNode).properties ?? {});
  const single = entries.filter(([, node]) => node.leaf !== undefined || node.anyOf !== undefined);
  const sections = entries
    .filter((entry) => !single.includes(entry))
    .map(([key, node]) => renderSection(`\`${key}\``, node.description ?? '', rowsOf(key, node)));
  const top = renderSection(
    'Top level',
    'Keys that stand alone.',
    single.flatMap(([key, node]) => rowsOf(key, node)),
  );
  return `${introduction}\n${[...sections, top].join('\n')}`;
}

function renderSection(title: string, description: string, rows: readonly Row[]): string {
  const lines = rows.map(({ key, value, fallback, meaning }) =>
    [`\`${key}\``, value, fallback, meaning].map((text) => text.replaceAll('|', '\\|')).join(' | '),
  );
  const table = lines.map((line) => `| ${line} |\n`).join('');
  return `## ${title}\n\n${description}\n\n| key | value | default | meaning |\n|---|---|---|---|\n${table}`;
}

function rowsOf(key: string, node: SchemaNode): readonly Row[] {
  if (node.sameAs !== undefined) return [rowOfOverrides(key, node)];
  if (node.properties !== undefined)
    return Object.entries(node.properties).flatMap(([name, child]) => rowsOf(`${key}.${name}`, child));
  if (node.patternProperties !== undefined) return rowsOfMap(key, node);
  const own = { key, value: kindOfValue(node), fallback: fallbackOf(node), meaning: node.description ?? '' };
  const branches = node.items === undefined ? (node.anyOf ?? []) : (node.items.anyOf ?? [node.items]);
  const inner = branches.filter((branch) => branch.properties !== undefined);
  return [own, ...inner.flatMap((branch) => rowsOf(node.items === undefined ? key : `${key}[]`, branch))];
}

/** Keys described elsewhere are named once, not repeated. */
function rowOfOverrides(key: string, node: SchemaNode): Row {
  const value = node.items === undefined ? `keys of \`${node.sameAs}\`` : `a list as \`${node.sameAs}\` is`;
  const fallback = node.items === undefined ? 'that of the top level' : fallbackOf(node);
  return { key, value, fallback, meaning: node.description ?? '' };
}

/** Chains and accounts have keys of ours below them, headers have not. */
function rowsOfMap(key: string, node: SchemaNode): readonly Row[] {
  const child = Object.values(node.patternProperties ?? {})[0] ?? {};
  if (child.properties !== undefined) return rowsOf(`${key}.<${node.keyName ?? 'name'}>`, child);
  return [{ key, value: node.expects ?? '', fallback: fallbackOf(node), meaning: node.description ?? '' }];
}

function kindOfValue(node: SchemaNode): string {
  switch (node.leaf) {
    case 'duration':
      return `duration${boundsOf(node, formatDuration)}`;
    case 'size':
      return `size${boundsOf(node, formatSize)}`;
    case 'count':
      return `whole number${boundsOf(node, String)}`;
    case 'share':
      return `number${boundsOf(node, String)}`;
    case 'choice':
      return (node.values ?? []).length > 12
        ? 'one of a closed list'
        : (node.values ?? []).map((word) => `\`${word}\``).join(', ');
    default:
      return node.expects ?? '';
  }
}

function boundsOf({ minimum, maximum }: SchemaNode, format: (value: number) => string): string {
  return minimum === undefined || maximum === undefined ? '' : `, ${format(minimum)} to ${format(maximum)}`;
}

function fallbackOf(node: SchemaNode): string {
  const { default: fallback, inheritsFrom, minItems = 0 } = node;
  if (inheritsFrom !== undefined) return `that of \`${inheritsFrom}\``;
  if (fallback === undefined) return '';
  if (Array.isArray(fallback) && fallback.length < minItems) return 'must be given';
  if (Array.isArray(fallback)) return fallback.length === 0 ? 'none' : `\`[${fallback.join(', ')}]\``;
  return typeof fallback === 'object' ? '' : `\`${String(fallback)}\``;
}
