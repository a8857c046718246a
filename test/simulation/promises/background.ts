import { isProven } from '../../../src/control/pairing-inputs.ts';
import type { Scene, Vow, Watch } from '../watch.ts';
import type { Sent } from '../world/sim-network.ts';

/** Most rounds of probes, and most polls, of one endpoint within ten seconds. */
const mostRounds = 12;
const mostPolls = 24;
const spanMs = 10_000;

/** Least time between two calls to an endpoint that asked us to slow down, less what two clocks' ticks may differ by. */
const pacedMs = 980;

/** What the gateway asks on its own account stays within bounds, and whoever asked for quiet is left alone. */
export const background: Vow = {
  words: 'own questions are few, one probe at a time, and a hold-off is respected',
  watch(scene): Watch {
    const rounds = new Map<string, number[]>();
    const polls = new Map<string, number[]>();
    const probing = new Set<string>();
    const pacedAt = new Map<string, number>();
    return {
      booted: () => {
        for (const book of [rounds, polls, probing, pacedAt]) book.clear();
      },
      sent: (sent) => {
        const { key, purpose, call } = sent;
        if (purpose === 'probe') {
          if (probing.has(key)) scene.complain(`${key} is asked by two probes at once`);
          probing.add(key);
          if (call.method === 'eth_chainId') countWithin(scene, rounds, { key, most: mostRounds, what: 'probes' });
        }
        if (purpose === 'poll') countWithin(scene, polls, { key, most: mostPolls, what: 'polls' });
        respectHoldOff(scene, sent, pacedAt);
      },
      ended: ({ key, purpose }) => {
        if (purpose === 'probe') probing.delete(key);
      },
    };
  },
};

interface Bound {
  readonly key: string;
  readonly most: number;
  readonly what: string;
}

function countWithin(scene: Scene, book: Map<string, number[]>, { key, most, what }: Bound): void {
  const now = scene.now();
  const recent = (book.get(key) ?? []).filter((at) => at > now - spanMs);
  recent.push(now);
  book.set(key, recent);
  if (recent.length > most) scene.complain(`${key} got ${recent.length} ${what} within 10 s`);
}

/** While held off an endpoint gets no poll and no probe, and at most one call a second, as the last resort. */
function respectHoldOff(scene: Scene, { key, purpose, call, at }: Sent, pacedAt: Map<string, number>): void {
  const held = scene.pairing().upstreams.find(({ endpoint }) => endpoint.key === key)?.heldOff;
  if (held === undefined || held.until <= at) return;
  if (purpose === 'poll' || purpose === 'probe') {
    // A probe under way when the hold-off began may ask its last questions.
    const isNew = call.method === 'eth_chainId' || purpose === 'poll';
    // Where nobody is proven, the question who it is may be the last resort of a call that waits.
    if (isNew && (purpose === 'poll' || scene.pairing().upstreams.some(isProven)))
      scene.complain(`${key} is held off and was sent a ${purpose}`);
    return;
  }
  // A write that nobody answered for is looked for at once, where it was sent: waiting would tell its client less.
  if (call.number < 0) return;
  // A retry keeps to its call's own snapshot, which may be older than the hold-off.
  if ((scene.calls().get(call.number)?.sends.length ?? 0) > 1) return;
  const last = pacedAt.get(key);
  if (last !== undefined && at - last < pacedMs)
    scene.complain(`${key} is held off and got two calls within ${at - last} ms`);
  pacedAt.set(key, at);
}
