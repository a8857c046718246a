import { expect, it } from 'vitest';
import { onSignals } from '../../../src/system/signals.ts';

it('hears the three signals until cancelled, and leaves no listener behind', () => {
  const before = process.listenerCount('SIGTERM');
  const heard: string[] = [];
  const cancel = onSignals((signal) => heard.push(signal));
  process.emit('SIGTERM');
  process.emit('SIGINT');
  process.emit('SIGHUP');
  process.emit('SIGTERM');
  expect(heard).toEqual(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGTERM']);
  cancel();
  cancel();
  expect(process.listenerCount('SIGTERM')).toBe(before);
});
