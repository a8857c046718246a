import type { TransportFailure } from '../model/answer.ts';
import type { Verdict } from '../model/verdict.ts';

/**
 * What a send that came to nothing means: known from our own client, never from a text. Frozen objects.
 *
 * What never reached the upstream's process still speaks against it, since the way to it is what standing is about;
 * what ended on our side (our own memory, our own sockets, our own abort) speaks against nobody.
 */
export const transportVerdicts: Readonly<Record<TransportFailure, Verdict>> = {
  refused: blamed('connect-failed'),
  unreachable: blamed('connect-failed'),
  dns: blamed('connect-failed'),
  tls: blamed('connect-failed'),
  'connect-timeout': blamed('connect-failed'),
  reset: blamed('connection-lost'),
  truncated: blamed('connection-lost'),
  timeout: blamed('timeout'),
  'bad-http': blamed('bad-response'),
  'bad-encoding': blamed('bad-response'),
  // The limit is ours: another upstream may say it shorter, but it is the question that asks for too much.
  'too-large': verdict({ meaning: 'result-too-large', retry: 'once' }),
  'over-budget': verdict({ meaning: 'cancelled', retry: 'no' }),
  local: verdict({ meaning: 'local-network', retry: 'other' }),
  aborted: verdict({ meaning: 'cancelled', retry: 'no' }),
};

function blamed(meaning: Verdict['meaning']): Verdict {
  return verdict({ meaning, blame: 'upstream', retry: 'other' });
}

function verdict(told: Pick<Verdict, 'meaning' | 'retry'> & Partial<Verdict>): Verdict {
  return Object.freeze({ blame: 'none', holdOff: false, cache: false, ...told });
}
