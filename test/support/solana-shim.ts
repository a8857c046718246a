import { type FakeUpstream, startFakeUpstream } from './fake-upstream.ts';
import type { SolanaLedger } from './solana-ledger.ts';
import { SolanaNode } from './solana-node.ts';
import { signerOf } from './solana-transactions.ts';

/** An RPC node over real HTTP. */
export interface SolanaShim {
  readonly node: SolanaNode;
  /** What was asked, and switches to break it. */
  readonly wire: FakeUpstream;
}

/** Seed of the key that airdrops come from: as rich as 64 bits are meant for. */
export const faucetSeed = 7;

/** Starts a node on a port of its own. Nodes that share a ledger agree, each as far as it has come. Close its wire in the end. */
export async function startSolanaShim(ledger: SolanaLedger): Promise<SolanaShim> {
  const node = new SolanaNode(ledger, await signerOf(faucetSeed));
  const wire = await startFakeUpstream({ handler: (method, params) => node.answer(method, params) });
  return { node, wire };
}
