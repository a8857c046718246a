import type { Scene, Vow, Watch } from '../watch.ts';
import type { UrlPlan } from '../world/sim-url.ts';
import { fallsShortAt } from '../world/trouble.ts';
import { settlesMs } from './just-reset.ts';

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
        if (call.poison === undefined) return;
        for (const { key, end } of sends)
          if (!sends.some((other) => other.key !== key && other.end?.words === end?.words)) alone.set(key, scene.now());
      },
      event: (event) => {
        if (event.kind !== 'standing-changed' || event.to !== 'blocked') return;
        // Poison that nobody else failed alike cannot be told from an upstream that fails: another promise bounds what it may do.
        if (scene.now() - (alone.get(event.upstream) ?? 0) < addsUpMs) return;
        if (isBehindReset(scene, event.upstream) || (event.reason === 'outlier-head' && isOutvoted(scene))) return;
        if (!hasCause(scene, event.upstream))
          scene.complain(
            `${event.upstream} was blocked (${event.reason}: ${event.detail}) and nothing was wrong with it`,
          );
      },
    };
  },
};

/** Who sees a devnet's reset late shows heads that no longer exist, and then a block 0 that the others have long passed. */
function isBehindReset({ plan, now, url }: Scene, upstream: string): boolean {
  const { resetAt } = plan.history;
  const { program, membersLagMs } = url(upstream).plan;
  const lags = program.map(({ fault }) => (fault.kind === 'lags' ? fault.byMs : 0));
  const lateMs = Math.max(0, ...membersLagMs.slice(1), ...lags);
  return lateMs > 0 && resetAt !== undefined && resetAt <= now() && now() < resetAt + lateMs + addsUpMs;
}

/** Several that are on one wrong branch outvote those on the right one: against one liar only there is a remedy. */
function isOutvoted({ plan, now }: Scene): boolean {
  const span = { from: now() - settlesMs, to: now() };
  const isForked = ({ program }: UrlPlan): boolean =>
    program.some(({ fault, from, to }) => fault.kind === 'forked' && from <= span.to && to >= span.from);
  return plan.urls.filter(isForked).length > 1;
}

function hasCause(scene: Scene, upstream: string): boolean {
  const now = scene.now();
  return fallsShortAt(scene.url(upstream).plan.program, { from: now - lingersMs, to: now });
}
