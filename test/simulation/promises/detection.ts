import type { Scene, Vow, Watch } from '../watch.ts';
import type { Sent, SentEnd } from '../world/sim-network.ts';

/** Broken in a row on their connections, so many polls are enough: the second was sent at once on a fresh one. */
const brokenPolls = 2;
/** Failed otherwise, so many are, once they span so long. */
const failedPolls = 3;
const spanMs = 5000;
/** One more poll while clients call, at the slowest pace, and the longest that one may take. */
const onePollMs = 10_000 + 3000;

/** Polls of one upstream that failed since the last one that says otherwise. */
interface Streak {
  failed: number;
  broken: number;
  readonly firstAt: number;
  /** When it must be out of rotation; undefined: not yet. */
  dueAt: number | undefined;
}

/** What fails every poll is noticed, whether calls come or not: the polls alone must take it out of rotation. */
export const detection: Vow = {
  words: 'an endpoint that fails every poll is out of rotation one poll later',
  watch(scene): Watch {
    const streaks = new Map<string, Streak>();
    return {
      booted: () => streaks.clear(),
      reloaded: () => streaks.clear(),
      // Polls of before a change of standing decide nothing after it.
      event: (event) => {
        if (event.kind === 'standing-changed') streaks.delete(event.upstream);
      },
      ended: (sent, end) => {
        if (!isHeadPoll(sent) || end.kind === 'cancelled') return;
        if (saysAgainst(end)) streaks.set(sent.key, withFailure(streaks.get(sent.key), end));
        else streaks.delete(sent.key);
      },
      looked: () => {
        for (const [key, streak] of streaks) judge(scene, key, streak);
      },
    };
  },
};

/** Finality is asked for besides: only the head decides. */
function isHeadPoll({ purpose, call }: Sent): boolean {
  return purpose === 'poll' && call.method === 'eth_getBlockByNumber' && call.params[0] === 'latest';
}

/** A refusal to be asked so often is no failure, and no route or no name may be our own trouble. */
function saysAgainst({ worth, words }: SentEnd): boolean {
  return worth === 'bad' && words !== 'unreachable' && words !== 'dns';
}

function withFailure(before: Streak | undefined, { at, words }: SentEnd): Streak {
  const isBroken = words === 'refused' || words === 'reset';
  const { failed, broken, firstAt, dueAt } = before ?? { failed: 0, broken: 0, firstAt: at, dueAt: undefined };
  const next: Streak = { failed: failed + 1, broken: isBroken ? broken + 1 : 0, firstAt, dueAt };
  const isEnough = next.broken >= brokenPolls || (next.failed >= failedPolls && at - firstAt >= spanMs);
  return isEnough ? { ...next, dueAt: dueAt ?? at + onePollMs } : next;
}

function judge(scene: Scene, key: string, { failed, firstAt, dueAt }: Streak): void {
  if (dueAt === undefined || scene.now() < dueAt) return;
  const found = scene.pairing().upstreams.find(({ endpoint }) => endpoint.key === key);
  if (found?.standing !== 'serving') return;
  const seconds = Math.round((scene.now() - firstAt) / 1000);
  scene.complain(`${key} failed ${failed} polls in a row within ${seconds} s and still serves`);
}
