import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Present } from '../../src/cache/chain-answers.ts';
import { isRecord } from '../../src/model/json-path.ts';
import { result } from '../support/build-outcome.ts';
import { buildPairing } from '../support/build-pairing.ts';
import { allSettled, answered, CacheScene } from '../support/cache-scene.ts';

/** What may happen next. Heights are counted down from the tip. */
type Step =
  | { readonly kind: 'mine' }
  | { readonly kind: 'reorg'; readonly depth: number }
  | { readonly kind: 'see' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'ask'; readonly method: 'block' | 'balance'; readonly below: number }
  | { readonly kind: 'answer'; readonly from: 'now' | 'asked' | 'before' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('mine' as const) }),
  fc.record({ kind: fc.constant('reorg' as const), depth: fc.integer({ min: 1, max: 6 }) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('see' as const) }) },
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(10, 5_000, 61_000) }),
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      method: fc.constantFrom('block' as const, 'balance' as const),
      below: fc.integer({ min: 0, max: 7 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      from: fc.constantFrom('now' as const, 'asked' as const, 'before' as const),
    }),
  },
);

const base = 80;
const finalDepth = 10;
/** For so long after a reorg was seen, some upstream may still answer from the branch that was left. In milliseconds. */
const lateMs = 60_000;

/** Blocks by height, from `base` on. */
type Branch = readonly string[];

/** A chain, what the gateway has seen of it, and a gateway that keeps answers about it. */
class World {
  readonly scene: CacheScene;
  hits = 0;
  #serial = 0;
  #branch: Branch = Array.from({ length: 21 }, () => this.#block());
  #before: Branch = this.#branch;
  #seen: Branch = this.#branch;
  #seenAt = Number.NEGATIVE_INFINITY;
  readonly #left = new Set<string>();
  /** Reads under way, oldest first: what was asked, and the chain as it was then. */
  readonly #asked: { readonly method: string; readonly height: number; readonly branch: Branch }[] = [];

  constructor() {
    const recent: Present['recent'] = {
      hashAt: (height) => this.#seen[height - base],
      heightOf: (hash) => (this.#seen.includes(hash) ? base + this.#seen.indexOf(hash) : undefined),
    };
    this.scene = new CacheScene({ lane: { recent }, finalizedMs: 86_400_000 });
    this.#publish();
  }

  async take(next: Step): Promise<void> {
    switch (next.kind) {
      case 'mine':
        this.#branch = [...this.#branch, this.#block()];
        return;
      case 'reorg':
        return this.#reorg(next.depth);
      case 'see':
        return this.#see();
      case 'wait':
        return this.scene.clock.advance(next.ms);
      case 'ask':
        return this.#ask(next.method, base + this.#seen.length - 1 - next.below);
      case 'answer':
        return this.#answer(next.from);
    }
  }

  #block(): string {
    this.#serial += 1;
    return `0x${this.#serial}`;
  }

  #reorg(depth: number): void {
    this.#before = this.#branch;
    const kept = this.#branch.slice(0, -depth);
    this.#branch = [...kept, ...Array.from({ length: depth + 1 }, () => this.#block())];
  }

  /** The gateway's trackers catch up with the chain. */
  #see(): void {
    const fork = this.#seen.findIndex((block, at) => block !== this.#branch[at]);
    for (const block of fork < 0 ? [] : this.#seen.slice(fork)) this.#left.add(block);
    const depth = this.#seen.length - fork;
    this.#seen = this.#branch;
    const chain = 'testnet';
    if (fork >= 0) {
      this.scene.answers.fold({ kind: 'reorg-seen', chain, height: base + fork, depth });
      this.#seenAt = this.scene.clock.now();
    }
    this.scene.answers.fold({ kind: 'tip-moved', chain, tip: base + this.#seen.length - 1 });
    this.#publish();
  }

  #publish(): void {
    const tip = base + this.#seen.length - 1;
    this.scene.pairing = buildPairing([{}], { tip, finalized: tip - finalDepth });
  }

  async #ask(method: string, height: number): Promise<void> {
    const before = this.scene.relays.length;
    const call = this.scene.ask(`${method} ["0x${height.toString(16)}"]`);
    await allSettled();
    if (this.scene.relays.length > before) this.#asked.push({ method, height, branch: this.#branch });
    if (call.served?.kind === 'answered') this.#judgeHit(call.served.answer, height);
  }

  #judgeHit(answer: { readonly kind: string; readonly result?: Buffer }, height: number): void {
    this.hits += 1;
    const value: unknown = JSON.parse(answer.result?.toString() ?? 'null');
    if (isRecord(value)) expect(value.hash, `the block at ${height}`).toBe(this.#seen[height - base]);
    else expect(this.#left.has(String(value)), `${value} at ${height} was left, and is shown still`).toBe(false);
  }

  /** The oldest read under way is answered: by somebody up to date, who was when it was asked, or who is late. */
  async #answer(from: 'now' | 'asked' | 'before'): Promise<void> {
    const at = this.scene.relays.length - this.#asked.length;
    const asked = this.#asked.shift();
    if (asked === undefined) return;
    const { method, height, branch } = asked;
    const isLate = this.scene.clock.now() - this.#seenAt < lateMs || method === 'block';
    const late = isLate ? this.#before : this.#branch;
    const of = from === 'now' ? this.#branch : from === 'asked' ? branch : late;
    const block = of[height - base];
    const shown = method === 'block' ? { number: `0x${height.toString(16)}`, hash: block } : block;
    await this.scene.relay(at).end(answered(result(block === undefined ? 'null' : JSON.stringify(shown))));
  }
}

/**
 * A block is answered by itself; a balance shows nothing of its block, and may be of a branch nobody has seen yet, but of none that was
 * seen to be left. Whatever order blocks, reorgs, reads and late answers come in, nobody is shown a kept answer from a branch that was seen to be left.
 * Final blocks are never replaced here: the depth of reorgs is less than that of finality.
 */
test('no kept answer outlives its block, once the reorg was seen (F-183)', async () => {
  let hits = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 160 }), async (steps) => {
      const world = new World();
      for (const next of steps) await world.take(next);
      hits += world.hits;
    }),
    { numRuns: 300 },
  );
  expect(hits).toBeGreaterThan(300);
});
