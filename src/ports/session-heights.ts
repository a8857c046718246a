/** The newest height a session was shown, and when: monotonic milliseconds. */
export interface SeenHeight {
  readonly height: number;
  readonly at: number;
}

/**
 * What the sessions of one chain were shown. Answers from memory: where replicas come to share it, what the others saw is filled in
 * beside, and a session that moves between them is as well served as the filling is quick.
 */
export interface SessionHeights {
  /** Undefined where nothing is known of the session, or not any more. */
  seen(session: string): SeenHeight | undefined;
  /** Takes note of a height an answer showed; what was shown before never falls. */
  note(session: string, shown: SeenHeight): void;
}
