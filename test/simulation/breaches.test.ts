import { beforeAll, describe, expect, test } from 'vitest';
import type { ChainDocuments } from '../../src/model/chain-document.ts';
import { packagedDocuments } from '../support/chain-documents.ts';
import { type Planting, plantings } from './breaches/planted.ts';
import { promises } from './promises/all.ts';
import { runWorld, type WorldOutcome } from './run-world.ts';

/** Worlds walked for one defect: it must show in one of them. */
const mostWorlds = 30;

let documents: ChainDocuments;

beforeAll(async () => {
  documents = await packagedDocuments();
});

describe('a promise is no empty one', () => {
  const named = plantings.map((planting) => [planting.vow.words, planting.what, planting] as const);

  test.each(named)('“%s” is seen to be broken where %s', { timeout: 120_000 }, async (words, _, planting) => {
    expect(await findBroken(planting)).toMatch(new RegExp(`^${words}: `));
  });

  test('every promise has a defect that breaks it', () => {
    expect(new Set(plantings.map(({ vow }) => vow))).toEqual(new Set(promises));
  });
});

describe('a world', () => {
  test('replays exactly from its seed, call by call', async () => {
    const [one, other] = [await runAgain(17), await runAgain(17)];
    expect(storyOf(one).length).toBeGreaterThan(1000);
    expect(storyOf(other)).toEqual(storyOf(one));
  });

  test('is another one under another seed', async () => {
    expect(storyOf(await runAgain(17))).not.toEqual(storyOf(await runAgain(19)));
  });
});

async function findBroken({ vow, from, plant }: Planting): Promise<string | undefined> {
  for (let seed = from; seed < from + mostWorlds; seed += 1) {
    const { broken } = await runWorld(seed, { vows: [vow], documents, breach: plant() });
    if (broken !== undefined) return broken;
  }
  return undefined;
}

function runAgain(seed: number): Promise<WorldOutcome> {
  return runWorld(seed, { vows: promises, documents });
}

function storyOf({ trace }: WorldOutcome): readonly string[] {
  return trace.lines(100_000);
}
