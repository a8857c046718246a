import { readFileSync } from 'node:fs';

/** What is known of one network, from sources other than its document; an empty text is what nobody knows. */
export interface ChainFacts {
  readonly name: string;
  readonly family: string;
  /** Without `ws`, which is a way to speak an interface and none of its own. */
  readonly interfaces: readonly string[];
  /** As an upstream answers it; decimal on evm. */
  readonly identity: string;
  /** `tag:…` and `commitment:…` are read, `depth:n` is n blocks below the tip, `instant` is the head. */
  readonly finality: string;
  /** Numbers of the document by their keys there; only those that are known. */
  readonly numbers: Readonly<Record<string, number>>;
}

/** Columns of numbers, and the key of a document each is held against. */
const numberColumns = {
  block_time_ms: 'blockTimeMs',
  safe_depth: 'safeDepth',
  lag_limit_blocks: 'lagLimit',
  epoch_blocks: 'epochBlocks',
} as const;

const [titles = '', ...lines] = readFileSync(new URL('../fixtures/chains.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');
const columns = titles.split('\t');

/** The rows of `test/fixtures/chains.tsv`. */
export const chainFacts: readonly ChainFacts[] = lines.map(readFacts);

/**
 * One row of the table.
 * @throws where it has not a cell for each column.
 */
export function readFacts(line: string): ChainFacts {
  const cells = line.split('\t');
  if (cells.length !== columns.length) throw new Error(`${cells.length} cells in ${columns.length} columns: ${line}`);
  const cell = (column: string): string => cells[columns.indexOf(column)] ?? '';
  return {
    name: cell('name'),
    family: cell('family'),
    interfaces: cell('interfaces')
      .split(',')
      .filter((name) => name !== 'ws'),
    identity: cell('identity_value'),
    finality: cell('finality'),
    numbers: Object.fromEntries(
      Object.entries(numberColumns).flatMap(([column, key]) =>
        cell(column) === '' ? [] : [[key, Number(cell(column))]],
      ),
    ),
  };
}
