import { expect, test } from 'vitest';
import { eventually, standings } from '../support/ask-gateway.ts';
import { devnetOf, openGateway, startUpstreams, untilReady } from '../support/open-gateway.ts';

/** Probes that come far too late for any test: what happens here, happens without them. */
const patient = { probeFirst: '10m', probeMax: '10m', probeTripMax: '10m' };

test('never worse than the best upstream alone: one that is back and not yet probed answers when all others are gone', async () => {
  const [alpha, bravo] = await startUpstreams({}, {});
  if (alpha === undefined || bravo === undefined) throw new Error('no upstreams');
  const gateway = await openGateway({ chains: devnetOf([alpha, bravo], { health: patient }) });
  await untilReady(gateway);
  const until = (name: string, standing: string) =>
    eventually(
      () => standings(gateway.adminUrl),
      (found) => found[name] === standing,
    );
  await until('p0', 'serving');
  await until('p1', 'serving');

  await alpha.down();
  await until('p0', 'blocked');
  await alpha.up();
  await bravo.down();
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => gateway.call('eth_getBalance', ['0x00', 'latest'])),
  );
  expect(answers.map(({ body }) => typeof body.result)).toEqual(answers.map(() => 'string'));
  expect(answers[0]?.headers.get('x-switchyard-upstream')).toBe('p0/json-rpc');
  expect(answers.at(-1)?.headers.get('x-switchyard-degraded')).toBe('blocked');
  expect((await standings(gateway.adminUrl)).p0).toBe('blocked');
});
