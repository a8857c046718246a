import { pad } from 'viem';
import { expect, onTestFinished, test } from 'vitest';
import { startTwinAnvils } from '../support/twin-anvils.ts';
import { readThroughFailures, startInFrontOf } from './two-of-three.ts';

test('G2: no read is lost while any two of three anvils are killed one after another and come back', async () => {
  const twins = await startTwinAnvils(3, 64);
  const mining = setInterval(() => void twins.mine(), 1000);
  onTestFinished(async () => {
    clearInterval(mining);
    await twins.stop();
  });
  const gateway = await startInFrontOf(twins.ports.map((port) => `http://127.0.0.1:${port}`));
  onTestFinished(() => gateway.stop());
  const truth = { chainId: 31_337, height: twins.height, hashAt: twins.hashAt, answerOf: pad };
  const report = await readThroughFailures('SIGKILL', { gateway, truth, fail: twins.kill, recover: twins.restart });
  expect(report).toMatchObject({ lost: [], wrong: [], refused: [] });
});
