/** What had moved on a chain when a read was sent. */
export interface Moment {
  /** Counts new tips, reorgs, and writes sent or answered through us. */
  readonly turn: number;
  /** The newest height a head read had shown to anybody. */
  readonly shown: number;
  /** The newest height the session saw to which the read belongs; 0 where it belongs to none. */
  readonly floor: number;
}

/** True where nothing has moved: what was read then is what would be read now. */
export function isSameMoment(one: Moment, other: Moment): boolean {
  return one.turn === other.turn && one.shown === other.shown && one.floor === other.floor;
}
