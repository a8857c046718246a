import { describe, expect, test } from 'vitest';
import type { Pairing } from '../../../src/model/pairing.ts';
import type { Need, RefusalReason, Resort } from '../../../src/model/pick.ts';
import { pickUpstream } from '../../../src/select/pick-upstream.ts';
import type { Sight } from '../../../src/select/terms.ts';
import { buildNeed, buildPairing, buildUpstream, type UpstreamTraits } from '../../support/build-pairing.ts';
import { buildSight } from '../../support/build-sight.ts';

const backup = { endpoint: { tier: 'backup' } } as const;
const held = { heldOff: { until: 107_000, reason: 'retry-after' } } as const;

/** Who is picked, as `index resort`, or `nobody`. */
function picked(pairing: Pairing, need: Need = buildNeed(), sight: Sight = buildSight()): string {
  const pick = pickUpstream(pairing, need, sight);
  return pick.kind === 'picked' ? `${pick.upstream.endpoint.index} ${pick.resort}` : 'nobody';
}

function refusals(pairing: Pairing, need: Need = buildNeed(), sight: Sight = buildSight()): readonly RefusalReason[] {
  const pick = pickUpstream(pairing, need, sight);
  return pick.kind === 'nobody' ? pick.refusals.map((refusal) => refusal.reason) : [];
}

describe('the order of resort', () => {
  const ladder: readonly (readonly [Resort, UpstreamTraits])[] = [
    ['blocked', { standing: 'blocked' }],
    ['held-off', held],
    ['lagging', { lagging: true, head: 50 }],
    ['probation', { standing: 'probation', share: 0 }],
    ['backup', backup],
    ['primary', {}],
  ];

  test.each(ladder.map(([resort], last) => ({ resort, last })))(
    'comes to $resort when nothing better is there',
    (row) => {
      const pairing = buildPairing(ladder.slice(0, row.last + 1).map(([, traits]) => traits));
      expect(picked(pairing)).toBe(`${row.last} ${row.resort}`);
    },
  );

  test('is gone down by the retries of one call, and ends: nobody is asked twice (B18)', () => {
    const pairing = buildPairing(ladder.map(([, traits]) => traits));
    const asked: number[] = [];
    const met: string[] = [];
    for (
      let pick = pickUpstream(pairing, buildNeed(), buildSight());
      pick.kind === 'picked' && met.length < 2 * ladder.length;
    ) {
      met.push(pick.resort);
      asked.push(pick.upstream.endpoint.index);
      pick = pickUpstream(pairing, buildNeed(), buildSight({ asked }));
    }
    expect(met).toEqual(['primary', 'backup', 'probation', 'lagging', 'held-off', 'blocked']);
    expect(refusals(pairing, buildNeed(), buildSight({ asked }))).toEqual(Array(6).fill('already-asked'));
  });

  test('takes an upstream with two defects by the worse one', () => {
    const both = buildPairing([
      { standing: 'blocked', ...held },
      { standing: 'probation', share: 0, lagging: true },
    ]);
    expect(picked(both)).toBe('1 lagging');
    expect(picked(buildPairing([{ standing: 'blocked', ...held }]))).toBe('0 blocked');
  });

  test('asks primaries before backups in probation, and where both lag', () => {
    expect(
      picked(
        buildPairing([
          { standing: 'probation', share: 0, ...backup },
          { standing: 'probation', share: 0 },
        ]),
      ),
    ).toBe('1 probation');
    expect(
      picked(
        buildPairing([
          { lagging: true, head: 99, ...backup },
          { lagging: true, head: 10 },
        ]),
      ),
    ).toBe('1 lagging');
  });

  test('takes a hold-off that has run out for none, also in an old snapshot', () => {
    expect(picked(buildPairing([{ heldOff: { until: 100_000, reason: 'quota' } }]))).toBe('0 primary');
  });

  test('asks, of those held off, the one that ends soonest (F-037)', () => {
    const pairing = buildPairing([
      { heldOff: { until: 130_000, reason: 'retry-after' } },
      { heldOff: { until: 101_000, reason: 'retry-after' } },
      { heldOff: { until: 120_000, reason: 'retry-after' } },
    ]);
    expect(picked(pairing)).toBe('1 held-off');
  });

  test('asks, of the blocked, the least recently failed', () => {
    const failedAt = [90_000, 70_000, 80_000];
    expect(picked(buildPairing(failedAt.map((lastFailedAt) => ({ standing: 'blocked', lastFailedAt }))))).toBe(
      '1 blocked',
    );
  });

  test('asks, of those that lag, the most advanced, and one that is implausibly ahead last', () => {
    const pairing = buildPairing([
      { lagging: true, head: 60 },
      { lagging: true, head: 90 },
      { outlier: true, head: 1_000_000_000 },
    ]);
    expect(picked(pairing)).toBe('1 lagging');
    expect(picked(pairing, buildNeed(), buildSight({ asked: [0, 1] }))).toBe('2 lagging');
  });
});

describe('a mixed rung', () => {
  test('asks one that is avoided but up to date before one that lags, and that before a liar', () => {
    const avoided = { avoided: new Map([['read', 900_000]]), head: 70 };
    const pairing = buildPairing([{ lagging: true, head: 99 }, { outlier: true, head: 5000 }, avoided]);
    expect(picked(pairing)).toBe('2 lagging');
    expect(picked(pairing, buildNeed(), buildSight({ asked: [2] }))).toBe('0 lagging');
  });
});

describe('who is never asked', () => {
  const cases: readonly (readonly [RefusalReason, UpstreamTraits, Partial<Need>])[] = [
    ['cordoned', { cordoned: true }, {}],
    ['quarantined', { standing: 'quarantined' }, {}],
    ['wrong-identity', { identity: 'wrong', standing: 'blocked' }, {}],
    ['identity-unknown', { identity: 'unknown' }, {}],
    ['unproven', { standing: 'unproven' }, {}],
    ['excluded', {}, { exclude: new Set(['p0']) }],
    ['method-denied', { endpoint: { deny: new Set(['read']) } }, {}],
    ['method-denied', { endpoint: { allow: new Set(['other']) } }, {}],
    ['writes-not-taken', { endpoint: { writes: 'never' } }, { kind: 'raw' }],
    ['writes-not-taken', { endpoint: { writes: 'never' } }, { kind: 'once' }],
    ['at-concurrency', { endpoint: { maxInFlight: 0 } }, {}],
  ];

  test.each(cases)('%s', (reason, traits, need) => {
    expect(refusals(buildPairing([traits]), buildNeed(need))).toEqual([reason]);
  });

  test('an upstream that never takes writes is asked reads', () => {
    expect(picked(buildPairing([{ endpoint: { writes: 'never' } }]))).toBe('0 primary');
  });
});

describe('the floor', () => {
  const lowered: readonly (readonly [string, UpstreamTraits, Partial<Need>])[] = [
    ['avoided for the method', { avoided: new Map([['read', 160_000]]) }, {}],
    ['without the method', { unsupported: new Set(['read']) }, {}],
    ['below the height', { head: 80 }, { block: { kind: 'at-least', height: 90 } }],
    ['without so old a state', { endpoint: { history: 10 } }, { block: { kind: 'at-least', height: 20 } }],
  ];

  test.each(lowered)('an upstream %s is asked when nobody else is there, and after a backup', (_, traits, need) => {
    expect(picked(buildPairing([traits]), buildNeed(need))).toBe('0 lagging');
    expect(picked(buildPairing([traits, backup]), buildNeed(need))).toBe('1 backup');
  });

  test('an avoidance that has run out is none', () => {
    expect(picked(buildPairing([{ avoided: new Map([['read', 100_000]]) }]))).toBe('0 primary');
  });

  test('an upstream known to lack the method is no second opinion', () => {
    const pairing = buildPairing([{}, { unsupported: new Set(['read']) }]);
    expect(refusals(pairing, buildNeed(), buildSight({ asked: [0] }))).toEqual(['already-asked', 'method-unsupported']);
  });

  test('a burst of failures on an only upstream never ends in nobody, for whoever calls one at a time (B5)', () => {
    const pairing = buildPairing([{ standing: 'blocked', lastFailedAt: 99_999 }]);
    const sight = buildSight();
    for (let call = 0; call < 20; call += 1) {
      expect(picked(pairing, buildNeed(), sight)).toBe('0 blocked');
      sight.load.end(sight.load.begin(buildUpstream(0), 0, sight.now), 'failed', sight.now);
    }
  });
});

describe('pace of the last resorts', () => {
  test('one that is held off gets one call per second; who is refused is told when the hold-off ends', () => {
    const pairing = buildPairing([held]);
    const sight = buildSight();
    const [upstream = buildUpstream(0)] = pairing.upstreams;
    sight.load.begin(upstream, 0, sight.now);
    const pick = pickUpstream(pairing, buildNeed(), { ...sight, now: 100_999 });
    expect(pick).toMatchObject({ kind: 'nobody', retryAfterMs: 6001, refusals: [{ reason: 'paced' }] });
    expect(picked(pairing, buildNeed(), { ...sight, now: 101_000 })).toBe('0 held-off');
  });

  test('one that is over its admitted rate comes after all that are not, and is told when it is due', () => {
    const slowed = { admittedRate: 2 };
    const sight = buildSight();
    for (let i = 0; i < 3; i += 1) sight.load.begin(buildUpstream(0, slowed), 0, sight.now);
    expect(picked(buildPairing([slowed, { lagging: true }]), buildNeed(), sight)).toBe('1 lagging');
    expect(pickUpstream(buildPairing([slowed]), buildNeed(), sight)).toMatchObject({
      kind: 'nobody',
      retryAfterMs: 500,
    });
    expect(picked(buildPairing([slowed]), buildNeed(), { ...sight, now: 100_500 })).toBe('0 primary');
  });

  test('a blocked one that hangs is not stormed, and one that answers is soon at full use', () => {
    const pairing = buildPairing([{ standing: 'blocked' }]);
    const sight = buildSight();
    const [upstream = buildUpstream(0)] = pairing.upstreams;
    const sends = [];
    while (picked(pairing, buildNeed(), sight) !== 'nobody') sends.push(sight.load.begin(upstream, 0, sight.now));
    expect(sends.length).toBeLessThanOrEqual(10);
    for (const send of sends) sight.load.end(send, 'good', sight.now + 10);
    let again = 0;
    while (picked(pairing, buildNeed(), sight) !== 'nobody') again += sight.load.begin(upstream, 0, sight.now) ? 1 : 0;
    expect(again).toBe(2 * sends.length);
  });

  test('full upstreams send the call to a backup, then away for a second', () => {
    const full = { endpoint: { maxInFlight: 1 } };
    const sight = buildSight();
    sight.load.begin(buildUpstream(0), 0, sight.now);
    expect(picked(buildPairing([full, backup]), buildNeed(), sight)).toBe('1 backup');
    expect(pickUpstream(buildPairing([full]), buildNeed(), sight)).toMatchObject({
      kind: 'nobody',
      retryAfterMs: 1000,
    });
  });
});

describe('probation', () => {
  const recovering = { standing: 'probation', share: 0.25 } as const;

  test.each([
    ['a primary beside serving primaries', [{}, recovering], '1 primary', '0 primary'],
    ['a primary beside serving backups', [backup, recovering], '1 primary', '0 backup'],
    ['a backup beside serving backups', [backup, { ...recovering, ...backup }], '1 backup', '0 backup'],
  ] as const)('offers %s its share of the calls, as if it served', (_, traits, offered, otherwise) => {
    const pairing = buildPairing(traits);
    expect(picked(pairing, buildNeed(), buildSight({ random: () => 0.24 }))).toBe(offered);
    expect(picked(pairing, buildNeed(), buildSight({ random: () => 0.25 }))).toBe(otherwise);
  });

  test('offers a backup no share while a primary serves', () => {
    const pairing = buildPairing([{}, { ...recovering, ...backup }]);
    expect(picked(pairing, buildNeed(), buildSight({ random: () => 0 }))).toBe('0 primary');
  });

  test('says what it is where nothing serves', () => {
    expect(picked(buildPairing([recovering]), buildNeed(), buildSight({ random: () => 0 }))).toBe('0 probation');
  });

  test('offers no share of retries, nor of writes', () => {
    const pairing = buildPairing([{}, {}, recovering]);
    expect(picked(pairing, buildNeed(), buildSight({ random: () => 0, asked: [0] }))).toBe('1 primary');
    expect(picked(pairing, buildNeed({ kind: 'raw' }), buildSight({ random: () => 0 }))).toBe('0 primary');
  });
});

describe('heights', () => {
  const at = (height: number, oldest?: number): Partial<Need> => ({
    block: { kind: 'at-least', height, ...(oldest !== undefined && { oldest }) },
  });

  test('a lagging upstream serves reads at or below its head, and no tip reads (F-180, F-181, F-182)', () => {
    const pairing = buildPairing([{ lagging: true, head: 60 }, backup]);
    expect(picked(pairing, buildNeed(at(60)))).toBe('0 primary');
    expect(picked(pairing, buildNeed(at(61)))).toBe('1 backup');
    expect(picked(pairing, buildNeed())).toBe('1 backup');
    expect(picked(pairing, buildNeed({ block: { kind: 'any' } }))).toBe('0 primary');
  });

  test('a height above the tip is asked of whoever has it', () => {
    expect(picked(buildPairing([{}, { head: 101 }]), buildNeed(at(101)))).toBe('1 primary');
  });

  test('a height nobody has is asked of those at the tip, as one upstream alone would be asked', () => {
    const pairing = buildPairing([{ lagging: true, head: 60 }, backup]);
    expect(picked(pairing, buildNeed(at(5000)))).toBe('1 backup');
  });

  test('a height only a liar claims to have is nobody’s (B8)', () => {
    const pairing = buildPairing([{ outlier: true, head: 1_000_000_000 }, backup]);
    expect(picked(pairing, buildNeed(at(5000)))).toBe('1 backup');
    expect(picked(pairing, buildNeed())).toBe('1 backup');
    expect(picked(pairing, buildNeed(at(90)))).toBe('0 primary');
  });

  test('a range is never asked of an upstream that has not reached its end: short, it would look complete (F-191)', () => {
    const pairing = buildPairing([{ head: 99 }, backup]);
    expect(picked(pairing, buildNeed(at(100, 90)))).toBe('1 backup');
    expect(refusals(pairing, buildNeed(at(100, 90)), buildSight({ asked: [1] }))).toEqual([
      'height-not-reached',
      'already-asked',
    ]);
  });

  test('the newest block with a least height goes to one at the tip that has reached it (F-215)', () => {
    const newest = (height: number): Partial<Need> => ({ block: { kind: 'tip', height } });
    const pairing = buildPairing([{ head: 99 }, backup]);
    expect(picked(pairing, buildNeed(newest(99)))).toBe('0 primary');
    expect(picked(pairing, buildNeed(newest(100)))).toBe('1 backup');
    expect(picked(pairing, buildNeed(newest(5000)))).toBe('0 primary');
    expect(picked(buildPairing([{ lagging: true, head: 60 }, backup]), buildNeed(newest(50)))).toBe('1 backup');
  });

  test('declared history is measured at the oldest block of a range', () => {
    const pairing = buildPairing([{ endpoint: { history: 50 } }, backup]);
    expect(picked(pairing, buildNeed(at(60)))).toBe('0 primary');
    expect(picked(pairing, buildNeed(at(60, 50)))).toBe('0 primary');
    expect(picked(pairing, buildNeed(at(60, 49)))).toBe('1 backup');
  });

  test('an unknown head is behind a known tip, and no defect while no tip is known', () => {
    const { tip, ...tipless } = buildPairing([{}, backup]);
    const upstreams = tipless.upstreams.map(({ head, ...upstream }, at) =>
      at === 0 ? upstream : { ...upstream, head: head ?? 0 },
    );
    expect(picked({ ...tipless, upstreams, tip: tip ?? 0 })).toBe('1 backup');
    expect(picked({ ...tipless, upstreams })).toBe('0 primary');
  });
});

describe('add-ons', () => {
  test('are asked of those that declare them', () => {
    const pairing = buildPairing([{}, { endpoint: { tier: 'backup', addons: new Set(['trace']) } }]);
    expect(picked(pairing, buildNeed({ addon: 'trace' }))).toBe('1 backup');
    expect(refusals(pairing, buildNeed({ addon: 'trace' }), buildSight({ asked: [1] }))).toEqual([
      'missing-addon',
      'already-asked',
    ]);
  });

  test('that nobody declares are asked of everybody', () => {
    expect(picked(buildPairing([{}]), buildNeed({ addon: 'trace' }))).toBe('0 primary');
  });
});

describe('writes', () => {
  const keeper = { endpoint: { writes: 'private' } } as const;

  test('signed bytes go to private providers only, where the chain has one', () => {
    const pairing = buildPairing([{}, keeper]);
    expect(picked(pairing, buildNeed({ kind: 'raw' }))).toBe('1 primary');
    expect(refusals(pairing, buildNeed({ kind: 'raw' }), buildSight({ asked: [1] }))).toEqual([
      'writes-not-taken',
      'already-asked',
    ]);
  });

  test('writes that may carry signed bytes in a shape of their own are kept private as well', () => {
    const need = buildNeed({ kind: 'once', mayCarrySigned: true });
    const pairing = buildPairing([{}, keeper]);
    expect(picked(pairing, need)).toBe('1 primary');
    expect(refusals(pairing, need, buildSight({ asked: [1] }))).toEqual(['writes-not-taken', 'already-asked']);
    expect(picked(buildPairing([{}]), need)).toBe('0 primary');
  });

  test('reads that try a signed transaction out are kept private as well, and go anywhere where nothing is', () => {
    const need = buildNeed({ kind: 'read', mayCarrySigned: true });
    const pairing = buildPairing([{}, keeper, { endpoint: { writes: 'never' } }]);
    expect(picked(pairing, need)).toBe('1 primary');
    expect(refusals(pairing, need, buildSight({ asked: [1] }))).toEqual([
      'writes-not-taken',
      'already-asked',
      'writes-not-taken',
    ]);
    expect(picked(buildPairing([{ endpoint: { writes: 'never' } }]), need)).toBe('0 primary');
  });

  test('what nobody knows goes to any provider that takes writes', () => {
    const pairing = buildPairing([{}, keeper]);
    expect(picked(pairing, buildNeed({ kind: 'once' }), buildSight({ random: () => 0 }))).toBe('0 primary');
    expect(picked(pairing, buildNeed({ kind: 'once' }), buildSight({ random: () => 0.9 }))).toBe('1 primary');
  });

  test('they stay private while the private provider is blocked or cordoned', () => {
    expect(picked(buildPairing([{}, { ...keeper, standing: 'blocked' }]), buildNeed({ kind: 'raw' }))).toBe(
      '1 blocked',
    );
    expect(picked(buildPairing([{}, { ...keeper, cordoned: true }]), buildNeed({ kind: 'raw' }))).toBe('nobody');
  });

  test('with the fallback they go to public ones after all private ones, whatever those are worth', () => {
    const pairing = buildPairing([{}, { ...keeper, standing: 'blocked' }]);
    const need = buildNeed({ kind: 'raw', publicFallback: true });
    expect(picked(pairing, need)).toBe('1 blocked');
    expect(picked(pairing, need, buildSight({ asked: [1] }))).toBe('0 primary');
  });

  test('prefer upstreams at the tip', () => {
    const pairing = buildPairing([{ lagging: true }, backup]);
    expect(picked(pairing, buildNeed({ kind: 'raw', block: { kind: 'any' } }))).toBe('1 backup');
  });
});

describe('a preferred provider', () => {
  const need = buildNeed({ prefer: 'p2' });

  test('is asked first, in either tier', () => {
    expect(picked(buildPairing([{}, {}, {}]), need)).toBe('2 primary');
    expect(picked(buildPairing([{}, {}, backup]), need)).toBe('2 backup');
  });

  test('is one among others once somebody was asked (B14)', () => {
    const pairing = buildPairing([{}, {}, backup]);
    expect(picked(pairing, need, buildSight({ asked: [0] }))).toBe('1 primary');
    expect(picked(pairing, need, buildSight({ asked: [2] }))).toMatch(/^[01] primary$/);
  });

  test('is passed over while it would be a last resort', () => {
    expect(picked(buildPairing([{}, {}, { standing: 'blocked' }]), need)).toMatch(/^[01] primary$/);
    expect(picked(buildPairing([{}, {}, held]), need)).toMatch(/^[01] primary$/);
  });
});

describe('the count of those still askable', () => {
  function askable(traits: readonly UpstreamTraits[], sight = buildSight()): number | undefined {
    const pick = pickUpstream(buildPairing(traits), buildNeed(), sight);
    return pick.kind === 'picked' ? pick.askable : undefined;
  }

  test('holds who could be asked, in any tier, but not the last resorts', () => {
    expect(askable([{}, backup, { lagging: true }, held, { standing: 'blocked' }, { cordoned: true }])).toBe(3);
    expect(askable([{}, backup], buildSight({ asked: [0] }))).toBe(1);
  });

  test('holds the last resorts where nothing else is left', () => {
    expect(askable([held, { standing: 'blocked' }])).toBe(2);
  });
});

describe('a choice among those that answered well just now', () => {
  test('leaves out all others', () => {
    const sight = buildSight({ among: 'answering' });
    const pairing = buildPairing([{}, backup]);
    expect(refusals(pairing, buildNeed(), sight)).toEqual(['no-recent-answer', 'no-recent-answer']);
    sight.load.end(sight.load.begin(buildUpstream(1), 0, sight.now - 50), 'good', sight.now);
    expect(picked(pairing, buildNeed(), sight)).toBe('1 backup');
  });
});
