import type { TransportFailure } from '../model/answer.ts';
import type { Purpose, UpstreamKey } from '../model/names.ts';
import type { Verdict } from '../model/verdict.ts';

/** One question of our own to one endpoint: a poll, a probe, a backfill, an audit. */
export interface Question {
  readonly upstream: UpstreamKey;
  readonly method: string;
  /** JSON text of the params. */
  readonly params: string;
  readonly timeoutMs: number;
  readonly purpose: Purpose;
  readonly connection: 'pooled' | 'fresh';
}

/** What came of a question. `value` is the parsed result; small by nature. */
export type Reply =
  | { readonly kind: 'result'; readonly value: unknown; readonly sentAt: number; readonly at: number }
  | {
      readonly kind: 'failed';
      readonly verdict: Verdict;
      /** In words, without URLs. */
      readonly detail: string;
      readonly connection: number;
      /** How the send came to nothing, where it did: a resolver's failure is blamed otherwise than a refusal. */
      readonly failure?: TransportFailure;
      readonly sentAt: number;
      readonly at: number;
    };

/** Asks one endpoint through the same codec, transport and classification as a client's call. Never rejects. */
export type Ask = (question: Question) => Promise<Reply>;
