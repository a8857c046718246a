import type { Answer } from '../model/answer.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Lifetime } from './lifetime.ts';
import type { Moment } from './moment.ts';

/** Whether an upstream's answers are still believed. All that it gave since it was last believed share one. */
export interface Trust {
  isWithdrawn: boolean;
}

/** An answer that is kept. */
export interface Kept {
  readonly answer: Answer;
  readonly verdict: Verdict;
  /** Who gave it: `provider/endpoint`. */
  readonly upstream: string;
  readonly life: Exclude<Lifetime, { readonly kind: 'none' }>;
  readonly trust: Trust;
  /** What had moved when it was asked for. */
  readonly moment: Moment;
  /** Reorgs seen of the chain before it was kept. */
  readonly reorgs: number;
  /**
   * It ends at the earlier of the two: monotonic milliseconds, and milliseconds since 1970. The one clock may stand still while
   * the machine sleeps, the other may be set back.
   */
  readonly until: number;
  readonly wallUntil: number;
}

/** What an entry takes beside its key and its bytes: the objects, and its place in the tables. Measured, and rounded up. */
const bookkeepingBytes = 1024;

/** What an entry occupies, in bytes. Keys are texts of one byte per character. */
export function bytesOf(key: string, { answer }: Pick<Kept, 'answer'>): number {
  const bytes = answer.kind === 'result' ? answer.result.length : answer.error.length + 2 * answer.message.length;
  return bookkeepingBytes + key.length + bytes;
}

/** The answer in memory of its own: what was read off the wire is a view into something larger, which must not stay for its sake. */
export function detached(answer: Answer): Answer {
  if (answer.kind === 'result') return { kind: 'result', result: ownBytes(answer.result) };
  const { code, message, error } = answer;
  return { kind: 'error', error: ownBytes(error), code, message, data: undefined };
}

/** Large bytes that are nearly all of what they are a view into stay where they are. */
function ownBytes(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength - bytes.length < bytes.length >> 3) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}
