/** How far an anvil follows the chain: to its tip, so many blocks behind it, or no further than it is. */
export type Gate =
  | { readonly kind: 'tip' }
  | { readonly kind: 'behind'; readonly blocks: number }
  | { readonly kind: 'standing' };

/** Whether an anvil at `height` may be told one more step of a chain whose newest block is at `tip`. Never throws. */
export function mayFollow(gate: Gate, height: number, tip: number): boolean {
  switch (gate.kind) {
    case 'tip':
      return true;
    case 'behind':
      return height < tip - gate.blocks;
    case 'standing':
      return false;
  }
}
