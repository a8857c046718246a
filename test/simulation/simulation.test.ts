import { expect, test } from 'vitest';
import { packagedDocuments } from '../support/chain-documents.ts';
import { promises } from './promises/all.ts';
import { runWorld } from './run-world.ts';

/** One world by its seed (`SEED=7`) replays exactly; without it these are walked. */
const chosen = process.env.SEED;
const seeds = chosen === undefined ? Array.from({ length: 12 }, (_, at) => at + 1) : [Number(chosen)];

test('the real rooms keep their promises in every world', { timeout: 300_000 }, async () => {
  const documents = await packagedDocuments();
  const broken: string[] = [];
  for (const seed of seeds) {
    const world = await runWorld(seed, promises, documents);
    if (world.broken !== undefined) broken.push(`SEED=${seed}: ${world.broken}\n${world.trace.lines(60).join('\n')}`);
  }
  expect(broken).toEqual([]);
});
