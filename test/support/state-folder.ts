import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder for the state of a gateway, removed with the test. */
export function stateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-state-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
