/** A compiled JSON pointer (RFC 6901): its unescaped steps. The empty path is the whole value. */
export type JsonPath = readonly string[];

/** Reads the value at `path`, or undefined where a step is missing. Own members only; never throws. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  let here: unknown = value;
  for (const step of path) {
    if (Array.isArray(here)) here = /^\d+$/.test(step) ? here[Number(step)] : undefined;
    else if (isRecord(here) && Object.hasOwn(here, step)) here = here[step];
    else return undefined;
  }
  return here;
}

/** True for a JSON object: not null, not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
