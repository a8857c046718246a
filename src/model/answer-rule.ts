import type { Blame, Meaning, Retry } from './verdict.ts';

/**
 * One line of knowledge about how upstreams say things. Rules are data in `chains/`, or in the config's `answerRules`.
 *
 * A rule matches when all of its conditions hold. `texts` are plain words contained in the message or in `error.data`,
 * ignoring case; `pattern` is a regular expression (source text, ignoring case, linear time) over the same.
 */
export interface AnswerRule {
  readonly id: string;
  readonly when: {
    readonly httpStatus?: readonly number[];
    readonly code?: readonly number[];
    readonly grpcCode?: readonly number[];
    readonly abciCode?: readonly number[];
    readonly texts?: readonly string[];
    readonly pattern?: string;
    /** Only for these method names of the spec. */
    readonly methods?: readonly string[];
  };
  /**
   * Where the text says how many blocks may be asked at once: a regular expression as `pattern` is one, with a group `blocks` for a number
   * of blocks that always holds, or groups `from` and `to` for a range that would do this time.
   */
  readonly widest?: string;
  readonly meaning: Meaning;
  readonly blame: Blame;
  readonly retry: Retry;
  readonly holdOff: boolean;
  readonly cache: boolean;
}
