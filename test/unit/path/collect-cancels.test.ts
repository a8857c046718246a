import { expect, test } from 'vitest';
import { collectCancels } from '../../../src/path/collect-cancels.ts';
import type { Cancel } from '../../../src/ports/clock.ts';

/** A client, and what there is to stop when it goes. */
function client() {
  const listeners: Cancel[] = [];
  const stopped: string[] = [];
  const presence = collectCancels((cancel) => void listeners.push(cancel));
  const begin = (name: string): void => presence.onCancel(() => void stopped.push(name));
  const leave = (): void => {
    for (const listener of listeners) listener();
  };
  return { presence, listeners, stopped, begin, leave };
}

test('one listener stops all that was begun, and there is none before', () => {
  const { listeners, stopped, begin, leave } = client();
  expect(listeners).toHaveLength(0);
  for (const name of ['a', 'b', 'c']) begin(name);
  expect(listeners).toHaveLength(1);
  leave();
  expect(stopped).toEqual(['a', 'b', 'c']);
});

test('what is begun after the client has gone is stopped at once', () => {
  const { stopped, begin, leave } = client();
  begin('a');
  leave();
  begin('b');
  leave();
  expect(stopped).toEqual(['a', 'b']);
});

test('whoever has more to begin can see that the client has gone', () => {
  const { presence, begin, leave } = client();
  begin('a');
  expect(presence.isGone()).toBe(false);
  leave();
  expect(presence.isGone()).toBe(true);
});
