import type { ConfigPath, Problem } from './problem.ts';

/** A chain the gateway has a spec for: what a name in the file may mean. */
export interface KnownChain {
  readonly name: string;
  readonly aliases: readonly string[];
}

/** What settings are resolved with, beside the file. */
export interface ResolveContext {
  readonly known: readonly KnownChain[];
  /** Memory the process may use, in bytes. */
  readonly memoryBytes: number;
  /** `named`: the file says which chains they are; `detected`: that is found out later. */
  readonly chains: 'named' | 'detected';
  /** Where a part of the file stands. */
  pathOf(part: object): ConfigPath;
  /** Notes one more thing that is wrong. */
  complain(problem: Problem): void;
}
