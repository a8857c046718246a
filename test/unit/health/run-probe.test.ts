import { expect, test } from 'vitest';
import { createLocalErrorLog, watchOwnTrouble } from '../../../src/health/own-trouble.ts';
import { type ProbeIo, runProbe } from '../../../src/health/run-probe.ts';
import { createTimers } from '../../../src/health/timers.ts';
import { buildSpec, buildVerdict } from '../../support/build-health.ts';
import { createScriptedAsk, type ScriptedReply } from '../../support/scripted-ask.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const spec = buildSpec();
const plan = { identity: spec.identity, head: spec.head };

function surroundings(said: ScriptedReply, traits: Partial<ProbeIo> = {}) {
  const clock = createVirtualClock();
  const timers = createTimers(clock);
  const trouble = watchOwnTrouble(createLocalErrorLog(), timers);
  const { ask } = createScriptedAsk(clock, () => said);
  const io: ProbeIo = {
    clock,
    timers,
    ask,
    trouble,
    upstream: 'testnet/p0/json-rpc',
    host: 'p0',
    connection: 'fresh',
    judgeHead: () => undefined,
    beatDueAt: () => clock.now(),
    ...traits,
  };
  return { clock, io };
}

const timedOut: ScriptedReply = { verdict: buildVerdict('timeout'), afterMs: 5000 };

test('a timeout of its question is the upstream’s', async () => {
  const { clock, io } = surroundings(timedOut);
  const running = runProbe(plan, io);
  await clock.advanceAsync(5000);
  expect(await running).toMatchObject({ outcome: 'failed', detail: 'timeout' });
});

test('F-220: a timeout that ran out while our own loop stood still tells nothing', async () => {
  const { clock, io } = surroundings(timedOut);
  const running = runProbe(plan, { ...io, beatDueAt: () => 1500 });
  await clock.advanceAsync(5000);
  expect(await running).toMatchObject({ outcome: 'told-nothing' });
});

test('a resolver that fails here alone is judged after a second, and then the upstream’s', async () => {
  const { clock, io } = surroundings({ verdict: buildVerdict('connect-failed'), failure: 'dns' });
  let outcome = 'open';
  void runProbe(plan, io).then((result) => {
    outcome = result.outcome;
  });
  await clock.advanceAsync(999);
  expect(outcome).toBe('open');
  await clock.advanceAsync(1);
  expect(outcome).toBe('failed');
});

test('a judgement of the head that throws ends the probe, and tells nothing', async () => {
  const { clock, io } = surroundings({ value: 7 });
  const judgeHead = (): never => {
    throw new RangeError('https://secret.example');
  };
  const running = runProbe({ identity: 'trust', head: { ...spec.head, height: [] } }, { ...io, judgeHead });
  await clock.advanceAsync(0);
  expect(await running).toMatchObject({ outcome: 'told-nothing', detail: 'the probe broke: RangeError' });
});
