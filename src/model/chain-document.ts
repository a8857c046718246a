import type { AnswerRule } from './answer-rule.ts';
import type { HeadReading, IdentityFact } from './chain-spec.ts';
import type { MethodClass, MethodKind, MethodPolicy } from './method-policy.ts';
import type { Family, Interface } from './names.ts';

/** JSON pointer (RFC 6901) as text: `""` is the whole value, `/0/fromBlock` a member of the first element. */
export type PointerText = string;

/** Params as JSON values: by position or by name. */
export type ParamsDocument = readonly unknown[] | Readonly<Record<string, unknown>>;

/** A question of the spec; absent params are `[]`. */
export interface QuestionDocument {
  readonly method: string;
  readonly params?: ParamsDocument;
}

/** How one block is read. In `blockByHeight` the params hold `"$height"`, which becomes the height as `quantity` writes it. */
export interface ReadingDocument extends QuestionDocument {
  readonly height: PointerText;
  readonly hash?: PointerText;
  readonly parent?: PointerText;
  readonly time?: PointerText;
  readonly quantity: HeadReading['quantity'];
}

/** `instant`, or an object with exactly one of `depth` (blocks below the tip) and `read`. */
export type FinalityDocument = 'instant' | { readonly depth?: number; readonly read?: ReadingDocument };

/** `expect` may be `$chainId` or `$genesis`: the chain's own. */
export interface IdentityFactDocument extends QuestionDocument {
  readonly path: PointerText;
  readonly expect: string;
  readonly compare: IdentityFact['compare'];
}

/** Facts that must all hold. */
export interface IdentityCheckDocument {
  readonly all: readonly IdentityFactDocument[];
}

/** How the same facts are read over another interface. Absent finality: the chain's own where that needs no reading, else its depth. */
export interface InterfaceDocument {
  readonly identity: readonly IdentityCheckDocument[];
  readonly head: ReadingDocument;
  readonly finality?: FinalityDocument;
  readonly blockByHeight?: ReadingDocument;
}

/** A question that only an endpoint with the add-on answers without an error. */
export interface AddonDocument extends QuestionDocument {
  readonly name: string;
}

/**
 * Which block a method reads: `none`, `tip`, or pointers into its params: `at` a height, tag or hash; `from` and `to` a range
 * (with `hash` pinning one block instead); `hash` alone the hash of a block or transaction. `missing` is what an absent value
 * means, `missingBlock` of the document by default.
 */
export type BlockDocument =
  | 'none'
  | 'tip'
  | {
      readonly at?: PointerText;
      readonly from?: PointerText;
      readonly to?: PointerText;
      readonly hash?: PointerText;
      readonly missing?: string;
    };

/** `once`, or where the signed bytes are. `encodingAt` points to the param by which a client names another encoding. */
export type WriteDocument =
  | 'once'
  | {
      readonly raw: PointerText;
      readonly encoding: 'hex' | 'base64' | 'base58';
      readonly encodingAt?: PointerText;
    };

/** What a document says of one method. Whatever is absent follows from kind, class and block (`spec/method-policies.ts`). */
export interface MethodDocument {
  readonly kind?: MethodKind;
  readonly class?: MethodClass;
  readonly block?: BlockDocument;
  readonly cost?: number;
  readonly timeoutMs?: number;
  readonly cache?: MethodPolicy['cache'];
  readonly retry?: boolean;
  readonly hedge?: boolean;
  readonly deterministic?: boolean;
  readonly write?: WriteDocument;
  readonly showsHead?: PointerText;
  readonly showsBlock?: { readonly height: PointerText; readonly hash?: PointerText };
  readonly splits?: { readonly unless?: readonly PointerText[] };
  readonly readsNonce?: true;
  readonly carriesSigned?: true;
  readonly volatile?: readonly string[];
  /** Where the contracts it touches stand, and the input it calls them with. */
  readonly contract?: { readonly address: PointerText; readonly input?: readonly PointerText[] };
  readonly addon?: string;
  readonly denied?: boolean;
  readonly nullMayBeLag?: boolean;
}

/** Keys that name one chain and no other: a child never inherits them. */
export const ownKeys = ['display', 'aliases', 'chainId', 'genesis', 'verifiedOn'] as const;

/** A file of `chains/` or `chains/family/`, as written. `chains/schema.json` explains every key. */
export interface ChainDocument {
  readonly $schema?: string;
  /** The parent: `family/<family>` or another chain's name. Only a family has none. */
  readonly extends?: string;
  readonly family?: Family;
  readonly display?: string;
  readonly aliases?: readonly string[];
  readonly chainId?: string;
  readonly genesis?: string;
  /** `YYYY-MM-DD`: the day it was checked against a real node. Absent: experimental. */
  readonly verifiedOn?: string;
  readonly interfaces?: readonly Interface[];
  readonly identity?: readonly IdentityCheckDocument[];
  readonly blockTimeMs?: number;
  readonly epochBlocks?: number;
  readonly lagLimit?: number;
  readonly safeDepth?: number;
  readonly head?: ReadingDocument;
  readonly finality?: FinalityDocument;
  readonly blockByHeight?: ReadingDocument;
  /** Readings of every interface but the first, of which all that stands above speaks. */
  readonly perInterface?: { readonly [Name in Interface]?: InterfaceDocument };
  readonly broadcast?: number;
  readonly envelope?: '2.0' | 'legacy';
  readonly rateLimitedCode?: number;
  readonly transactionHash?: 'keccak256-hex' | 'solana-signature' | 'bitcoin-txid' | 'sha256-hex-upper';
  readonly missingBlock?: string;
  /** What an upstream is asked for its own word on whether it is well. */
  readonly health?: QuestionDocument;
  /** Asks for a transaction; in the params `"$hash"` stands for its name. */
  readonly transactionLookUp?: QuestionDocument & { readonly found: PointerText };
  readonly addons?: readonly AddonDocument[];
  readonly deniedPrefixes?: readonly string[];
  readonly deniedMethods?: readonly string[];
  readonly unknownMethod?: MethodDocument;
  /** Names of the parent's methods this document does without. */
  readonly remove?: readonly string[];
  readonly methods?: Readonly<Record<string, MethodDocument>>;
}

/** A document with the file it came from, as error messages name it: `chains/base.json`. */
export interface SourcedDocument {
  readonly file: string;
  readonly document: ChainDocument;
}

/** All chain documents as values: each was checked against the schema, none against the others. */
export interface ChainDocuments {
  /** By the name `extends` uses: `ethereum`, `family/evm`. */
  readonly documents: ReadonlyMap<string, SourcedDocument>;
  /** By file name: `common`, `evm` … In the order of matching. */
  readonly answers: ReadonlyMap<string, readonly AnswerRule[]>;
}

/** One thing wrong with a document. `path` is a JSON pointer; `message` says what, and what to do. */
export interface DocumentProblem {
  readonly file: string;
  readonly path: PointerText;
  readonly message: string;
}

/** One line: `chains/base.json /head/height: must be …`. */
export function problemText({ file, path, message }: DocumentProblem): string {
  return path === '' ? `${file}: ${message}` : `${file} ${path}: ${message}`;
}

/** The pointer to a member of what `path` points to, escaped (RFC 6901). */
export function pointerTo(path: PointerText, key: string | number): PointerText {
  return `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
