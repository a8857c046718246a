import type { AttemptOutcome } from '../model/answer.ts';
import type { Upstream } from '../model/pairing.ts';
import type { Meaning } from '../model/verdict.ts';
import type { Clock } from '../ports/clock.ts';
import type { Emit } from '../ports/emit.ts';
import type { RelayOutcome } from '../relay/relay-plan.ts';

/** Failures that say something of the path to an upstream, whatever was asked: another's failing alike excuses nothing. */
const ofThePath: ReadonlySet<Meaning> = new Set<Meaning>([
  'connect-failed',
  'auth-failed',
  'wrong-chain',
  'wrong-path',
]);

/** One blamed failure of a read. */
interface Failure {
  readonly upstream: Upstream;
  readonly meaning: Meaning;
}

/** Watches the attempts of one read. */
export interface FailureWatch {
  note(upstream: Upstream, outcome: AttemptOutcome): void;
  /** The read has ended: what was its own fault is taken back. */
  settle(outcome: RelayOutcome): void;
}

/**
 * Takes back failures that were the call's own: a read that failed the same way on several upstreams, and that nobody answered
 * well, speaks against none of them, so that no query, however poisonous, blocks an upstream by itself.
 */
export function watchFailures(method: string, deps: { readonly clock: Clock; readonly emit: Emit }): FailureWatch {
  let failures: readonly Failure[] = none;
  return {
    note(upstream, { verdict }) {
      if (verdict.blame !== 'upstream' || ofThePath.has(verdict.meaning)) return;
      failures = [...failures, { upstream, meaning: verdict.meaning }];
    },
    settle(outcome) {
      if (failures.length < 2 || (outcome.kind === 'answered' && outcome.verdict.meaning === 'ok')) return;
      const at = deps.clock.now();
      for (const { upstream, meaning } of failures) {
        if (failures.filter((other) => other.meaning === meaning).length < 2) continue;
        const { endpoint, generation } = upstream;
        deps.emit({ kind: 'failure-excused', upstream: endpoint.key, at, generation, method });
      }
    },
  };
}

const none: readonly Failure[] = [];
