import { describe, expect, test } from 'vitest';
import { legendText, providerText } from '../../../src/demo/control-text.ts';
import { describeDevnet } from '../../../src/demo/describe.ts';
import { devnetConfig } from '../../../src/demo/devnet-config.ts';
import type { ProviderView } from '../../../src/demo/provider.ts';
import { switches } from '../../../src/demo/switches.ts';

const alpha: ProviderView = {
  name: 'alpha',
  tier: 'primary',
  url: 'http://127.0.0.1:1111/',
  fault: { kind: 'up' },
  anvil: { pid: 42, height: 90 },
};
const charlie: ProviderView = {
  name: 'charlie',
  tier: 'backup',
  url: 'http://127.0.0.1:3333/',
  fault: { kind: 'killed' },
};

describe('a provider in one line', () => {
  test('says its fault, its anvil and how far that is behind', () => {
    expect(providerText({ ...alpha, fault: { kind: 'lagging', blocks: 10 } }, 100)).toBe(
      'alpha    primary  lagging (10 blocks)      http://127.0.0.1:1111/ anvil pid 42, 10 blocks behind',
    );
  });

  test('says nothing of a block that is just being mined', () => {
    expect(providerText(alpha, 91)).toMatch(/anvil pid 42$/);
  });

  test('says why its anvil is gone, where nobody asked for that', () => {
    expect(providerText({ ...charlie, trouble: 'its anvil is gone' }, 100)).toMatch(
      /^charlie +backup +killed .* anvil not running, its anvil is gone$/,
    );
  });
});

describe('what the demo prints', () => {
  const doors = { publicUrl: 'http://127.0.0.1:3400/', adminUrl: 'http://127.0.0.1:3401' };
  const view = { height: 100, providers: [alpha, charlie] };
  const controlUrl = 'http://127.0.0.1:9999';

  test('names the doors, and calls to copy for each of them', () => {
    const text = describeDevnet({ view, controlUrl, keys: 'not-heard' }, doors);
    expect(text).toContain(`curl -s http://127.0.0.1:3400/dev -d '{"jsonrpc"`);
    expect(text).toContain('{"jsonrpc":"2.0","id":1,"result":"0x7a69"}');
    expect(text).toContain('curl -s -X POST http://127.0.0.1:9999/alpha/black-hole');
    expect(text).toContain('curl -s http://127.0.0.1:3401/api/status');
    expect(text).toContain('curl -s http://127.0.0.1:3401/metrics');
    expect(text).not.toContain('Keys:');
  });

  test('explains the keys where they are heard', () => {
    expect(describeDevnet({ view, controlUrl, keys: 'heard' }, doors)).toContain('Keys: 1, 2, 3 choose a provider');
  });

  test('has a line for every switch', () => {
    const lines = legendText().split('\n');
    expect(lines).toHaveLength(switches.length);
    for (const { name, key } of switches) expect(lines).toContainEqual(expect.stringMatching(`^  ${key}  ${name} `));
  });
});

test('the configuration has the providers in their tiers, each of a group of its own', () => {
  expect(devnetConfig([alpha, charlie], 250)).toMatchObject({
    state: 'memory',
    chains: {
      dev: {
        family: 'evm',
        chainId: 31_337,
        blockTime: '250ms',
        primary: [{ name: 'alpha', group: 'alpha', url: 'http://127.0.0.1:1111/' }],
        backup: [{ name: 'charlie', group: 'charlie', url: 'http://127.0.0.1:3333/' }],
      },
    },
  });
});
