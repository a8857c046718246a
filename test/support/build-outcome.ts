import type { Answer, AttemptOutcome } from '../../src/model/answer.ts';
import { okVerdict, type Verdict } from '../../src/model/verdict.ts';

/** A result of an upstream, as bytes. */
export function result(text: string): Answer {
  return { kind: 'result', result: Buffer.from(text) };
}

/** An upstream's own error. */
export function errorAnswer(code: number, message: string): Answer {
  const error = Buffer.from(JSON.stringify({ code, message }));
  return { kind: 'error', error, code, message, data: undefined };
}

/** A good answer. */
export function goodOutcome(text = '"0x1"'): AttemptOutcome {
  return { verdict: okVerdict, answer: result(text), sent: 'maybe', connection: 1, detail: '' };
}

/** An attempt that came to nothing: a verdict without an answer, `timeout` of the upstream unless said otherwise. */
export function lostOutcome(verdict: Partial<Verdict> = {}, sent: 'nothing' | 'maybe' = 'maybe'): AttemptOutcome {
  return { verdict: buildVerdict(verdict), sent, connection: 1, detail: `${verdict.meaning ?? 'timeout'} in words` };
}

/** The upstream answered with an error of its own. */
export function errorOutcome(verdict: Partial<Verdict>, answer = errorAnswer(-32000, 'no')): AttemptOutcome {
  return { verdict: buildVerdict(verdict), answer, sent: 'maybe', connection: 1, detail: 'an error in words' };
}

/** A refused connection: nothing was sent. */
export function refusedOutcome(): AttemptOutcome {
  return lostOutcome({ meaning: 'connect-failed' }, 'nothing');
}

/** A 429, with or without `Retry-After`. */
export function rateLimitedOutcome(retryAfterMs?: number): AttemptOutcome {
  return lostOutcome({
    meaning: 'rate-limited',
    blame: 'none',
    holdOff: true,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** A verdict: a timeout that blames the upstream and may be retried elsewhere, unless said otherwise. */
export function buildVerdict(traits: Partial<Verdict> = {}): Verdict {
  return { meaning: 'timeout', blame: 'upstream', retry: 'other', holdOff: false, cache: false, ...traits };
}
