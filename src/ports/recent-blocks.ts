/** The chain's recent blocks, where they are known: what is not final yet is held against them. */
export interface RecentBlocks {
  /** The hash the chain has at a recent height now; undefined where that is not known. */
  hashAt(height: number): string | undefined;
  /** The height of a recent block the chain has now; undefined where no such block is known. */
  heightOf(hash: string): number | undefined;
}
