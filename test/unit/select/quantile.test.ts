import { describe, expect, test } from 'vitest';
import { nextQuantile } from '../../../src/select/quantile.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const random = seededRandom(7);
const shapes: readonly (readonly [string, () => number])[] = [
  ['even', () => 10 + 90 * random()],
  ['exponential', () => -20 * Math.log(1 - random())],
  ['two humps', () => (random() < 0.8 ? 20 + random() : 200 + random())],
];

describe.each(shapes)('samples that are %s', (_, draw) => {
  test.each([0.5, 0.95])('the share of samples below the estimate is about %d', (share) => {
    let estimate = 0;
    for (let i = 0; i < 2_000; i += 1) estimate = nextQuantile(estimate, draw(), share);
    let below = 0;
    for (let i = 0; i < 20_000; i += 1) {
      const sample = draw();
      if (sample <= estimate) below += 1;
      estimate = nextQuantile(estimate, sample, share);
    }
    expect(Math.abs(below / 20_000 - share)).toBeLessThan(0.03);
  });
});

test('the first sample is the estimate', () => {
  expect(nextQuantile(0, 42, 0.95)).toBe(42);
});

test('an estimate stays positive whatever comes', () => {
  let estimate = nextQuantile(0, 0.01, 0.95);
  for (let i = 0; i < 10_000; i += 1) estimate = nextQuantile(estimate, 0.01, 0.95);
  expect(estimate).toBeGreaterThan(0.005);
});
