import { describe, expect, onTestFinished, test } from 'vitest';
import type { Anvil } from '../../src/demo/spawn-anvil.ts';
import { startAnvil } from '../support/anvil.ts';
import { askHttp, type HttpAnswer, post } from '../support/ask-gateway.ts';
import { createFakeChain } from '../support/fake-chain.ts';
import { type FakeUpstream, type FakeUpstreamOptions, startFakeUpstream } from '../support/fake-upstream.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { lookUntil } from '../support/look-until.ts';
import { stateFolder } from '../support/state-folder.ts';
import { readBalance, readMany, standingsOf, watchChain } from '../support/watched-chain.ts';

async function upstreamWith(options: FakeUpstreamOptions = {}): Promise<FakeUpstream> {
  const upstream = await startFakeUpstream(options);
  onTestFinished(() => upstream.close());
  return upstream;
}

async function gatewayWith(config: object): Promise<GatewayProcess> {
  const gateway = await startGatewayProcess(config);
  onTestFinished(() => gateway.stop());
  return gateway;
}

/** The usual schedule, but faster. */
const health = { probeFirst: '300ms', probeMax: '1s', probeClean: '300ms', probationStep: '300ms' };

/** A chain of blocks of one second with one URL. */
function chainOf(chainId: number, url: string): object {
  return { family: 'evm', chainId, blockTime: '1s', health, primary: [{ name: 'p0', url }] };
}

interface Readyz {
  readonly state: string;
  readonly ready: boolean;
  readonly reason: string;
}

async function readyz(gateway: GatewayProcess, chain: string): Promise<{ readonly status: number } & Readyz> {
  const { status, text } = await askHttp(`${gateway.url}/readyz/${chain}`);
  const body: Readyz = JSON.parse(text);
  return { status, ...body };
}

function faultOf({ text }: HttpAnswer): string | undefined {
  const { error }: { readonly error?: { readonly data?: { readonly fault?: string } } } = JSON.parse(text);
  return error?.data?.fault;
}

describe('one dead chain', () => {
  test('F-172: holds up no other: each starts, or says why it does not, by itself', async () => {
    const good = await upstreamWith({ chain: createFakeChain({ chainId: 101 }) });
    const refused = await upstreamWith({ chain: createFakeChain({ chainId: 102 }) });
    await refused.down();
    const silent = await upstreamWith({ chain: createFakeChain({ chainId: 103 }), behaviour: { kind: 'silent' } });
    const other = await upstreamWith({ chain: createFakeChain({ chainId: 999 }) });
    const gateway = await gatewayWith({
      chains: {
        good: chainOf(101, good.url),
        refused: chainOf(102, refused.url),
        silent: chainOf(103, silent.url),
        wrong: chainOf(104, other.url),
      },
    });
    expect((await askHttp(`${gateway.url}/livez`)).status).toBe(200);
    expect(await readMany(gateway, 'good', 5)).toEqual(new Set(['p0']));
    await lookUntil(
      () => readyz(gateway, 'wrong'),
      ({ state }) => state === 'halted',
    );
    expect((await readyz(gateway, 'wrong')).reason).toContain('every upstream is of another chain than configured');
    for (const chain of ['refused', 'silent', 'wrong']) {
      expect(await readyz(gateway, chain)).toMatchObject({ status: 503, ready: false });
      const answer = await readBalance(gateway, chain);
      expect([answer.status, faultOf(answer), answer.headers.get('retry-after')]).toEqual([503, 'NOT_READY', '2']);
    }
    expect(await readyz(gateway, 'good')).toMatchObject({ status: 200, ready: true, state: 'running' });
    await lookUntil(
      async () => (await askHttp(`${gateway.url}/readyz`)).status,
      (status) => status === 200,
    );
    expect(other.count('eth_getBalance') + silent.count('eth_getBalance')).toBe(0);
    await refused.up();
    await lookUntil(
      () => readyz(gateway, 'refused'),
      ({ status, state }) => status === 200 && state === 'running',
    );
    expect(await readMany(gateway, 'refused', 3)).toEqual(new Set(['p0']));
  });
});

describe('a devnet that begins again', () => {
  /** An anvil that mines on demand, with so many blocks; `genesis` tells one chain from another. */
  async function anvilWith(blocks: number, { port = 0, genesis }: { port?: number; genesis: number }): Promise<Anvil> {
    const anvil = await startAnvil({ port, timestamp: genesis, flags: ['--slots-in-an-epoch', '1'] });
    onTestFinished(() => anvil.kill());
    if (blocks > 0) await anvil.rpc('anvil_mine', [blocks]);
    return anvil;
  }

  async function blockNumber({ url }: GatewayProcess): Promise<number> {
    const { text } = await post(`${url}/devnet`, '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}');
    const { result }: { readonly result?: string } = JSON.parse(text);
    return result === undefined ? Number.NaN : Number(result);
  }

  test.each(['while it is watched', 'while no gateway runs'])(
    '%s: its past is set aside with a word, and it is served as it is now',
    async (when) => {
      const genesis = Math.floor(Date.now() / 1000) - 10_000;
      const old = await anvilWith(60, { genesis });
      const devnet = { ...chainOf(31_337, old.url), epochBlocks: 10 };
      const config = { state: { path: stateFolder() }, chains: { devnet } };
      let gateway = await gatewayWith(config);
      await lookUntil(
        () => watchChain(gateway, 'devnet'),
        ({ state, epoch }) => state === 'running' && epoch === 5,
      );
      if (when === 'while no gateway runs') await gateway.stop();
      await old.kill();
      const young = await anvilWith(12, { port: old.port, genesis: genesis + 5000 });
      if (when === 'while no gateway runs') gateway = await gatewayWith(config);
      await lookUntil(
        () => gateway.output(),
        (output) => output.includes('store-set-aside'),
      );
      const after = await lookUntil(
        () => watchChain(gateway, 'devnet'),
        (watched) => watched.state === 'running' && watched.epoch === 1 && standingsOf(watched).p0 === 'serving',
      );
      expect(after.tip).toBe(12);
      expect(await blockNumber(gateway)).toBe(12);
      await young.rpc('anvil_mine', [3]);
      await lookUntil(
        () => blockNumber(gateway),
        (height) => height === 15,
      );
    },
  );
});
