import { type TUnsafe, Type } from 'typebox';
import { formatDuration, formatSize } from './quantity.ts';
import type { TextForm } from './text-form.ts';
import type { UpstreamUrl } from './upstream-url.ts';

/** How a single value is written in the file. */
export type LeafKind = 'duration' | 'size' | 'count' | 'share' | 'flag' | 'choice' | 'text' | 'url' | 'chain-id';

/** What a leaf of the schema carries for the reader and for the reference page, beside its TypeScript type. */
export interface Leaf {
  readonly leaf: LeafKind;
  /** What must stand there, after "must be". */
  readonly expects: string;
  /** What it does, in one or two sentences. */
  readonly description: string;
  /** As it would be written in the file. */
  readonly default?: unknown;
  /** Bounds in milliseconds, bytes or plain numbers. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Source of the form a text must have. */
  readonly pattern?: string;
  readonly values?: readonly string[];
}

/** Bounds of a number, inclusive. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** Timers hold at most 2^31 milliseconds. */
const longestDurationMs = 24 * 86_400_000;

/** A duration with its unit. Bounds in milliseconds; from 1 ms unless it says otherwise. */
export function duration(fallback: string | undefined, description: string, bounds: Bounds = {}): TUnsafe<number> {
  const { min = 1, max = longestDurationMs } = bounds;
  const expects = `a duration with its unit, such as 250ms, 5s, 15m, 1h or 2d, from ${formatDuration(min)} to ${formatDuration(max)}`;
  return leaf<number>({ leaf: 'duration', expects, description, minimum: min, maximum: max }, fallback);
}

/** A size in bytes, or with its unit. Bounds in bytes; from 1 KiB to 64 GiB unless it says otherwise. */
export function size(fallback: string | undefined, description: string, bounds: Bounds = {}): TUnsafe<number> {
  const { min = 1_024, max = 68_719_476_736 } = bounds;
  const expects = `a size in bytes or with its unit, such as 65536, 512KiB, 10MiB or 1GiB, from ${formatSize(min)} to ${formatSize(max)}`;
  return leaf<number>({ leaf: 'size', expects, description, minimum: min, maximum: max }, fallback);
}

/** A whole number; from 1 to a million unless it says otherwise. */
export function count(fallback: number | undefined, description: string, bounds: Bounds = {}): TUnsafe<number> {
  const { min = 1, max = 1_000_000 } = bounds;
  const expects = `a whole number from ${min} to ${max}`;
  return leaf<number>({ leaf: 'count', expects, description, minimum: min, maximum: max }, fallback);
}

/** A number with a fraction; from 0 to 1 unless it says otherwise. */
export function share(fallback: number | undefined, description: string, bounds: Bounds = {}): TUnsafe<number> {
  const { min = 0, max = 1 } = bounds;
  const expects = `a number from ${min} to ${max}`;
  return leaf<number>({ leaf: 'share', expects, description, minimum: min, maximum: max }, fallback);
}

/** Yes or no, written `true` or `false`. */
export function flag(fallback: 'true' | 'false' | undefined, description: string): TUnsafe<boolean> {
  return leaf<boolean>(
    { leaf: 'flag', expects: 'true or false', description },
    fallback === undefined ? undefined : fallback === 'true',
  );
}

/** One of a few words. */
export function choice<const Word extends string>(
  values: readonly Word[],
  fallback: NoInfer<Word> | undefined,
  description: string,
): TUnsafe<Word> {
  const expects = values.length === 1 ? `${values[0]}` : `one of ${values.join(', ')}`;
  return leaf<Word>({ leaf: 'choice', expects, description, values }, fallback);
}

/** A text of one form. */
export function text(fallback: string | undefined, description: string, form: TextForm): TUnsafe<string> {
  return leaf<string>({ leaf: 'text', description, ...form }, fallback);
}

/** A URL of an upstream; calls go over `https` and `http`, heads and subscriptions over `wss` and `ws`. */
export function upstreamUrl(description: string, scheme: 'https' | 'wss' = 'https'): TUnsafe<UpstreamUrl> {
  return leaf<UpstreamUrl>(
    { leaf: 'url', expects: `a URL such as ${scheme}://eth.example/v2/KEY`, description },
    undefined,
  );
}

/** A chain id: a number or a text without spaces; read as text. */
export function chainId(description: string): TUnsafe<string> {
  return leaf<string>(
    { leaf: 'chain-id', expects: 'a chain id such as 1, 0x2105 or cosmoshub-4', description },
    undefined,
  );
}

function leaf<Value>(options: Leaf, fallback: unknown): TUnsafe<Value> {
  return Type.Unsafe<Value>(fallback === undefined ? { ...options } : { ...options, default: fallback });
}
