import { describe, expect, test } from 'vitest';
import type { AttemptOutcome } from '../../../src/model/answer.ts';
import { type Ending, endingOf } from '../../../src/select/ending.ts';
import { errorOutcome, goodOutcome, lostOutcome, rateLimitedOutcome } from '../../support/build-outcome.ts';

const cases: readonly (readonly [string, AttemptOutcome, Ending])[] = [
  ['a good answer', goodOutcome(), 'good'],
  ['a revert', errorOutcome({ meaning: 'reverted', blame: 'none', retry: 'no' }), 'good'],
  ["a client's own mistake", errorOutcome({ meaning: 'invalid-params', blame: 'client', retry: 'no' }), 'good'],
  ['a timeout', lostOutcome(), 'failed'],
  ['an internal error of the upstream', errorOutcome({ meaning: 'internal-error' }), 'failed'],
  ['a loser of a race (B10)', lostOutcome({ meaning: 'cancelled', blame: 'none', retry: 'no' }), 'cancelled'],
  ['a rate limit', rateLimitedOutcome(7000), 'neutral'],
  ['a method it lacks', errorOutcome({ meaning: 'method-unsupported', blame: 'capability', retry: 'once' }), 'neutral'],
  ['an error nobody knows', errorOutcome({ meaning: 'generic', blame: 'none', retry: 'once' }), 'neutral'],
  ['trouble of our own', lostOutcome({ meaning: 'local-network', blame: 'none', retry: 'no' }), 'neutral'],
];

describe('what an outcome tells of its upstream', () => {
  test.each(cases)('%s', (_, outcome, ending) => {
    expect(endingOf(outcome)).toBe(ending);
  });
});
