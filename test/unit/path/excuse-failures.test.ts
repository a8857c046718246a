import { describe, expect, test } from 'vitest';
import type { GatewayEvent } from '../../../src/model/events.ts';
import type { Meaning, Verdict } from '../../../src/model/verdict.ts';
import { watchFailures } from '../../../src/path/excuse-failures.ts';
import type { RelayOutcome } from '../../../src/relay/relay-plan.ts';
import { buildVerdict, result } from '../../support/build-outcome.ts';
import { buildUpstream } from '../../support/build-pairing.ts';

type Failed = Extract<GatewayEvent, { kind: 'attempt-failed' }>;

function failure(upstream: string, verdict: Partial<Verdict> = {}): Failed {
  return {
    kind: 'attempt-failed',
    at: 2,
    sentAt: 1,
    upstream,
    generation: 1,
    connection: 1,
    method: 'read',
    class: 'light',
    purpose: 'client',
    verdict: buildVerdict(verdict),
    detail: '',
    replay: { method: 'read', params: '[]' },
  };
}

const answered: RelayOutcome = {
  kind: 'answered',
  answer: result('"0x1"'),
  verdict: buildVerdict({ meaning: 'ok', blame: 'none', retry: 'no' }),
  upstream: buildUpstream(0),
  resort: 'primary',
  purpose: 'client',
  attempts: 2,
  doubt: 'none',
};

const exhausted: RelayOutcome = { kind: 'failed', fault: 'UPSTREAMS_EXHAUSTED', attempts: [], refusals: [] };

/** What those who fold hear of these failures of one read. */
function heard(failures: readonly Failed[], outcome: RelayOutcome | undefined): readonly GatewayEvent[] {
  const events: GatewayEvent[] = [];
  const watch = watchFailures((event) => events.push(event));
  for (const each of failures) watch.tell(each);
  watch.settle(outcome);
  return events;
}

function blames(failures: readonly Failed[], outcome: RelayOutcome | undefined): readonly string[] {
  return heard(failures, outcome).map((event) => (event.kind === 'attempt-failed' ? event.verdict.blame : event.kind));
}

describe('a failure of a read speaks against its upstream', () => {
  test('where another answered the same read well', () => {
    expect(blames([failure('a'), failure('b')], answered)).toEqual(['upstream', 'upstream']);
  });

  test('where it is the only one of its kind', () => {
    expect(blames([failure('a'), failure('b', { meaning: 'server-error' })], exhausted)).toEqual([
      'upstream',
      'upstream',
    ]);
  });

  test.each<Meaning>(['connect-failed', 'auth-failed', 'wrong-chain', 'wrong-path'])(
    'where it is %s, whatever was asked and whoever else failed alike',
    (meaning) => {
      expect(blames([failure('a', { meaning }), failure('b', { meaning })], exhausted)).toEqual([
        'upstream',
        'upstream',
      ]);
    },
  );
});

describe('a failure of a read speaks against nobody', () => {
  test('where others failed the same way and nobody answered: it was the read', () => {
    expect(blames([failure('a'), failure('b')], exhausted)).toEqual(['none', 'none']);
  });

  test('where the client went before anybody could know', () => {
    expect(blames([failure('a')], undefined)).toEqual(['none']);
  });

  test('and is then not kept to be asked again in a probe', () => {
    const [event] = heard([failure('a'), failure('b')], exhausted);
    expect(event).not.toHaveProperty('replay');
    expect(event).toMatchObject({ kind: 'attempt-failed', verdict: { meaning: 'timeout' } });
  });
});

describe('what is told', () => {
  test('waits for the end of the read where it may be excused, and else is told at once', () => {
    const events: GatewayEvent[] = [];
    const { tell } = watchFailures((event) => events.push(event));
    tell(failure('a'));
    tell(failure('a', { meaning: 'reverted', blame: 'none' }));
    expect(events).toEqual([expect.objectContaining({ verdict: expect.objectContaining({ meaning: 'reverted' }) })]);
  });

  test('comes after the end, too, where an upstream was left hanging: against it where another had answered well', () => {
    for (const [outcome, blame] of [
      [answered, 'upstream'],
      [exhausted, 'none'],
      [undefined, 'none'],
    ] as const) {
      const events: GatewayEvent[] = [];
      const watch = watchFailures((event) => events.push(event));
      watch.settle(outcome);
      watch.tell(failure('a'));
      expect(events).toMatchObject([{ verdict: { blame } }]);
    }
  });

  test('is told once, however often the read is settled', () => {
    const events: GatewayEvent[] = [];
    const watch = watchFailures((event) => events.push(event));
    watch.tell(failure('a'));
    watch.settle(answered);
    watch.settle(undefined);
    expect(events).toHaveLength(1);
  });
});
