import type { GatewayEvent } from '../model/events.ts';
import type { Meaning, Verdict } from '../model/verdict.ts';
import type { Emit } from '../ports/emit.ts';

/** Failures that say something of the path to an upstream, whatever was asked: another's failing alike excuses nothing. */
const ofThePath: ReadonlySet<Meaning> = new Set<Meaning>([
  'connect-failed',
  'auth-failed',
  'wrong-chain',
  'wrong-path',
]);

type AttemptFailed = Extract<GatewayEvent, { readonly kind: 'attempt-failed' }>;

/** How a read ended, as far as it excuses anybody. */
export type ReadEnd =
  | { readonly kind: 'answered'; readonly verdict: Pick<Verdict, 'meaning'> }
  | { readonly kind: 'failed' };

/** Stands between the attempts of one read and those who fold what they tell. */
export interface FailureWatch {
  /** Passes on what an attempt tells; a failure that may be the call's own waits for the end of the read, or comes after it. */
  readonly tell: Emit;
  /** The read has ended; undefined where the client has gone and nobody will know. Only the first time counts. */
  settle(outcome: ReadEnd | undefined): void;
}

/**
 * Keeps a read's failures from being blamed on upstreams while the read itself may be at fault.
 *
 * What failed the same way on several upstreams, and was answered well by none, speaks against none of them; nor does what
 * nobody waited to see the end of. Since no failure is told before that is known, no query, however poisonous and however often
 * it is sent, blocks an upstream by itself.
 */
export function watchFailures(emit: Emit): FailureWatch {
  let kept: readonly AttemptFailed[] = none;
  let end: 'served' | 'unserved' | undefined;
  return {
    tell(event) {
      if (event.kind !== 'attempt-failed' || !mayBeTheCalls(event)) emit(event);
      else if (end === undefined) kept = [...kept, event];
      else emit(end === 'served' ? event : excused(event));
    },
    settle(outcome) {
      if (end !== undefined) return;
      const isServed = outcome?.kind === 'answered' && outcome.verdict.meaning === 'ok';
      end = isServed ? 'served' : 'unserved';
      for (const failure of kept) {
        const isExcused = !isServed && (outcome === undefined || isShared(failure, kept));
        emit(isExcused ? excused(failure) : failure);
      }
      kept = none;
    },
  };
}

const none: readonly AttemptFailed[] = [];

function mayBeTheCalls({ verdict }: AttemptFailed): boolean {
  return verdict.blame === 'upstream' && !ofThePath.has(verdict.meaning);
}

function isShared({ verdict }: AttemptFailed, kept: readonly AttemptFailed[]): boolean {
  return kept.filter((other) => other.verdict.meaning === verdict.meaning).length > 1;
}

/** The same failure as nobody's fault: counted by its kind, and never replayed. */
function excused({ replay: _, ...failure }: AttemptFailed): AttemptFailed {
  return { ...failure, verdict: { ...failure.verdict, blame: 'none' } };
}
