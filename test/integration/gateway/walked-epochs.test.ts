import { describe, expect, test } from 'vitest';
import { type Stage, setStage } from '../../support/stage.ts';

const refused = { kind: 'refused' } as const;

function key(name: string): string {
  return `staged/${name}/json-rpc`;
}

/** How many probes were sent to a provider from one moment to another. */
function probesOf(stage: Stage, name: string, span: { readonly from: number; readonly to: number }): number {
  return stage.sends.filter(
    (sent) => sent.key === key(name) && sent.purpose === 'probe' && sent.at >= span.from && sent.at < span.to,
  ).length;
}

describe('ten epochs, one after the other,', () => {
  test('B1, B2, F-164: carry over who is blocked, primary and backup alike, probe them at once, and unblock nobody', async () => {
    const stage = await setStage({
      providers: ['alpha', 'bravo', { name: 'charlie', tier: 'backup' }],
      faults: { alpha: refused, charlie: refused },
      config: { epochBlocks: 150 },
    });
    await stage.until(() => stage.told('epoch-started').length > 0);
    const first = stage.view().epoch ?? Number.NaN;
    for (let passed = 1; passed <= 10; passed++) {
      await stage.until(() => stage.view().epoch === first + passed);
      const begunAt = stage.clock.now();
      await stage.pass(3000);
      for (const name of ['alpha', 'charlie'])
        expect(probesOf(stage, name, { from: begunAt - 300, to: begunAt + 3000 }), name).toBeGreaterThan(0);
      expect(await stage.ask('eth_blockNumber')).toMatchObject({ status: 200, provider: 'bravo' });
    }
    const [, ...next] = stage.told('epoch-started');
    expect(next.map(({ epoch }) => epoch - first)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const { carried } of next) expect(carried).toEqual([key('alpha'), key('charlie')]);
    for (const name of ['alpha', 'charlie']) {
      expect(stage.changesOf(name)).toEqual(['blocked failed-first-probe']);
      expect(stage.sentTo(name, 'client') + stage.sentTo(name, 'retry') + stage.sentTo(name, 'hedge')).toBe(0);
    }
    expect(stage.changesOf('bravo')).toEqual(['serving']);
  });

  test('B2: what is repaired between two of them comes back by its schedule, whatever its tier', async () => {
    const stage = await setStage({
      providers: ['alpha', 'bravo', { name: 'charlie', tier: 'backup' }],
      faults: { alpha: refused, charlie: refused },
      config: { epochBlocks: 10_000 },
    });
    await stage.pass(300_000);
    stage.set('alpha');
    stage.set('charlie');
    // No longer than the longest wait between two probes, a second one, and both steps of probation.
    await stage.until(() => Object.values(stage.standings()).every((standing) => standing === 'serving'), 90_000);
    expect(stage.changesOf('alpha')).toEqual(stage.changesOf('charlie'));
    expect(stage.sentTo('charlie', 'client')).toBe(0);
  });
});

test('F-166: many epochs at once are one transition', async () => {
  const chain = { mining: 'on-demand', height: 0 } as const;
  const stage = await setStage({ providers: ['alpha', 'bravo'], chain, config: { epochBlocks: 10 } });
  await stage.pass(5000);
  for (let mined = 0; mined < 108; mined++) stage.chain.mine();
  await stage.until(() => stage.view().epoch === 10, 20_000);
  expect(stage.told('epoch-started').map(({ epoch }) => epoch)).toEqual([0, 10]);
});

test('an epoch says nothing against a chain that stands still in finality', async () => {
  const stage = await setStage({ providers: ['alpha', 'bravo'], config: { epochBlocks: 30 } });
  await stage.pass(70_000);
  stage.chain.halt();
  await stage.pass(3_600_000);
  expect(stage.view()).toMatchObject({ ready: true, reason: '', state: 'running' });
  expect(await stage.ask('eth_blockNumber')).toMatchObject({ status: 200 });
});
