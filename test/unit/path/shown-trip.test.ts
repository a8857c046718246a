import { describe, expect, test } from 'vitest';
import type { ClassifiedCall } from '../../../src/model/call.ts';
import type { Pairing } from '../../../src/model/pairing.ts';
import { quantityText } from '../../../src/model/quantity.ts';
import { okVerdict } from '../../../src/model/verdict.ts';
import { behindVerdict, createShownHead } from '../../../src/path/head-doubt.ts';
import { createShownTrip } from '../../../src/path/shown-trip.ts';
import type { Answered, Served, Trip } from '../../../src/path/trip.ts';
import { buildLane } from '../../support/build-lane.ts';
import { result } from '../../support/build-outcome.ts';
import { buildPairing, buildUpstream } from '../../support/build-pairing.ts';
import { policyOf } from '../../support/build-policy.ts';
import { buildAnswered, buildTrip } from '../../support/build-trip.ts';
import { steered } from '../../support/cache-scene.ts';

const newest: ClassifiedCall = {
  call: { id: Buffer.from('1'), method: 'm_height', params: undefined },
  policy: policyOf({ name: 'm_height', showsHead: [] }),
  block: { kind: 'tag', tag: 'latest' },
};

/** Serves these heights one after the other, each by an upstream; `behind` as the judge would have called it. */
function tell(
  heights: readonly { readonly height: number; readonly by: number; readonly how?: 'behind' }[],
  pairing: Pairing = { ...buildPairing([{}, {}]), tip: 200 },
) {
  const lane = buildLane({ pairing: () => pairing, shownHead: createShownHead() });
  const queue = heights.map(({ height, by, how }): Answered => {
    const verdict = how === 'behind' ? behindVerdict : okVerdict;
    return buildAnswered(result(quantityText(height, lane.spec.head.quantity)), {
      verdict,
      upstream: buildUpstream(by),
    });
  });
  const serve = createShownTrip(async (): Promise<Served> => queue.shift() ?? { kind: 'gone' });
  const trip: Trip = buildTrip(lane, 'm_height', { classified: newest });
  return heights.reduce<Promise<readonly string[]>>(async (before, _) => {
    const told = await before;
    const served = await serve(trip);
    if (served.kind !== 'answered' || served.answer.kind !== 'result') return [...told, served.kind];
    const height = Number(JSON.parse(served.answer.result.toString()));
    return [...told, `${height}${served.facts.degraded === undefined ? '' : ` ${served.facts.degraded}`}`];
  }, Promise.resolve([]));
}

test('who is behind is not passed on where more was told: the last answer is given again, and says so', async () => {
  expect(
    await tell([
      { height: 101, by: 0 },
      { height: 100, by: 1, how: 'behind' },
      { height: 102, by: 1 },
    ]),
  ).toEqual(['101', '101 height', '102']);
});

test('what the upstreams do not agree on is not told again', async () => {
  expect(
    await tell(
      [
        { height: 1_000_000, by: 0 },
        { height: 100, by: 1, how: 'behind' },
      ],
      { ...buildPairing([{}, {}]), tip: 101 },
    ),
  ).toEqual(['1000000', '100']);
});

test('nothing is made up where nothing was told', async () => {
  expect(await tell([{ height: 100, by: 1, how: 'behind' }])).toEqual(['100']);
});

describe('a block that was told', () => {
  const block: ClassifiedCall = {
    call: { id: Buffer.from('1'), method: 'm_block', params: undefined },
    policy: policyOf({ name: 'm_block', showsBlock: { height: ['number'], hash: ['hash'] } }),
    block: { kind: 'tag', tag: 'latest' },
  };

  /** Block 101 is told; then one at 100 is all there is, while the chain has this hash at 101. Says the height that is told. */
  async function tellAgain(hashNow: string | undefined, headers: Record<string, string> = {}): Promise<number> {
    const pairing: Pairing = { ...buildPairing([{}, {}]), tip: 200 };
    const recent = { hashAt: () => hashNow, heightOf: () => undefined };
    const lane = buildLane({ pairing: () => pairing, shownHead: createShownHead(), recent });
    const textOf = (height: number): string =>
      `{"number":${JSON.parse(quantityText(height, lane.spec.head.quantity))},"hash":"0x${height}"}`;
    const queue = [
      buildAnswered(result(textOf(101)), { upstream: buildUpstream(0) }),
      buildAnswered(result(textOf(100)), { upstream: buildUpstream(1), verdict: behindVerdict }),
    ];
    const serve = createShownTrip(async (): Promise<Served> => queue.shift() ?? { kind: 'gone' });
    const trip: Trip = buildTrip(lane, 'm_block', { classified: block, steering: steered(headers) });
    await serve(trip);
    const served = await serve(trip);
    const text = served.kind === 'answered' && served.answer.kind === 'result' ? served.answer.result.toString() : '{}';
    return JSON.parse(text).number;
  }

  test('is told again as long as the chain has it', async () => {
    expect(await tellAgain('0x101')).toBe(101);
  });

  test('is not told again once the chain has another in its place, or none', async () => {
    expect(await tellAgain('0xother')).toBe(100);
    expect(await tellAgain(undefined)).toBe(100);
  });

  test('is not told again to whoever says where its answer is to come from', async () => {
    expect(await tellAgain('0x101', { cache: 'bypass' })).toBe(100);
    expect(await tellAgain('0x101', { exclude: 'p0' })).toBe(100);
  });
});
