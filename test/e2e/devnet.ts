import { afterAll, beforeAll } from 'vitest';
import type { Anvil } from '../../src/demo/spawn-anvil.ts';
import { startAnvil } from '../support/anvil.ts';
import { eventually, standings } from '../support/ask-gateway.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';

/** A key of anvil's well-known mnemonic; it has 10,000 ether on every anvil and none anywhere else. */
export const richKey = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';

/** Where money is sent to: nobody's. */
export const poorAddress = '0x00000000000000000000000000000000000000aa';

/** A gateway process in front of one real anvil, which two providers lead to. */
export interface Devnet {
  readonly anvil: Anvil;
  readonly gateway: GatewayProcess;
  /** Where clients send their calls. */
  readonly url: string;
}

/** Starts a devnet for the tests of one file, and ends it with them. Every transaction is mined at once. */
export function useDevnet(): { readonly get: () => Devnet } {
  let devnet: Devnet | undefined;
  beforeAll(async () => {
    const anvil = await startAnvil();
    const direct = { name: 'direct', url: anvil.url };
    const byName = { name: 'by-name', url: anvil.url.replace('127.0.0.1', 'localhost') };
    const devnetChain = { family: 'evm', chainId: 31_337, blockTime: '1s', primary: [direct, byName] };
    const gateway = await startGatewayProcess({ chains: { devnet: devnetChain } });
    devnet = { anvil, gateway, url: `${gateway.url}/devnet` };
    await eventually(
      () => standings(gateway.adminUrl),
      (found) => found.direct === 'serving' && found['by-name'] === 'serving',
    );
  });
  afterAll(async () => {
    await devnet?.gateway.stop();
    await devnet?.anvil.stop();
  });
  return {
    get() {
      if (devnet === undefined) throw new Error('the devnet did not start');
      return devnet;
    },
  };
}
