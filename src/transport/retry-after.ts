const maxMs = 3_600_000;

/** Longer values are no dates and no sane numbers. */
const maxLength = 64;

const number = /^[+-]?\d+(?:\.\d+)?(?:e\+?\d{1,3})?$/i;

/** The three forms of RFC 9110, section 5.6.7; `Date.parse` alone would take `abc 1` for a date. */
const dates = [
  /^(?:mon|tue|wed|thu|fri|sat|sun), \d{2} [a-z]{3} \d{4} \d{2}:\d{2}:\d{2} gmt$/i,
  /^(?:mon|tues|wednes|thurs|fri|satur|sun)day, \d{2}-[a-z]{3}-\d{2} \d{2}:\d{2}:\d{2} gmt$/i,
  /^(?:mon|tue|wed|thu|fri|sat|sun) [a-z]{3} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/i,
];

/**
 * How long a `Retry-After` value asks us to wait, in milliseconds from `wallMs`, clamped to [0, one hour]; undefined for
 * what is neither seconds nor an HTTP date. Never throws.
 */
export function parseRetryAfter(value: string, wallMs: number): number | undefined {
  const text = value.trim();
  if (text.length > maxLength) return undefined;
  if (number.test(text)) return clamp(Number(text) * 1000);
  if (!dates.some((form) => form.test(text))) return undefined;
  const at = Date.parse(/gmt$/i.test(text) ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : clamp(at - wallMs);
}

function clamp(ms: number): number {
  return Math.min(maxMs, Math.max(0, Math.ceil(ms)));
}
