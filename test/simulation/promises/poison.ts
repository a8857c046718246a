import type { BlockReason } from '../../../src/model/standing.ts';
import type { CallRecord, Scene, Vow, Watch } from '../watch.ts';
import type { Sent } from '../world/sim-network.ts';
import { fallsShortAt } from '../world/trouble.ts';

/** For so long a fault that is over may still be the cause of a block: timeouts, windows, and heads that stood still. */
const lingersMs = 150_000;

/** Within this time failures add up to a block, timeouts included. */
const addsUpMs = 60_000;

/** One poisonous call that an upstream failed, among all who were sent it. */
interface Dose {
  readonly sent: Sent;
  readonly record: CallRecord;
}

/**
 * A query that no upstream survives is the client's affair. Where another upstream failed it alike it counts against nobody; where
 * none did, one method alone still blocks nobody: there must be a second method, or a connection that went with it.
 */
export const poison: Vow = {
  words: 'no query, however poisonous, blocks an upstream by itself',
  watch(scene): Watch {
    const doses = new Map<string, readonly Dose[]>();
    return {
      booted: () => doses.clear(),
      ended: (sent) => {
        const record = scene.calls().get(sent.call.number);
        if (sent.call.poison === undefined || record === undefined) return;
        doses.set(sent.key, [...recentOf(scene, doses.get(sent.key)), { sent, record }]);
      },
      event: (event) => {
        if (event.kind !== 'standing-changed' || event.to !== 'blocked' || !isOfCalls(event.reason)) return;
        const taken = recentOf(scene, doses.get(event.upstream));
        if (taken.length === 0 || hasOwnTrouble(scene, event.upstream) || mayAddUp(taken)) return;
        const methods = [...new Set(taken.map(methodOf))].join(' and ');
        scene.complain(`${event.upstream} was blocked (${event.reason}) by ${methods}: ${event.detail}`);
      },
    };
  },
};

function recentOf({ now }: Scene, doses: readonly Dose[] = []): readonly Dose[] {
  return doses.filter(({ sent }) => (sent.end?.at ?? 0) > now() - addsUpMs);
}

/** True where calls led to the block, and not its head, its identity, its polls or its first probe. */
function isOfCalls(reason: BlockReason | undefined): boolean {
  return reason === 'consecutive-failures' || reason === 'refused-connections' || reason === 'error-rate';
}

/** True where what nobody else failed in the same way is of several methods, or took a connection along. */
function mayAddUp(doses: readonly Dose[]): boolean {
  const alone = doses.filter((dose) => !isShared(dose));
  return new Set(alone.map(methodOf)).size > 1 || alone.some(({ sent }) => sent.end?.words === 'truncated');
}

function isShared({ sent, record }: Dose): boolean {
  return record.sends.some((other) => other !== sent && other.end?.words === sent.end?.words);
}

function methodOf({ sent }: Dose): string {
  return sent.call.method;
}

function hasOwnTrouble(scene: Scene, key: string): boolean {
  const now = scene.now();
  return fallsShortAt(scene.url(key).plan.program, { from: now - lingersMs, to: now });
}
