import { mnemonicToAccount } from 'viem/accounts';

/** The first of the accounts that every anvil knows and funds: its words are anvil's default, known to everybody. */
export const devAccount = mnemonicToAccount('test test test test test test test test test test test junk');

/** A transfer to the second of them; it wants a nonce. */
export const devTransfer = {
  chainId: 31_337,
  type: 'eip1559',
  to: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
  value: 1n,
  gas: 21_000n,
  maxFeePerGas: 10_000_000_000n,
  maxPriorityFeePerGas: 1_000_000_000n,
} as const;
