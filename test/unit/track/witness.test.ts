import { describe, expect, test } from 'vitest';
import { gatherWitnesses, nameWitnesses } from '../../../src/track/witness.ts';
import { endpoint, ethereumPolicy, head } from './builders.ts';

const around = { ...ethereumPolicy, wall: 1_700_000_000_000 };

describe('who is an independent witness', () => {
  test('each operator is one', () => {
    expect(nameWitnesses([endpoint(0), endpoint(1)])).toEqual(
      new Map([
        ['url-0', 'p0.example'],
        ['url-1', 'p1.example'],
      ]),
    );
  });

  test('several URLs of one operator are one', () => {
    const names = nameWitnesses([endpoint(0), endpoint(1, { group: 'p0.example' }), endpoint(2)]);
    expect(new Set(names.values()).size).toBe(2);
    expect(names.get('url-0')).toBe(names.get('url-1'));
  });

  test('providers that share a URL are one, and so are all URLs of theirs (B29)', () => {
    const shared = [endpoint(0), endpoint(1, { tracker: 'url-0' }), endpoint(2, { group: 'p1.example' }), endpoint(3)];
    const names = nameWitnesses(shared);
    expect(names.get('url-0')).toBe(names.get('url-2'));
    expect(names.get('url-3')).not.toBe(names.get('url-0'));
  });

  test('groups that turn out to share a URL late are joined all the same', () => {
    const names = nameWitnesses([endpoint(0), endpoint(1), endpoint(2, { tracker: 'url-0', group: 'p1.example' })]);
    expect(names.get('url-0')).toBe(names.get('url-1'));
  });

  test('where all are of one operator, each URL is one', () => {
    const own = [0, 1, 2].map((index) => endpoint(index, { group: 'own' }));
    expect(new Set(nameWitnesses(own).values()).size).toBe(3);
  });
});

describe('what an operator stands for', () => {
  const of = (...heights: readonly number[]) =>
    gatherWitnesses(
      heights.map((height) => ({ witness: 'own', head: head(height) })),
      around,
    )[0]?.head.height;

  test.each([
    ['its only head', [100], 100],
    ['the highest of its heads', [100, 103, 99], 103],
    ['the others, where one is far ahead', [100, 1_000_000_000, 99], 100],
    ['the lower of two far apart without times', [1000, 100], 100],
    ['the higher while within the bound', [200, 100], 200],
  ])('%s', (_, heights, height) => {
    expect(of(...heights)).toBe(height);
  });

  test('of two far apart, the one with a block of now', () => {
    const heads = [head(1000, { timeMs: around.wall - 5000 }), head(100, { timeMs: around.wall - 9_000_000 })];
    const [witness] = gatherWitnesses(
      heads.map((one) => ({ witness: 'own', head: one })),
      around,
    );
    expect(witness?.head.height).toBe(1000);
  });

  test('witnesses come highest first, whatever order they were seen in', () => {
    const seen = [head(99), head(101), head(100)].map((one, index) => ({ witness: `w${index}`, head: one }));
    expect(gatherWitnesses(seen, around).map((one) => one.head.height)).toEqual([101, 100, 99]);
  });
});
