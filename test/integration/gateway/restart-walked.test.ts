import { describe, expect, test } from 'vitest';
import { type Stage, setStage } from '../../support/stage.ts';

const three = ['alpha', 'bravo', 'charlie'];
const refused = { kind: 'refused' } as const;

interface StoredTrack {
  readonly tip: number;
  readonly finalized: number;
  readonly blocks: readonly (readonly [number, string])[];
}

function storedTrack(stage: Stage): StoredTrack {
  return JSON.parse(JSON.stringify(stage.store.get('track/staged')));
}

function storedStanding(stage: Stage, name: string): unknown {
  return stage.store.get(`standing/staged/${name}/json-rpc`);
}

/** States the chain went through in the present life of the gateway. */
function statesSince(stage: Stage, from: number): readonly string[] {
  return stage.events.slice(from).flatMap((event) => (event.kind === 'chain-state-changed' ? [event.state] : []));
}

/** Kills the gateway, lets `meanwhile` happen, and starts it again; answers where its new life begins among the events. */
function restart(stage: Stage, meanwhile: () => void = () => undefined): number {
  stage.kill();
  meanwhile();
  const from = stage.events.length;
  stage.start();
  return from;
}

/** A stage with a stored past; `alpha` is blocked. */
async function setWithPast(): Promise<Stage> {
  const stage = await setStage({ providers: three });
  await stage.pass(70_000);
  stage.set('alpha', refused);
  await stage.until(() => stage.standings().alpha === 'blocked');
  await stage.pass(6000);
  return stage;
}

describe('a kill at any moment', () => {
  test('F-225: whatever changed a second before it is known afterwards', async () => {
    for (let phase = 0; phase < 1000; phase += 90) {
      const stage = await setStage({ providers: ['alpha', 'bravo'] });
      await stage.pass(5000 + phase);
      stage.cordon('alpha', 'cordon');
      // The store itself takes another quarter of a second to write.
      await stage.pass(750);
      expect(storedStanding(stage, 'alpha')).toMatchObject({ cordoned: true });
    }
  });

  test('F-225: in the midst of a storm, every standing comes back as it was stored: blocked as blocked, serving as unproven', async () => {
    const stage = await setStage({ providers: three });
    await stage.pass(5000);
    for (let second = 0; second < 100; second++) {
      stage.set(three[second % 3] ?? 'alpha', second % 2 === 0 ? refused : undefined);
      await stage.pass(970 + second);
      if (second % 9 !== 0) continue;
      const stored = three.map((name) => JSON.stringify(storedStanding(stage, name)));
      restart(stage);
      const kinds = three.map((name) => stage.standings()[name]);
      for (const [at, row] of stored.entries()) {
        const { standing } = JSON.parse(row ?? '{}');
        expect(kinds[at]).toBe(standing.kind === 'serving' ? 'unproven' : standing.kind);
      }
    }
  });
});

describe('resume wins', () => {
  test('F-225: without any network the chain is what it was: running, its heights and epoch known, blocked still blocked', async () => {
    const stage = await setWithPast();
    const { tip = 0, epoch } = stage.view();
    stage.setAll(refused);
    const from = restart(stage);
    const { finalized } = storedTrack(stage);
    expect(stage.view()).toMatchObject({ state: 'running', epoch, finalized, ready: false });
    expect(stage.view().tip).toBeGreaterThan(tip - 7);
    expect(stage.standings()).toEqual({ alpha: 'blocked', bravo: 'unproven', charlie: 'unproven' });
    expect(stage.upstream('alpha').reason).toBe('failed-polls');
    await stage.pass(60_000);
    expect(statesSince(stage, from)).toEqual(['running']);
    stage.setAll();
    await stage.until(() => Object.values(stage.standings()).every((standing) => standing === 'serving'));
    expect(statesSince(stage, from)).toEqual(['running']);
    expect(stage.view().epoch).toBeGreaterThanOrEqual(epoch ?? 0);
  });

  test('B2: a blocked primary is blocked as a backup, and a blocked backup as a primary; clients reach it once probes passed', async () => {
    const stage = await setStage({ providers: ['alpha', 'bravo', { name: 'charlie', tier: 'backup' }] });
    await stage.pass(10_000);
    for (const name of ['alpha', 'charlie']) stage.set(name, refused);
    await stage.until(() => ['alpha', 'charlie'].every((name) => stage.standings()[name] === 'blocked'));
    await stage.pass(1000);
    stage.kill();
    stage.start({ alpha: 'backup', charlie: 'primary' });
    expect(stage.standings()).toMatchObject({ alpha: 'blocked', charlie: 'blocked' });
    const before = stage.sentTo('alpha', 'client') + stage.sentTo('charlie', 'client');
    for (let turn = 0; turn < 20; turn++) {
      expect(await stage.ask('eth_blockNumber')).toMatchObject({ provider: 'bravo' });
      await stage.pass(500);
    }
    expect(stage.sentTo('alpha', 'client') + stage.sentTo('charlie', 'client')).toBe(before);
    stage.setAll();
    stage.set('bravo', refused);
    await stage.until(() => stage.standings().charlie === 'serving');
    expect(await stage.ask('eth_blockNumber')).toMatchObject({ provider: 'charlie' });
  });

  test('the history goes on where it was: why it was blocked is still told', async () => {
    const stage = await setWithPast();
    restart(stage, () => stage.clock.advance(3_600_000));
    stage.set('alpha');
    await stage.until(() => stage.standings().alpha === 'serving');
    const { transitions } = stage.upstream('alpha');
    expect(transitions.map(({ from, to, reason }) => [from, to, reason])).toEqual([
      ['unproven', 'serving', undefined],
      ['serving', 'blocked', 'failed-polls'],
      ['blocked', 'probation', undefined],
      ['probation', 'probation', undefined],
      ['probation', 'serving', undefined],
    ]);
    const moments = transitions.map(({ at }) => at);
    expect(moments).toEqual([...moments].sort((a, b) => a - b));
    expect((moments[2] ?? 0) - (moments[1] ?? 0)).toBeGreaterThan(3_600_000);
  });

  test('what was set aside names its epoch anew, across a kill as well', async () => {
    const stage = await setStage({ providers: three });
    await stage.pass(70_000);
    const { epoch = 0 } = stage.view();
    stage.chain.reset();
    await stage.until(() => stage.told('store-set-aside').length === 1);
    await stage.pass(600);
    restart(stage);
    await stage.until(() => stage.view().epoch === 1, 240_000);
    expect(epoch).toBeGreaterThan(1000);
  });
});

describe('the remembered tail', () => {
  test('that is canonical is kept, and what came meanwhile is followed', async () => {
    const stage = await setWithPast();
    const [oldest] = storedTrack(stage).blocks;
    const from = restart(stage, () => stage.clock.advance(5000));
    await stage.pass(20_000);
    expect(storedTrack(stage).blocks[0]).toEqual(oldest);
    expect(stage.told('store-set-aside')).toEqual([]);
    expect(stage.told('reorg-seen')).toEqual([]);
    expect(statesSince(stage, from)).toEqual(['running']);
  });

  test('that was reorganised meanwhile is rewound to the fork: what lies below is kept, nothing stale is', async () => {
    const stage = await setWithPast();
    const [oldest] = storedTrack(stage).blocks;
    restart(stage, () => stage.chain.reorg(6));
    await stage.pass(20_000);
    const { blocks } = storedTrack(stage);
    expect(blocks[0]).toEqual(oldest);
    expect(blocks.filter(([height, hash]) => hash !== stage.chain.hashAt(height))).toEqual([]);
    expect(stage.told('store-set-aside')).toEqual([]);
  });

  test('that is of another chain is set aside: it starts cold, and its epoch may fall', async () => {
    const stage = await setWithPast();
    const { epoch = 0 } = stage.view();
    const from = restart(stage, () => stage.chain.reset());
    await stage.until(() => stage.told('store-set-aside').length > 0, 60_000);
    await stage.until(() => stage.view().state === 'running', 60_000);
    await stage.until(() => (stage.view().epoch ?? epoch) < epoch, 60_000);
    expect(statesSince(stage, from)).toEqual(['running', 'waiting-safe-head', 'running']);
    expect(stage.standings().alpha).toBe('blocked');
  });

  test('that is longer than the chain is cut to the smaller, and nobody lags behind what is no more', async () => {
    const stage = await setStage({ providers: three, chain: { mining: 'on-demand', height: 0 } });
    for (let mined = 0; mined < 6; mined++) {
      stage.chain.mine();
      await stage.pass(2000);
    }
    await stage.pass(6000);
    expect(storedTrack(stage)).toMatchObject({ tip: 6 });
    restart(stage, () => stage.chain.unmine(3));
    await stage.pass(20_000);
    expect(stage.view()).toMatchObject({ tip: 3, state: 'running', ready: true });
    expect(stage.view().upstreams.map(({ lagging, outlier }) => lagging || outlier)).toEqual([false, false, false]);
    expect(storedTrack(stage).blocks.at(-1)).toEqual([3, stage.chain.hashAt(3), stage.chain.hashAt(2)]);
    expect(stage.told('store-set-aside')).toEqual([]);
  });
});
