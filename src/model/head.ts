/** One upstream's newest block, as it said. `at` is of the monotonic clock in milliseconds. */
export interface Head {
  readonly height: number;
  readonly hash?: string;
  readonly parent?: string;
  /** The block's own time, in milliseconds since 1970. */
  readonly timeMs?: number;
  readonly at: number;
}
