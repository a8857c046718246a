import type { FakeAnswer } from './fake-methods.ts';
import {
  blockCleanedUp,
  blockNotAvailable,
  invalidParams,
  methodNotFound,
  minContextSlotNotReached,
  nodeBehind,
  slotSkipped,
} from './solana-errors.ts';
import type { Commitment, SlotBlock, SolanaSlots } from './solana-slots.ts';

/** One node's view of the cluster: up to `top`, and back to the first block it keeps. */
export interface SolanaView {
  readonly slots: SolanaSlots;
  readonly top: number;
  readonly firstAvailable: number;
}

/** A method's answer; `block` is the newest one at the commitment the call asks for. */
export type SolanaAnswerer = (
  view: SolanaView,
  params: readonly unknown[],
  block: SlotBlock,
) => FakeAnswer | Promise<FakeAnswer>;

/** A node calls itself unwell from so many slots behind the cluster. */
const healthySlots = 128;

/** A transaction may use the hashes of so many blocks. */
const blockhashLife = 150;

const u64Max = 18_446_744_073_709_551_615n;

const answerers: ReadonlyMap<string, SolanaAnswerer> = new Map<string, SolanaAnswerer>([
  ['getVersion', () => ({ result: { 'feature-set': 1, 'solana-core': '3.0.0' } })],
  ['getGenesisHash', ({ slots }) => ({ result: slots.genesis })],
  ['getHealth', healthOf],
  ['getSlot', (_view, _params, { slot }) => ({ result: slot })],
  ['getBlockHeight', (_view, _params, { height }) => ({ result: height })],
  ['getFirstAvailableBlock', ({ firstAvailable }) => ({ result: firstAvailable })],
  ['getLatestBlockhash', (_view, _params, block) => inContext(block, latestBlockhash(block))],
  ['isBlockhashValid', (view, [hash], block) => inContext(block, isBlockhashAlive(view, String(hash), block))],
  ['getBlock', getBlock],
  ['getBlocks', getBlocks],
  ['getBlockTime', getBlockTime],
  ['getBalance', (_view, _params, block) => inContext(block, block.slot)],
  ['getAccountInfo', (_view, _params, block) => inContext(block, accountOf({ lamports: BigInt(block.slot) }))],
  ['getSignatureStatuses', (_view, [signatures], block) => inContext(block, nullFor(signatures))],
]);

/** Answers a call as a node does that knows slots and no accounts: the first of `more` that has the method comes first. */
export function answerAsNode(
  view: SolanaView,
  { method, params }: { readonly method: string; readonly params: readonly unknown[] },
  more?: ReadonlyMap<string, SolanaAnswerer>,
): FakeAnswer | Promise<FakeAnswer> {
  const answerer = more?.get(method) ?? answerers.get(method);
  if (answerer === undefined) return methodNotFound;
  const { minContextSlot } = configOf(params);
  const block = view.slots.newestBlock(view.top, commitmentOf(params));
  if (Number(minContextSlot ?? 0) > block.slot) return minContextSlotNotReached(block.slot);
  return answerer(view, params, block);
}

/** What a node reads of the last param, where that is an object. */
export interface SolanaConfig {
  readonly commitment?: unknown;
  readonly preflightCommitment?: unknown;
  readonly minContextSlot?: unknown;
  readonly encoding?: unknown;
  readonly skipPreflight?: unknown;
}

/** The configuration object of a call; empty where there is none. */
export function configOf(params: readonly unknown[]): SolanaConfig {
  const last = params.at(-1);
  return typeof last === 'object' && last !== null && !Array.isArray(last) ? last : {};
}

function commitmentOf(params: readonly unknown[]): Commitment {
  const { commitment, preflightCommitment } = configOf(params);
  const said = commitment ?? preflightCommitment;
  return said === 'processed' || said === 'confirmed' ? said : 'finalized';
}

/** A result with the slot it was read at. */
export function inContext({ slot }: Pick<SlotBlock, 'slot'>, value: unknown): FakeAnswer {
  return { resultText: exactJson({ context: { apiVersion: '3.0.0', slot }, value }) };
}

/** JSON with the digits of big integers as they are: 64-bit numbers are everyday there. No text of ours looks like one. */
function exactJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, held: unknown) => (typeof held === 'bigint' ? `${held}n` : held));
  return text.replace(/"(\d+)n"/g, '$1');
}

/** What a node says of an account; what is left out is as in an account that holds nothing but lamports. */
export interface AccountFacts {
  readonly lamports: bigint;
  readonly data?: Uint8Array;
  readonly owner?: string;
  readonly executable?: boolean;
}

/** An account in base64. Its `rentEpoch` is above 2^53, as that of nearly all accounts is. */
export function accountOf({ lamports, data = new Uint8Array(), owner, executable = false }: AccountFacts): object {
  return {
    data: [Buffer.from(data).toString('base64'), 'base64'],
    executable,
    lamports,
    owner: owner ?? '11111111111111111111111111111111',
    rentEpoch: u64Max,
    space: data.length,
  };
}

/** Whether a block of this hash is known at `block`, and young enough. */
export function isBlockhashAlive({ slots }: SolanaView, blockhash: string, block: SlotBlock): boolean {
  const slot = slots.slotOf(blockhash);
  const made = slot === undefined || slot > block.slot ? undefined : slots.block(slot);
  return made !== undefined && block.height <= made.height + blockhashLife;
}

function latestBlockhash({ blockhash, height }: SlotBlock): object {
  return { blockhash, lastValidBlockHeight: height + blockhashLife };
}

function healthOf({ slots, top }: SolanaView): FakeAnswer {
  const behind = slots.newest() - top;
  return behind > healthySlots ? nodeBehind(behind) : { result: 'ok' };
}

function getBlock(view: SolanaView, [slot]: readonly unknown[], newest: SlotBlock): FakeAnswer {
  return withBlock(view, Number(slot), newest, ({ blockhash, height, parentSlot, time }) => ({
    result: {
      blockHeight: height,
      blockTime: time,
      blockhash,
      parentSlot,
      previousBlockhash: view.slots.block(parentSlot)?.blockhash ?? blockhash,
    },
  }));
}

function getBlockTime(view: SolanaView, [slot]: readonly unknown[], newest: SlotBlock): FakeAnswer {
  return withBlock(view, Number(slot), newest, ({ time }) => ({ result: time }));
}

function getBlocks({ slots }: SolanaView, [from, to]: readonly unknown[], newest: SlotBlock): FakeAnswer {
  const first = Number(from);
  const last = Math.min(typeof to === 'number' ? to : newest.slot, newest.slot);
  if (last - first > 500_000) return invalidParams('Slot range too large; max 500000');
  const all = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  return { result: all.filter((slot) => slots.block(slot) !== undefined) };
}

function withBlock(
  view: SolanaView,
  slot: number,
  newest: SlotBlock,
  show: (block: SlotBlock) => FakeAnswer,
): FakeAnswer {
  if (slot > newest.slot) return blockNotAvailable(slot);
  if (slot < view.firstAvailable) return blockCleanedUp(slot, view.firstAvailable);
  const block = view.slots.block(slot);
  return block === undefined ? slotSkipped(slot) : show(block);
}

function nullFor(signatures: unknown): readonly null[] {
  return Array.isArray(signatures) ? signatures.map(() => null) : [];
}
