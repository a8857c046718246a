/**
 * Where a call goes that reaches a provider of the devnet: to its own anvil alone; to the anvils of all, signed there first
 * where it is not; or nowhere, because it would part the chain of one anvil from that of the others.
 */
export type CallRoute = 'own' | 'all' | 'sign-then-all' | 'refused';

/** Namespaces by which an anvil is controlled. */
const controlNames = /^(?:anvil|evm|hardhat|tenderly|wallet)_/;

/** Routes a call by its method. Never throws. */
export function routeOf(method: string): CallRoute {
  if (method === 'eth_sendRawTransaction') return 'all';
  // Each anvil would sign with the fees of its own moment, and an anvil that catches up has another moment.
  if (method === 'eth_sendTransaction') return 'sign-then-all';
  return controlNames.test(method) || method.startsWith('eth_send') ? 'refused' : 'own';
}
