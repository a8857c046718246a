import { readFileSync } from 'node:fs';

/** One text of the corpus, as bytes. */
export interface JsonSample {
  readonly name: string;
  readonly bytes: Buffer;
}

/** What no reader may take for JSON. */
export const notJson: readonly JsonSample[] = readSamples('not-json.json');

/** What every reader must take for JSON, odd as it looks. */
export const oddJson: readonly JsonSample[] = readSamples('odd-json.json');

/** The examples of the JSON-RPC 2.0 specification, section 7. */
export const specificationExamples: readonly {
  readonly name: string;
  readonly request: string;
  readonly response: string | null;
}[] = JSON.parse(readFixture('specification.json'));

function readSamples(file: string): readonly JsonSample[] {
  const samples: readonly { readonly name: string; readonly text?: string; readonly hex?: string }[] = JSON.parse(
    readFixture(file),
  );
  return samples.map(({ name, text, hex }) => ({
    name,
    bytes: hex === undefined ? Buffer.from(text ?? '') : Buffer.from(hex, 'hex'),
  }));
}

function readFixture(file: string): string {
  return readFileSync(new URL(`../fixtures/json-rpc/${file}`, import.meta.url), 'utf8');
}
