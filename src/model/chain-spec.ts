import type { AnswerRule } from './answer-rule.ts';
import type { JsonPath } from './json-path.ts';
import type { MethodPolicy } from './method-policy.ts';
import type { Family, Interface } from './names.ts';

/** A question of the spec: a method with its params as JSON text, sent as written. */
export interface SpecQuestion {
  readonly method: string;
  /** JSON text of the params: `[]`, `["latest",false]`. */
  readonly params: string;
}

/** Values of a head's answer: a JSON path each; absent where the family does not say. */
export interface HeadReading extends SpecQuestion {
  readonly height: JsonPath;
  readonly hash?: JsonPath;
  readonly parent?: JsonPath;
  /** Block time in the answer: seconds since 1970, as a number or a hex quantity. */
  readonly time?: JsonPath;
  /** How heights are written. */
  readonly quantity: 'hex' | 'number' | 'decimal-text';
}

/** How the finalized height is found. `depth`: tip minus so many blocks. `instant`: the head itself. */
export type FinalityReading =
  | { readonly kind: 'read'; readonly read: HeadReading }
  | { readonly kind: 'depth'; readonly depth: number }
  | { readonly kind: 'instant' };

/** One way to tell whether an endpoint is of this chain: all its checks must hold. */
export interface IdentityCheck {
  readonly all: readonly IdentityFact[];
}

/** The answer at `path` must be `expect`; `kind` says how the two are compared. */
export interface IdentityFact extends SpecQuestion {
  readonly path: JsonPath;
  readonly expect: string;
  readonly compare: 'quantity' | 'text' | 'text-ignore-case';
}

/**
 * Asks an upstream for a transaction by its name. In `params`, `"$hash"` with its quotes stands for the name as JSON text. It is
 * known where the answer has a value at `found` that is not null.
 */
export interface TransactionLookUp extends SpecQuestion {
  readonly found: JsonPath;
}

/** How an add-on (`archive`, `debug`, `trace`) is verified on an endpoint. */
export interface AddonCheck extends SpecQuestion {
  readonly name: string;
}

/**
 * Reads one block by height: for the recent-block ring, the backfill and audits.
 * In `params`, `"$height"` with its quotes stands for the height as `quantity` writes it.
 */
export interface BlockByHeight extends HeadReading {}

/** How one interface is asked who it is, for its newest block, and for the finalized one. */
export interface InterfaceReadings {
  readonly identity: readonly IdentityCheck[];
  readonly head: HeadReading;
  readonly finality: FinalityReading;
  readonly blockByHeight?: BlockByHeight;
}

/** A chain's declared description, merged, validated and compiled. Plain data. */
export interface ChainSpec {
  readonly name: string;
  readonly display: string;
  readonly aliases: readonly string[];
  readonly family: Family;
  /** Chain id where the family has one: decimal on evm, a name (`cosmoshub-4`) on cosmos. */
  readonly chainId?: string;
  readonly state: 'verified' | 'experimental';
  readonly interfaces: readonly Interface[];
  readonly identity: readonly IdentityCheck[];
  readonly blockTimeMs: number;
  /** False where the block time is a guess until measured (a chain served by family alone). */
  readonly blockTimeKnown: boolean;
  readonly epochBlocks: number;
  readonly lagLimit: number;
  /** Blocks below the tip taken as final where finality cannot be read. */
  readonly safeDepth: number;
  readonly head: HeadReading;
  readonly finality: FinalityReading;
  readonly blockByHeight?: BlockByHeight;
  /**
   * The same readings over the interfaces beyond the first; absent where there is only one. On `rest` a question's method is a
   * verb and a path, its params fill the path's braces and then the query or the body; on `grpc` it is the full method, and the
   * steps of a path are field numbers.
   */
  readonly perInterface?: ReadonlyMap<Interface, InterfaceReadings>;
  /** Upstreams a signed write goes to at once: 1 where one sequencer orders, else 2. */
  readonly broadcast: number;
  /** Envelope dialect: `2.0` refuses a request without `"jsonrpc":"2.0"`, `legacy` takes 1.0 and 1.1 too. */
  readonly envelope: '2.0' | 'legacy';
  readonly methods: ReadonlyMap<string, MethodPolicy>;
  /** Policy of a method the spec does not name. */
  readonly unknownMethod: MethodPolicy;
  /** Prefixes of methods that control a node; denied unless opened one by one. */
  readonly deniedPrefixes: readonly string[];
  /**
   * What an upstream is asked for its own word on whether it is well; absent where the family has no such question. Only the
   * answer that it is behind counts: it makes it lagging. One that lacks the method has said nothing.
   */
  readonly health?: SpecQuestion;
  /** How a signed write whose outcome nobody told is looked for; absent where the family has no such question. */
  readonly transactionLookUp?: TransactionLookUp;
  readonly addons: readonly AddonCheck[];
  /** In the order of matching. */
  readonly answerRules: readonly AnswerRule[];
  /** JSON-RPC code of our own rate limit fault: -32005 on evm, else -32065. */
  readonly rateLimitedCode: number;
  /** Hash a signed write's bytes have as a transaction; absent where the gateway cannot tell. */
  readonly transactionHash?: 'keccak256-hex' | 'solana-signature' | 'bitcoin-txid' | 'sha256-hex-upper';
}
