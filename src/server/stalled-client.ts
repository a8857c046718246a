/** A client that takes nothing for so long will take no more. In milliseconds; Node looks this often, so it may be twice as long. */
const stalledMs = 15_000;

/** What is looked at of a client's connection, and done to it. */
export interface Stallable {
  readonly writableLength: number;
  setTimeout(ms: number, run: () => void): unknown;
  destroy(): unknown;
}

/** Sends a client away that stops reading while something waits for it. */
export function sendAwayStalled(raw: Stallable): void {
  raw.setTimeout(stalledMs, () => {
    if (raw.writableLength > 0) raw.destroy();
  });
}
