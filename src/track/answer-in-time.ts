import type { Reply } from '../ports/ask.ts';
import type { Clock } from '../ports/clock.ts';

/** Beyond its own timeout, a question this late will never be answered. */
export const lostGraceMs = 2000;

/** Waits for a reply, and no longer than told: resolves with `lost` then, and where the asking failed. Never rejects. */
export function answerInTime(asking: Promise<Reply>, clock: Clock, timeoutMs: number): Promise<Reply | 'lost'> {
  return new Promise((resolve) => {
    const cancel = clock.after(timeoutMs + lostGraceMs, () => resolve('lost'));
    const end = (reply: Reply | 'lost'): void => {
      cancel();
      resolve(reply);
    };
    asking.then(end, () => end('lost'));
  });
}
