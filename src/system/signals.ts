import type { Cancel } from '../ports/clock.ts';

/** What an operator tells the process: stop after draining, stop at once, read the configuration again. */
export type Signal = 'SIGTERM' | 'SIGINT' | 'SIGHUP';

const signals: readonly Signal[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/**
 * Calls `hear` for every signal that arrives, each time, until cancelled. While subscribed the signals no longer end the
 * process by themselves; the last subscriber's cancel gives them their usual effect back.
 */
export function onSignals(hear: (signal: Signal) => void): Cancel {
  const listeners = signals.map((signal) => ({ signal, run: () => hear(signal) }));
  for (const { signal, run } of listeners) process.on(signal, run);
  return () => {
    for (const { signal, run } of listeners) process.off(signal, run);
  };
}
