import type { JsonPath } from '../model/json-path.ts';

/**
 * Compiles a JSON pointer (RFC 6901): `""` is the whole value, `/a~1b/0` the path `a/b`, `0`.
 *
 * Undefined where the text is no pointer: it does not start with `/`, or a `~` is followed by neither `0` nor `1`. Never throws.
 */
export function parsePointer(text: string): JsonPath | undefined {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return undefined;
  return text.slice(1).split('/').map(unescapeStep);
}

/** `~1` first: `~01` is the text `~1`, not a slash. */
function unescapeStep(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
