import type { CallRecord, Scene, Vow, Watch } from '../watch.ts';

/** Sends of one call, the one more included that goes to an upstream which answered well just now. */
const mostSends = 4;

/** A call is tried a few times, each time elsewhere, within a budget. */
export const attempts: Vow = {
  words: 'few attempts, each at another endpoint, and retries within the budget',
  watch(scene): Watch {
    const calls: number[] = [];
    const retries: Retry[] = [];
    return {
      booted: () => {
        calls.length = 0;
        retries.length = 0;
      },
      settled: ({ sends, reply }) => {
        if (sends.length === 0 && reply?.kind === 'fault') calls.push(scene.now());
      },
      sent: (sent) => {
        const record = scene.calls().get(sent.call.number);
        if (record === undefined || !record.sends.includes(sent)) return;
        countSends(scene, record);
        if (record.sends.length === 1) calls.push(sent.at);
        if (sent.purpose === 'retry' && record.call.send === 'read') {
          retries.push({ at: sent.at, number: record.call.number });
          judgeBudget(scene, calls, retries);
        }
      },
    };
  },
};

interface Retry {
  readonly at: number;
  readonly number: number;
}

function countSends(scene: Scene, { sends, call }: CallRecord): void {
  if (sends.length > mostSends) scene.complain(`#${call.number} was sent ${sends.length} times`);
  const keys = new Set(sends.map(({ key }) => key));
  if (keys.size < sends.length) scene.complain(`#${call.number} was sent twice to one endpoint`);
}

/** Within each second: 20 % of the calls of the last 30 s, those that found nobody to ask included, at least 10; one retry of each call may be the one that is free. */
function judgeBudget(scene: Scene, calls: number[], retries: Retry[]): void {
  const second = Math.floor(scene.now() / 1000) * 1000;
  while ((calls[0] ?? second) < second - 31_000) calls.shift();
  while ((retries[0]?.at ?? second) < second) retries.shift();
  const free = new Set(retries.map(({ number }) => number)).size;
  const paid = retries.length - free;
  const most = Math.max(0.2 * calls.length, 10);
  if (paid > most) scene.complain(`${paid} paid retries within a second, and ${calls.length} calls in 30 s`);
}
