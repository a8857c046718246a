import type { Cancel } from '../ports/clock.ts';

/** One listener on the client's connection, however many calls its batch holds. */
export function collectCancels(onClientGone: (cancel: Cancel) => void): (cancel: Cancel) => void {
  let cancels: Cancel[] | undefined;
  return (cancel) => {
    if (cancels === undefined) {
      const all: Cancel[] = [];
      cancels = all;
      onClientGone(() => {
        for (const each of all) each();
      });
    }
    cancels.push(cancel);
  };
}
