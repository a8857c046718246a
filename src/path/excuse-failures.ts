import type { AttemptOutcome } from '../model/answer.ts';
import type { Upstream } from '../model/pairing.ts';
import type { Meaning } from '../model/verdict.ts';
import type { Clock } from '../ports/clock.ts';
import type { Emit } from '../ports/emit.ts';

/** Failures that say something of the path to an upstream, whatever was asked: another's failing alike excuses nothing. */
const ofThePath: ReadonlySet<Meaning> = new Set<Meaning>([
  'connect-failed',
  'auth-failed',
  'wrong-chain',
  'wrong-path',
]);

/** One blamed failure of a call. */
interface Failure {
  readonly upstream: Upstream;
  readonly meaning: Meaning;
  isExcused: boolean;
}

/** Watches the attempts of one read. */
export interface FailureWatch {
  note(upstream: Upstream, outcome: AttemptOutcome): void;
}

/**
 * Takes back failures that were the call's own: a read that fails the same way on a second upstream speaks against neither,
 * so that no query, however poisonous, blocks an upstream by itself.
 */
export function watchFailures(method: string, deps: { readonly clock: Clock; readonly emit: Emit }): FailureWatch {
  let failures: Failure[] | undefined;
  const excuse = (failure: Failure): void => {
    if (failure.isExcused) return;
    failure.isExcused = true;
    const { endpoint, generation } = failure.upstream;
    deps.emit({ kind: 'failure-excused', upstream: endpoint.key, at: deps.clock.now(), generation, method });
  };
  return {
    note(upstream, { verdict }) {
      if (verdict.blame !== 'upstream' || ofThePath.has(verdict.meaning)) return;
      const alike = failures?.filter(({ meaning }) => meaning === verdict.meaning) ?? [];
      const failure = { upstream, meaning: verdict.meaning, isExcused: false };
      failures = [...(failures ?? []), failure];
      if (alike.length === 0) return;
      for (const each of [...alike, failure]) excuse(each);
    },
  };
}
