import { eventually, standings } from '../support/ask-gateway.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { type ChainTruth, ethersReading, viemReading } from '../support/load-clients.ts';
import { printFigures, shortOrLong } from '../support/proof.ts';
import { type LoadReport, startSteadyLoad } from '../support/steady-load.ts';

/** A gateway process in front of three providers, and hands to break them with. */
export interface ThreeProviders {
  readonly gateway: GatewayProcess;
  readonly truth: ChainTruth;
  fail(provider: number): void | Promise<void>;
  recover(provider: number): void | Promise<void>;
}

/** Each two of the three, so that every one of them is once the only one left. */
const pairs = [
  [0, 1],
  [1, 2],
  [2, 0],
] as const;

const readsPerSecond = 200;
/** Reads between one change and the next. */
const readsBetween = shortOrLong(100, 500);
/** The short run restores upstreams quickly; the long one takes the health machine as it comes. */
const health = shortOrLong({ probeFirst: '250ms', probeClean: '250ms', probationStep: '500ms' }, {});

/** Starts a gateway for chain 31337 with two primaries and a backup. */
export function startInFrontOf(urls: readonly string[]): Promise<GatewayProcess> {
  const [alpha, bravo, charlie] = ['alpha', 'bravo', 'charlie'].map((name, at) => ({ name, url: urls[at] }));
  const tiers = { primary: [alpha, bravo], backup: [charlie] };
  return startGatewayProcess({
    chains: { devnet: { family: 'evm', chainId: 31_337, blockTime: '1s', health, ...tiers } },
  });
}

/**
 * Reads at a steady rate with both libraries while two of the three fail one after the other and come back, each two in
 * turn. Between two pairs what hung is over and every provider is in rotation again: never are three of them out at once.
 */
export async function readThroughFailures(what: string, providers: ThreeProviders): Promise<LoadReport> {
  const { gateway, truth, fail, recover } = providers;
  const url = `${gateway.url}/devnet`;
  await allServe(gateway);
  const load = startSteadyLoad([viemReading(url, truth), ethersReading(url, truth)], readsPerSecond);
  for (const [first, second] of pairs) {
    await load.readsEnded(readsBetween);
    await fail(first);
    await load.readsEnded(readsBetween);
    await fail(second);
    await load.readsEnded(readsBetween);
    await Promise.all([recover(first), recover(second)]);
    await load.openReadsEnded();
    await allServe(gateway);
  }
  const report = await load.stop();
  printFigures(what, report);
  return report;
}

function allServe({ adminUrl }: GatewayProcess): Promise<unknown> {
  return eventually(
    () => standings(adminUrl),
    (found) => Object.values(found).every((standing) => standing === 'serving' || standing === 'probation'),
  );
}
