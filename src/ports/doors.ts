import type { ChainView } from '../model/chain-view.ts';
import type { FaultAnswer } from '../model/faults.ts';
import type { ChainName } from '../model/names.ts';
import type { GatewayReply } from './handle.ts';

/** Renders a refusal the door itself has to give: it has no call and no id yet. */
export type Refuse = (answer: FaultAnswer, chain: string | undefined) => GatewayReply;

/** Whether load balancers should send calls here: by chain, and in all under the configured policy. */
export interface Readiness {
  readonly ready: boolean;
  readonly chains: Readonly<Record<string, ChainReadiness>>;
}

/** The body of `/readyz/<chain>`. */
export interface ChainReadiness {
  readonly state: string;
  readonly ready: boolean;
  readonly serving: number;
  readonly tip: number | null;
  readonly epoch: number | null;
  readonly reason: string;
}

/** What the probes ask; answered from memory, at constant cost. */
export interface Readies {
  readiness(): Readiness;
  /** By name, alias or chain id; undefined where there is no such chain. */
  chain(name: string): ChainReadiness | undefined;
}

/** What an operator may do and see. Every answer is plain data; a refusal says why. */
export interface Operations {
  chains(): readonly ChainView[];
  status(): unknown;
  explain(query: ExplainQuery): unknown;
  /** How the calls of a past request went, where they are still remembered. */
  recall(requestId: string): unknown;
  cordon(upstream: string): OperationResult;
  uncordon(upstream: string): OperationResult;
  probe(upstream: string): OperationResult;
  /** Reads the configuration again and takes it, or changes nothing and says why. Never rejects. */
  reload(): Promise<ReloadResult>;
}

/** What came of reading the configuration again. Lists are of chain names; whatever is in none of them went on untouched. */
export type ReloadResult =
  | {
      readonly done: true;
      /** Counts the configurations that were taken, from 1; the same where nothing was new. */
      readonly revision: number;
      readonly added: readonly ChainName[];
      readonly removed: readonly ChainName[];
      /** Went on with other settings or endpoints. */
      readonly changed: readonly ChainName[];
      /** Started anew: it is another chain now, or counts its epochs otherwise. */
      readonly rebuilt: readonly ChainName[];
      /** Keys whose new values wait for a restart. */
      readonly needsRestart: readonly string[];
    }
  | { readonly done: false; readonly why: string; readonly problems: readonly string[] };

/** A call that might be made. */
export interface ExplainQuery {
  readonly chain: string;
  readonly method: string;
  /** JSON text of the params. */
  readonly params: string;
}

/** Whether an operation was carried out, and if not, why. */
export type OperationResult = { readonly done: true } | { readonly done: false; readonly why: string };
