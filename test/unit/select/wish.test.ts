import { describe, expect, test } from 'vitest';
import type { Pairing } from '../../../src/model/pairing.ts';
import type { Need } from '../../../src/model/pick.ts';
import { groupsInOrder } from '../../../src/select/groups-in-order.ts';
import { createLoad } from '../../../src/select/load.ts';
import { pickUpstream } from '../../../src/select/pick-upstream.ts';
import { reachOf } from '../../../src/select/reach.ts';
import type { Sight } from '../../../src/select/terms.ts';
import { buildNeed, buildPairing } from '../../support/build-pairing.ts';
import { seededRandom } from '../../support/seeded-random.ts';

function sightOf(asked: readonly number[] = []): Sight {
  return { asked, load: createLoad(4), now: 1000, random: seededRandom(1) };
}

function picked(pairing: Pairing, need: Partial<Need>, asked: readonly number[] = []): readonly (number | string)[] {
  const sight = sightOf(asked);
  const picks = Array.from({ length: 40 }, () => pickUpstream(pairing, buildNeed(need), sight));
  const found = picks.map((pick) => (pick.kind === 'picked' ? pick.upstream.endpoint.index : 'nobody'));
  return [...new Set(found)].sort();
}

const keyOf = (pairing: Pairing, index: number): string => pairing.upstreams[index]?.endpoint.key ?? '';

describe('a floor of height', () => {
  const pairing = buildPairing([{ head: 100 }, { head: 98 }, { head: 99, endpoint: { tier: 'backup' } }]);

  test('is asked of nobody below, be it that a backup has to answer, or nobody', () => {
    expect(picked(pairing, { atLeast: 100 })).toEqual([0]);
    expect(picked(pairing, { atLeast: 99 }, [0])).toEqual([2]);
    expect(picked(pairing, { atLeast: 101 })).toEqual(['nobody']);
    expect(picked(pairing, {})).toEqual([0, 1]);
  });

  test('is not met by a head nobody believes', () => {
    const lying = buildPairing([{ head: 1_000_000, outlier: true }, { head: 100 }]);
    expect(picked(lying, { atLeast: 101, block: { kind: 'any' } })).toEqual(['nobody']);
  });

  test('says why', () => {
    const pick = pickUpstream(pairing, buildNeed({ atLeast: 200 }), sightOf());
    expect(pick.kind === 'nobody' && pick.refusals.map(({ reason }) => reason)).toEqual(
      Array(3).fill('height-not-reached'),
    );
  });

  test('is reached by those whose heads are there, of all that could be asked without a last resort', () => {
    const mixed = buildPairing([{ head: 100 }, { head: 98 }, { head: 100, standing: 'blocked' }, { head: 101 }]);
    const reach = reachOf(mixed, buildNeed(), { height: 100, sight: sightOf() });
    expect(reach).toEqual({ at: [keyOf(mixed, 0), keyOf(mixed, 3)], below: 1 });
  });
});

describe('a favoured upstream', () => {
  const pairing = buildPairing([{}, {}, { endpoint: { tier: 'backup' } }]);

  test('is asked first as long as it serves, also where it is a backup', () => {
    expect(picked(pairing, { favour: keyOf(pairing, 1) })).toEqual([1]);
    expect(picked(pairing, { favour: keyOf(pairing, 2) })).toEqual([2]);
  });

  test('is passed over once it was asked, and where anything is wrong with it', () => {
    expect(picked(pairing, { favour: keyOf(pairing, 1) }, [1])).toEqual([0]);
    for (const trouble of [{ standing: 'blocked' }, { lagging: true }, { standing: 'probation', share: 0 }] as const) {
      const troubled = buildPairing([{}, trouble]);
      expect(picked(troubled, { favour: keyOf(troubled, 1) })).toEqual([0]);
    }
  });

  test('stands behind the one a client prefers', () => {
    expect(picked(pairing, { favour: keyOf(pairing, 1), prefer: 'p0' })).toEqual([0]);
  });
});

describe('groups', () => {
  const pairing = buildPairing([
    { endpoint: { group: 'one', tier: 'backup' } },
    { endpoint: { group: 'two' } },
    { endpoint: { group: 'two' } },
    { endpoint: { group: 'three' }, standing: 'blocked' },
  ]);

  test('that are not among those wanted are not asked', () => {
    expect(picked(pairing, { groups: new Set(['one']) })).toEqual([0]);
    expect(picked(pairing, { groups: new Set(['four']) })).toEqual(['nobody']);
  });

  test('come in the order of resort, the last resorts told apart', () => {
    expect(groupsInOrder(pairing, buildNeed(), sightOf())).toEqual({ groups: ['two', 'one', 'three'], ready: 2 });
  });

  test('of which nobody may be asked do not come at all', () => {
    const need = buildNeed({ exclude: new Set(['p0']) });
    expect(groupsInOrder(pairing, need, sightOf()).groups).toEqual(['two', 'three']);
  });
});
