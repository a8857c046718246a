import { expect, test } from 'vitest';
import type { ConfigReading } from '../../../src/config/read-config.ts';
import { createReloads, type ReloadParts } from '../../../src/world/reloads.ts';
import { StartError } from '../../../src/world/specs.ts';
import { devnetOf, readOverUsual } from '../../support/reloadable-gateway.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

type Taken = Awaited<ReturnType<ReloadParts['runtime']['take']>>;

const reading = readOverUsual({ chains: { devnet: devnetOf(['http://10.0.0.1']) } });

/** Reloads of a runtime that only notes what it is told; `take` says what comes of a configuration. */
function world(take: () => Promise<Taken> = async () => taken('taken'), said: ConfigReading = reading) {
  const told: string[] = [];
  const gates: (() => void)[] = [];
  const reloads = createReloads({
    runtime: {
      take,
      noteReading: (outcome) => void told.push(outcome),
      redactText: (text) => text.replaceAll('s3cret', '***'),
      clock: createVirtualClock(),
      log: { info: (message) => void told.push(message), error: (message) => void told.push(message) },
    },
    reread: async () => {
      told.push('read');
      await new Promise<void>((resolve) => void gates.push(resolve));
      return said;
    },
  });
  const release = async (): Promise<void> => {
    gates.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { reloads, told, release };
}

function taken(kind: 'taken' | 'nothing-new'): Taken {
  if (reading.kind === 'refused') throw new Error(reading.problems.join());
  const fates = new Map([['devnet', 'changed'] as const]);
  return { kind, plan: { settings: reading.settings, fates, removed: ['old'], needsRestart: ['server.port'] } };
}

test('a configuration that was taken is a new revision, and one with nothing new is not', async () => {
  const first = world();
  const result = first.reloads.reload();
  await first.release();
  expect(await result).toEqual({
    done: true,
    revision: 2,
    added: [],
    removed: ['old'],
    changed: ['devnet'],
    rebuilt: [],
    needsRestart: ['server.port'],
  });
  expect(first.told).toEqual(['read', 'taken', 'configuration taken']);
  const second = world(async () => taken('nothing-new'));
  const same = second.reloads.reload();
  await second.release();
  expect(await same).toMatchObject({ done: true, revision: 1 });
});

test('F-240: whoever asks while the file is being read shares one further reading', async () => {
  const { reloads, told, release } = world();
  const [first, second, third] = [reloads.reload(), reloads.reload(), reloads.reload()];
  expect(third).toBe(second);
  expect(told.filter((what) => what === 'read')).toHaveLength(1);
  await release();
  expect(await first).toMatchObject({ revision: 2 });
  await release();
  expect(await second).toMatchObject({ revision: 3 });
  expect(told.filter((what) => what === 'read')).toHaveLength(2);
});

test('F-237: what is wrong is said without secrets, and noted as refused', async () => {
  const { reloads, told, release } = world(undefined, { kind: 'refused', problems: ['a.yaml:1: s3cret is no URL'] });
  const result = reloads.reload();
  await release();
  expect(await result).toMatchObject({ done: false, problems: ['a.yaml:1: *** is no URL'] });
  expect(told).toEqual(['read', 'refused', 'configuration refused; the one before stays in force']);
});

test.each([
  { what: 'a chain that cannot be built', error: new StartError('chains.devnet: no spec'), said: 'no spec' },
  { what: 'a bug', error: new Error('of s3cret'), said: 'a bug of the gateway' },
])('F-237: $what is a refusal, and the next reload goes on as if nothing had been', async ({ error, said }) => {
  let isBroken = true;
  const { reloads, release } = world(async () => {
    if (isBroken) throw error;
    return taken('taken');
  });
  const broken = reloads.reload();
  await release();
  expect(await broken).toMatchObject({ done: false, problems: [expect.stringContaining(said)] });
  isBroken = false;
  const good = reloads.reload();
  await release();
  expect(await good).toMatchObject({ done: true, revision: 2 });
});
