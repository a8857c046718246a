/** Methods an endpoint said it does not have, each with the monotonic time in milliseconds at which it may be asked again. */
export interface UnsupportedMethods {
  readonly recheckAt: ReadonlyMap<string, number>;
  /** The same names: what a Pairing shows. */
  readonly names: ReadonlySet<string>;
}

/** Methods remembered on one endpoint: names come from clients, so the list must end. */
const maxMethods = 128;

/** All methods may be there. */
export const allSupported: UnsupportedMethods = { recheckAt: new Map(), names: new Set() };

/** One answer "no such method". */
export interface UnsupportedAnswer {
  readonly method: string;
  readonly at: number;
  /** How long it is believed. */
  readonly forMs: number;
}

/** Remembers a method as missing; over the bound the one remembered for longest goes. */
export function noteUnsupported(state: UnsupportedMethods, answer: UnsupportedAnswer): UnsupportedMethods {
  const recheckAt = new Map(state.recheckAt);
  recheckAt.delete(answer.method);
  recheckAt.set(answer.method, answer.at + answer.forMs);
  const oldest = recheckAt.size > maxMethods ? recheckAt.keys().next().value : undefined;
  if (oldest !== undefined) recheckAt.delete(oldest);
  return { recheckAt, names: new Set(recheckAt.keys()) };
}

/** Lets time pass: what is due for a re-check may be asked again. The same object comes back when nothing is. */
export function passUnsupported(state: UnsupportedMethods, at: number): UnsupportedMethods {
  // The map is in order of remembering, and all are believed for equally long: the first falls due first.
  const first = state.recheckAt.values().next().value;
  if (first === undefined || first > at) return state;
  const recheckAt = new Map([...state.recheckAt].filter(([, dueAt]) => dueAt > at));
  return { recheckAt, names: new Set(recheckAt.keys()) };
}
