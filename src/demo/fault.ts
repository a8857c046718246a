/** What is wrong with a provider of the devnet. One thing at a time; `up` is nothing. */
export type Fault =
  | { readonly kind: PlainFaultKind }
  /** Every answer comes so much later. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Its anvil follows the chain so many blocks behind. */
  | { readonly kind: 'lagging'; readonly blocks: number }
  | { readonly kind: '429'; readonly retryAfterSeconds: number }
  /** It says it is of this chain. */
  | { readonly kind: 'wrong-chain'; readonly chainId: number };

/** Faults without a number. */
export type PlainFaultKind =
  | 'up'
  | 'down'
  | 'killed'
  | 'black-hole'
  | 'stuck'
  | 'errors'
  | 'html'
  | 'wrong-id'
  | 'truncated'
  | 'cut'
  | 'far-ahead'
  | 'wrong-data';

/** Every fault, by its name. */
export type FaultKind = Fault['kind'];

/** The fault in words, with its number: `slow (3000 ms)`. Never throws. */
export function faultText(fault: Fault): string {
  switch (fault.kind) {
    case 'slow':
      return `slow (${fault.delayMs} ms)`;
    case 'lagging':
      return `lagging (${fault.blocks} blocks)`;
    case '429':
      return `429 (Retry-After: ${fault.retryAfterSeconds} s)`;
    case 'wrong-chain':
      return `wrong-chain (id ${fault.chainId})`;
    default:
      return fault.kind;
  }
}

/** Whether the provider listens at all. */
export function listens(fault: Fault): boolean {
  return fault.kind !== 'down' && fault.kind !== 'killed';
}
