import { expect, it } from 'vitest';
import { isAlreadyKnown, meanings } from '../../../src/model/verdict.ts';

it('only what the pool or the chain has already is a success (F-142, F-151)', () => {
  expect(meanings.filter((meaning) => isAlreadyKnown({ meaning }))).toEqual(['tx-already-known', 'tx-in-chain']);
});
