import type { Scene, Vow, Watch } from '../watch.ts';
import { fallsShortAt } from '../world/trouble.ts';

/** For so long a fault that is over may still be the cause of a block: timeouts, windows, and heads that stood still. */
const lingersMs = 150_000;

/** Within this time failures add up to a block, timeouts included. */
const addsUpMs = 60_000;

/**
 * Nobody is blocked for nothing: not for a poisonous query, a rate limit, lag, a liar among the others or trouble of our own. Some
 * fault of that very upstream, of those for which it may be blocked, must have been under way.
 */
export const cause: Vow = {
  words: 'nobody is blocked without a cause of its own',
  watch(scene): Watch {
    const alone = new Map<string, number>();
    return {
      booted: () => alone.clear(),
      settled: ({ call, sends }) => {
        const [only, another] = sends;
        if (call.poison !== undefined && only !== undefined && another === undefined) alone.set(only.key, scene.now());
      },
      event: (event) => {
        if (event.kind !== 'standing-changed' || event.to !== 'blocked') return;
        // Poison that nobody else was asked cannot be told from an upstream that fails: several kinds of it may block.
        if (scene.now() - (alone.get(event.upstream) ?? 0) < addsUpMs) return;
        if (event.reason === 'outlier-head' && isBehindReset(scene, event.upstream)) return;
        if (!hasCause(scene, event.upstream))
          scene.complain(
            `${event.upstream} was blocked (${event.reason}: ${event.detail}) and nothing was wrong with it`,
          );
      },
    };
  },
};

/** Who sees a devnet's reset late shows heads that no longer exist. */
function isBehindReset({ plan, now, url }: Scene, upstream: string): boolean {
  const { resetAt } = plan.history;
  const { program, membersLagMs } = url(upstream).plan;
  const isLate = membersLagMs.length > 1 || program.some(({ fault }) => fault.kind === 'lags');
  return isLate && resetAt !== undefined && resetAt <= now() && now() < resetAt + addsUpMs;
}

function hasCause(scene: Scene, upstream: string): boolean {
  const now = scene.now();
  return fallsShortAt(scene.url(upstream).plan.program, { from: now - lingersMs, to: now });
}
