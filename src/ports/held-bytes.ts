/** The memory for answers: bytes that all calls together may hold at one time, from the wire until they have left. */
export interface HeldBytes {
  /** Takes the bytes if they fit; false means that none were taken. */
  take(bytes: number): boolean;
  /** Gives back what was taken. */
  give(bytes: number): void;
}
