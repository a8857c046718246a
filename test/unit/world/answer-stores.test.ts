import { describe, expect, test } from 'vitest';
import type { ChainSettings, Settings } from '../../../src/model/settings.ts';
import { okVerdict } from '../../../src/model/verdict.ts';
import type { LaneCache } from '../../../src/path/lane.ts';
import { AnswerStores } from '../../../src/world/answer-stores.ts';
import { result } from '../../support/build-outcome.ts';
import { settingsOf } from '../../support/read-text.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

/** Settings of two chains; `cache` is what the file says of all, `base` what one of them says for itself. */
function settings(cache = '', base = ''): Settings {
  return settingsOf(
    `${cache}\nchains:\n  ethereum:\n    primary: [https://a.example]\n  base:\n    ${base}\n    primary: [https://b.example]\n`,
  );
}

function chain(of: Settings, name: string): ChainSettings {
  const found = of.chains.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no chain ${name}`);
  return found;
}

function open(of: Settings) {
  const stores = new AnswerStores(of, createVirtualClock());
  const cacheOf = (name: string, now = of, before?: LaneCache): LaneCache => {
    const cache = stores.cacheOf(chain(now, name), before);
    if (cache === undefined) throw new Error(`nothing is kept of ${name}`);
    return cache;
  };
  return { stores, cacheOf };
}

function keep({ answers }: LaneCache): void {
  const life = { kind: 'final', height: 1, ttlMs: 60_000 } as const;
  const moment = { turn: 0, shown: 0, floor: 0 };
  const answer = result('"0x1"');
  answers.keep(`${answers.part} key`, { answer, verdict: okVerdict, upstream: 'a', key: 'c/a/json-rpc', life, moment });
}

function isKept({ answers }: LaneCache): boolean {
  const present = {
    moment: { turn: 0, shown: 0, floor: 0 },
    recent: { hashAt: () => undefined, heightOf: () => undefined },
  };
  return answers.find(`${answers.part} key`, present) !== undefined;
}

describe('the memory for answers', () => {
  test('is one that all chains share, and no chain sees the answers of another', () => {
    const { stores, cacheOf } = open(settings());
    const [one, other] = [cacheOf('ethereum'), cacheOf('base')];
    keep(one);
    expect([isKept(one), isKept(other)]).toEqual([true, false]);
    expect(one.answers.part).not.toBe(other.answers.part);
    expect(stores.held()).toMatchObject({ entries: 1 });
  });

  test('goes on over a reload, bigger or smaller', () => {
    const before = settings();
    const { stores, cacheOf } = open(before);
    const cache = cacheOf('ethereum');
    keep(cache);
    for (const room of ['1GiB', '1MiB']) {
      const after = settings(`cache: { maxBytes: ${room} }`);
      stores.take(after);
      expect(cacheOf('ethereum', after, cache)).toBe(cache);
      expect(isKept(cache)).toBe(true);
    }
  });

  test('is begun anew for a chain that is another one now', () => {
    const { cacheOf } = open(settings());
    const before = cacheOf('ethereum');
    keep(before);
    expect(isKept(cacheOf('ethereum'))).toBe(false);
  });

  test('is of its own for a chain that wants another size, and goes when it does not any more', () => {
    const own = settings('', 'cache: { maxBytes: 2MiB }');
    const { stores, cacheOf } = open(own);
    const cache = cacheOf('base');
    keep(cache);
    keep(cacheOf('ethereum'));
    expect(stores.held().entries).toBe(2);
    const shared = settings();
    stores.take(shared);
    expect(stores.held().entries).toBe(1);
    expect(cacheOf('base', shared, cache)).not.toBe(cache);
  });

  test('is none where it is off, for all chains or for one', () => {
    const allOff = settings('cache: off');
    expect(open(allOff).stores.cacheOf(chain(allOff, 'ethereum'))).toBeUndefined();
    const oneOff = settings('', 'cache: off');
    const { stores, cacheOf } = open(oneOff);
    expect(stores.cacheOf(chain(oneOff, 'base'))).toBeUndefined();
    expect(cacheOf('ethereum')).toBeDefined();
  });
});
