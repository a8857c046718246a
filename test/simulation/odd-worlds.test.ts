import { expect, test } from 'vitest';
import { walkTimeoutMs, walkWorlds } from './walk-worlds.ts';

test('the real gateway keeps its promises in every world of an odd seed', { timeout: walkTimeoutMs }, async () => {
  expect(await walkWorlds('odd')).toEqual([]);
});
