import { describe, expect, test } from 'vitest';
import type { Fault } from '../../simulation/world/fault.ts';
import { type Stage, setStage } from '../../support/stage.ts';

const noTime: Fault = { kind: 'rate-limited', perSecond: 0, form: 'status', retryAfterMs: undefined };
const anHour: Fault = { ...noTime, retryAfterMs: 3_600_000 };

/** Three seconds on its way: sent before what happens meanwhile, answered after. */
const slow: Fault = { kind: 'slow', addedMs: 3000 };

/** Reads what no other call of the same stage reads, so that each is a call of its own to the upstream. */
async function readBalance(stage: Stage): Promise<number> {
  const account = stage.sends.length.toString(16).padStart(40, '0');
  return (await stage.ask('eth_getBalance', [`0x${account}`, 'latest'])).status;
}

function heldOff(stage: Stage): string | undefined {
  return stage.upstream('alpha').heldOff?.reason;
}

/** A stage on which alpha is asked, and has just asked us to slow down so often that it is held off for a while. */
async function setHeldOff(stage: Stage): Promise<void> {
  for (let turn = 0; turn < 400 && (stage.upstream('alpha').heldOff?.forMs ?? 0) < 20_000; turn++) {
    await readBalance(stage);
    await stage.pass(500);
  }
  expect(heldOff(stage)).toBe('rate-limited');
}

describe('a good answer to a client’s call', () => {
  test('sent since the hold-off began ends it, where the endpoint named no time', async () => {
    const stage = await setStage({ providers: ['alpha'] });
    await stage.pass(10_000);
    stage.set('alpha', noTime);
    await setHeldOff(stage);
    stage.set('alpha');
    await stage.pass(1000);
    expect(heldOff(stage)).toBe('rate-limited');
    expect(await readBalance(stage)).toBe(200);
    await stage.pass(200);
    expect(heldOff(stage)).toBeUndefined();
  });

  test('sent before it began does not end it, however late it comes', async () => {
    const stage = await setStage({ providers: ['alpha'] });
    await stage.pass(10_000);
    stage.set('alpha', slow);
    const late = readBalance(stage);
    await stage.pass(100);
    const sent = stage.sentTo('alpha', 'client');
    stage.set('alpha', { kind: 'quota-spent' });
    expect(await readBalance(stage)).not.toBe(200);
    expect(stage.sentTo('alpha', 'client')).toBeGreaterThan(sent);
    expect(heldOff(stage)).toBe('quota');
    stage.set('alpha');
    expect(await late).toBe(200);
    await stage.pass(200);
    expect(heldOff(stage)).toBe('quota');
  });

  test('never ends the time the endpoint itself named', async () => {
    const stage = await setStage({ providers: ['alpha'] });
    await stage.pass(10_000);
    stage.set('alpha', anHour);
    await readBalance(stage);
    stage.set('alpha');
    await stage.pass(1000);
    expect(await readBalance(stage)).toBe(200);
    await stage.pass(200);
    expect(heldOff(stage)).toBe('retry-after');
  });

  test('B4: sent before a block makes no probe due, however late it comes', async () => {
    const stage = await setStage({ providers: ['alpha'] });
    await stage.pass(10_000);
    stage.set('alpha', slow);
    const late = readBalance(stage);
    await stage.pass(100);
    stage.set('alpha', { kind: 'refused' });
    await stage.until(() => stage.standings().alpha === 'blocked', 2000);
    expect(await late).toBe(200);
    const probes = stage.sentTo('alpha', 'probe');
    expect(stage.upstream('alpha')).toMatchObject({ standing: 'blocked', trips: 1 });
    expect(stage.upstream('alpha').nextProbeInMs).toBeGreaterThan(500);
    await stage.pass(500);
    expect(stage.sentTo('alpha', 'probe')).toBe(probes);
  });
});
