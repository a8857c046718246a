import { describe, expect, test } from 'vitest';
import type { Fault } from '../simulation/world/fault.ts';
import { type Stage, setStage } from '../support/stage.ts';
import { gaugeOf, gaugesOf } from '../support/stage-gauges.ts';

const names = ['alpha', 'bravo', 'charlie', 'delta'];

/** How many there are, and how fast their chain is. */
const stages: readonly (readonly [number, number])[] = [
  [1, 1000],
  [2, 1000],
  [2, 12_000],
  [3, 1000],
  [3, 12_000],
  [4, 1000],
];

/** What is wrong with alpha, and what becomes of it where somebody else shows the chain. */
interface Row {
  readonly words: string;
  readonly fault: Fault;
  readonly standing: 'serving' | 'blocked stale-head' | 'blocked outlier-head';
  /** How far the tip may lie above the chain's own height where alpha is the only one, or one of two. */
  readonly alone: number;
  readonly ofTwo: number;
}

const rows: readonly Row[] = [
  { words: 'stands still', fault: { kind: 'stuck' }, standing: 'blocked stale-head', alone: 0, ofTwo: 0 },
  {
    words: 'is two blocks ahead',
    fault: { kind: 'claims-ahead', blocks: 2 },
    standing: 'serving',
    alone: 2,
    ofTwo: 2,
  },
  {
    words: 'is a billion blocks ahead',
    fault: { kind: 'claims-ahead', blocks: 1_000_000_000 },
    standing: 'blocked outlier-head',
    alone: 1_000_000_000,
    ofTwo: 0,
  },
  {
    words: 'is an hour ahead',
    fault: { kind: 'hour-ahead' },
    standing: 'blocked outlier-head',
    alone: 3600,
    ofTwo: 0,
  },
  {
    words: 'is an hour ahead with blocks whose times are of now',
    fault: { kind: 'hour-ahead', times: 'of-now' },
    standing: 'blocked outlier-head',
    alone: 3600,
    ofTwo: 0,
  },
];

const table = stages.flatMap(([count, blockTimeMs]) => rows.map((row) => ({ ...row, count, blockTimeMs })));

function heightOf({ chain, clock }: Stage): number {
  return chain.startHeight + Math.floor(clock.now() / chain.blockTimeMs);
}

/** Whom twenty reads at the tip are answered by; all of them are answered. */
async function readers(stage: Stage): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  for (let turn = 0; turn < 20; turn++) {
    const { status, provider = '' } = await stage.ask('eth_getBalance', [`0x${'0'.repeat(40)}`, 'latest']);
    expect(status).toBe(200);
    seen.add(provider);
  }
  return seen;
}

/** The tip, and its gauge, is the chain's own height give or take a poll, and at most so much above it. */
function expectTip(stage: Stage, ahead: number): void {
  const { tip = 0 } = stage.view();
  const blocks = Math.ceil(12_000 / stage.chain.blockTimeMs);
  expect(tip).toBeLessThanOrEqual(heightOf(stage) + ahead);
  expect(tip).toBeGreaterThanOrEqual(heightOf(stage) - blocks);
  expect(gaugeOf(stage, 'chainLatestBlock')).toBe(tip);
}

function expectHealthy(stage: Stage, healthy: ReadonlySet<string>): void {
  for (const [name, value] of Object.entries(gaugesOf(stage, 'endpointHealthy')))
    expect({ name, value }).toEqual({ name, value: healthy.has(name) ? 1 : 0 });
  expect(gaugeOf(stage, 'chainServing', { tier: 'primary' })).toBe(healthy.size);
  expect(gaugeOf(stage, 'chainReady')).toBe(1);
  expect(stage.view().ready).toBe(true);
}

describe.each(table)('of $count upstreams with blocks of $blockTimeMs ms one $words:', (row) => {
  const { count, fault, standing, blockTimeMs } = row;
  const providers = names.slice(0, count);
  const others = providers.slice(1);
  const isFound = count > 1 && standing !== 'serving';

  test('tip, readers, standings, readiness and gauges are as they should be, and are again once it is well', async () => {
    const stage = await setStage({ providers, chain: { blockTimeMs } });
    await stage.pass(60_000);
    const { epoch = 0 } = stage.view();
    stage.set('alpha', fault);
    await stage.pass(240_000);
    const serving = new Set(isFound ? others : providers);
    expect(stage.changesOf('alpha')).toEqual(isFound ? ['serving', standing] : ['serving']);
    for (const name of others) expect(stage.changesOf(name)).toEqual(['serving']);
    expect(await readers(stage)).toEqual(serving);
    expectHealthy(stage, serving);
    if (count === 1 && fault.kind === 'stuck') expect(stage.view().tip).toBe(stage.upstream('alpha').head);
    else expectTip(stage, count === 1 ? row.alone : count === 2 ? row.ofTwo : 0);
    if (count > 1) expect(gaugeOf(stage, 'chainEpoch')).toBeLessThanOrEqual(epoch + 6);
    stage.set('alpha');
    await stage.until(() => stage.standings().alpha === 'serving', 300_000);
    await stage.until(() => (stage.view().tip ?? 0) <= heightOf(stage), 300_000);
    await stage.pass(15_000);
    expectHealthy(stage, new Set(providers));
    expectTip(stage, 0);
    for (const name of others) expect(stage.changesOf(name)).toEqual(['serving']);
  });
});
