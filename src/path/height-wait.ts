import type { Cancel, Clock } from '../ports/clock.ts';

/** How often is looked whether a height was reached, in milliseconds: heads come into the snapshot no faster. */
const lookMs = 50;

/** Calls that wait at a time. Those beyond do not wait. */
const mostWaiting = 1000;

/** One call that waits for a head. */
export interface HeightWish {
  /** When waiting is over, monotonic milliseconds. */
  readonly until: number;
  isReached(): boolean;
  /** To be called with what must stop when the client has gone. */
  onCancel(cancel: Cancel): void;
}

/** Waits for heads: says how it ended. Never rejects. */
export type HeightWait = (wish: HeightWish) => Promise<'reached' | 'over' | 'gone'>;

interface Waiting extends HeightWish {
  end(how: 'reached' | 'over' | 'gone'): void;
}

/** Creates the waiting for heads of one process: one timer for all who wait, none while nobody does. */
export function createHeightWait(clock: Clock): HeightWait {
  const waiting = new Set<Waiting>();
  let isLooking = false;
  const lookSoon = (): void => {
    if (!isLooking) clock.after(lookMs, look);
    isLooking = true;
  };
  const look = (): void => {
    const now = clock.now();
    isLooking = false;
    for (const one of waiting) {
      if (one.isReached()) one.end('reached');
      else if (now >= one.until) one.end('over');
    }
    if (waiting.size > 0) lookSoon();
  };
  return (wish) =>
    new Promise((resolve) => {
      if (waiting.size >= mostWaiting || wish.until <= clock.now()) return resolve('over');
      const one: Waiting = {
        ...wish,
        end(how) {
          waiting.delete(one);
          resolve(how);
        },
      };
      waiting.add(one);
      wish.onCancel(() => one.end('gone'));
      lookSoon();
    });
}
