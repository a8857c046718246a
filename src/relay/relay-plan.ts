import type { Answer } from '../model/answer.ts';
import type { FaultName } from '../model/faults.ts';
import type { MethodClass } from '../model/method-policy.ts';
import type { ChainName, Purpose } from '../model/names.ts';
import type { Upstream } from '../model/pairing.ts';
import type { Refusal, Resort } from '../model/pick.ts';
import type { Meaning, Verdict } from '../model/verdict.ts';

/** How one call is to be relayed: decided before the first attempt, the same to the end. */
export interface RelayPlan {
  readonly chain: ChainName;
  /** `raw`: signed bytes, to several upstreams; `once`: at most one send that may have arrived. */
  readonly kind: 'read' | 'raw' | 'once';
  /** Of the method: light and normal reads may be hedged; calls of class `write` are counted as writes. */
  readonly class: MethodClass;
  /** When the call's time is over, monotonic milliseconds. */
  readonly deadlineAt: number;
  /** Time of one attempt in milliseconds, where others are left to ask. */
  readonly attemptTimeoutMs: number;
  /** Sends of a read, but for one more to an upstream that answered well just now. A broadcast's first sends count as one. */
  readonly maxAttempts: number;
  /** `if-unsent`: only where the upstream cannot have seen the call. */
  readonly retry: 'allowed' | 'if-unsent';
  readonly hedge: 'allowed' | 'never';
  /** Upstreams a raw write goes to at once, at least 1. */
  readonly broadcast: number;
  /** The result of a write that an upstream already knew: the JSON text of its hash. Absent where we cannot tell it. */
  readonly knownResult?: Buffer;
  /** Present where the transaction can be looked for, should nobody say what became of it. */
  readonly lookUp?: 'possible';
}

/** One attempt in words: an entry of `data.attempts`. Endpoints have names here, never URLs. */
export interface AttemptNote {
  /** `provider/endpoint`. */
  readonly upstream: string;
  readonly meaning: Meaning;
  readonly ms: number;
  readonly detail: string;
}

/**
 * The end of a relay. `answered` carries an upstream's own answer, a valid error of its own included.
 * `doubt`: an attempt of this write may have arrived and nobody knows what came of it.
 */
export type RelayOutcome =
  | {
      readonly kind: 'answered';
      readonly answer: Answer;
      readonly verdict: Verdict;
      readonly upstream: Upstream;
      readonly resort: Resort;
      readonly purpose: Purpose;
      readonly attempts: number;
      readonly doubt: 'none' | 'may-have-arrived';
    }
  | {
      readonly kind: 'failed';
      readonly fault: FaultName;
      readonly attempts: readonly AttemptNote[];
      /** Why nobody could be asked any more; empty where somebody could. */
      readonly refusals: readonly Refusal[];
      /** When somebody may be askable again, in milliseconds; there for faults that carry `Retry-After`. */
      readonly retryAfterMs?: number;
    };
