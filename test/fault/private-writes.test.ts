import { describe, expect, test } from 'vitest';
import { type Stage, setStage } from '../support/stage.ts';

const signed = '0x02f86f0180';

/** A chain with a provider that keeps what it is sent to itself, and two that show it to everybody. */
async function openStage(config: object = {}): Promise<Stage> {
  const stage = await setStage({ providers: [{ name: 'keeper', writes: 'private' }, 'alpha', 'bravo'], config });
  await stage.pass(90_000);
  expect(stage.view().state).toBe('running');
  return stage;
}

/** Who was sent anything that holds the signed bytes, whatever it was sent for. */
function whoSaw(stage: Stage): readonly string[] {
  const seen = stage.sends.filter(({ call }) => JSON.stringify(call).includes(signed));
  return [...new Set(seen.map(({ key }) => key.split('/')[1] ?? ''))];
}

/** All ways to bring signed bytes along. */
const ways: readonly (readonly [string, readonly unknown[]])[] = [
  ['eth_sendRawTransaction', [signed]],
  ['eth_sendRawTransactionSync', [signed]],
  ['eth_sendBundle', [{ txs: [signed], blockNumber: '0x1' }]],
  ['eth_callBundle', [{ txs: [signed], blockNumber: '0x1' }]],
  ['mev_simBundle', [{ body: [{ tx: signed }] }]],
  ['nobody_knowsThis', [signed]],
];

describe('where a provider keeps transactions private, nobody else is shown one', () => {
  test.each(ways)('by %s while it is well', async (method, params) => {
    const stage = await openStage();
    for (let call = 0; call < 5; call += 1) await stage.ask(method, params);
    expect(whoSaw(stage)).toEqual(['keeper']);
  });

  test.each(ways)('by %s while it is out of reach, and the fault says why nobody was asked', async (method, params) => {
    const stage = await openStage();
    stage.set('keeper', { kind: 'refused' });
    await stage.until(() => stage.upstream('keeper').standing === 'blocked');
    for (let call = 0; call < 3; call += 1) {
      const { fault, data } = await stage.ask(method, params);
      expect(fault).toMatch(/^(?:NO_UPSTREAM|UPSTREAMS_EXHAUSTED)$/);
      expect(data).toMatchObject({
        refused: expect.arrayContaining([
          { upstream: 'alpha/json-rpc', reason: 'writes-not-taken' },
          { upstream: 'bravo/json-rpc', reason: 'writes-not-taken' },
        ]),
      });
    }
    expect(whoSaw(stage).filter((name) => name !== 'keeper')).toEqual([]);
  });

  test('by a transaction that it lost: it alone is asked what became of it', async () => {
    const stage = await openStage();
    stage.set('keeper', { kind: 'breaks-off', failure: 'reset', share: 1 });
    const { fault } = await stage.ask('eth_sendRawTransaction', [signed]);
    expect(fault).toBe('WRITE_OUTCOME_UNKNOWN');
    expect(whoSaw(stage)).toEqual(['keeper']);
  });

  test('but by its own wish: with the fallback a public one takes what no private one could', async () => {
    const stage = await openStage({ writes: { publicFallback: true } });
    stage.set('keeper', { kind: 'refused' });
    await stage.until(() => stage.upstream('keeper').standing === 'blocked');
    await stage.ask('eth_sendRawTransaction', [signed]);
    expect(whoSaw(stage)).not.toEqual(['keeper']);
  });
});
