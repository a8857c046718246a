import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Party, Turns, type Waiting } from '../../src/select/turns.ts';

type Step =
  | { readonly kind: 'arrive'; readonly party: string }
  | { readonly kind: 'leave'; readonly which: number }
  | { readonly kind: 'withdraw'; readonly which: number }
  | { readonly kind: 'pass'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('arrive' as const), party: fc.constantFrom('a', 'b', 'c', 'd') }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('leave' as const), which: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), which: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 120 }) }) },
);

/** The machine, and what anybody can see of it from outside. */
class Walk {
  readonly places: number;
  readonly turns: Turns<number>;
  readonly held: Party<number>[] = [];
  readonly waiting = new Map<number, Waiting<number>>();
  /** Ends of each call: to be one at most. */
  readonly ends = new Map<number, string>();
  now = 1000;
  #calls = 0;

  constructor(places: number) {
    this.places = places;
    this.turns = new Turns(() => places);
  }

  take(one: Step): void {
    switch (one.kind) {
      case 'arrive':
        return this.#arrive(one.party);
      case 'leave':
        return this.#leave(one.which);
      case 'withdraw': {
        const [call, waiting] = [...this.waiting][one.which % Math.max(1, this.waiting.size)] ?? [];
        if (call === undefined || waiting === undefined) return;
        expect(this.turns.withdraw(waiting)).toBe(true);
        this.#end(call, 'withdrawn');
        return;
      }
      case 'pass':
        this.now += one.ms;
    }
  }

  #arrive(party: string): void {
    const call = this.#calls++;
    const isForeseen = this.turns.refuses(party, this.now);
    const place = this.turns.enter(party);
    if (place !== undefined) {
      expect(isForeseen).toBe(false);
      this.held.push(place);
      return this.#end(call, 'entered');
    }
    const hadNobody = this.lineOf(party) === 0;
    const longest = Math.max(0, ...['a', 'b', 'c', 'd'].map((name) => this.lineOf(name)));
    const queued = this.turns.wait(party, call, this.now);
    expect(queued.kind === 'refused').toBe(isForeseen);
    if (queued.kind === 'refused') {
      // Somebody new is only refused where nobody could give way.
      if (hadNobody) expect({ full: this.waiting.size >= this.places, longest }).toEqual({ full: true, longest: 1 });
      return this.#end(call, 'refused');
    }
    if (queued.displaced !== undefined) {
      expect(hadNobody).toBe(true);
      expect(this.lineOf(queued.displaced.party.name)).toBe(longest);
      this.#end(queued.displaced.caller, 'displaced');
    }
    this.waiting.set(call, queued.waiting);
  }

  #leave(which: number): void {
    const [place] = this.held.splice(which % Math.max(1, this.held.length), 1);
    if (place === undefined) return;
    this.turns.leave(place);
    for (let next = this.turns.next(this.now); next !== undefined; next = this.turns.next(this.now)) {
      expect(next.caller).toBe(this.#firstOf(next.party.name));
      this.held.push(next.party);
      this.#end(next.caller, 'called');
    }
  }

  #end(call: number, how: string): void {
    expect(this.ends.has(call)).toBe(false);
    this.ends.set(call, how);
    this.waiting.delete(call);
  }

  lineOf(party: string): number {
    return [...this.waiting.values()].filter((waiting) => waiting.party.name === party).length;
  }

  #firstOf(party: string): number | undefined {
    return [...this.waiting].find(([, waiting]) => waiting.party.name === party)?.[0];
  }
}

describe('turns', () => {
  test('however calls come and go: bounded, each ends once, in order, and nobody waits beside a place that is his', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), fc.array(step, { maxLength: 200 }), (places, steps) => {
        const walk = new Walk(places);
        for (const one of steps) {
          walk.take(one);
          const { turns } = walk;
          expect({ busy: turns.busy, waiting: turns.waiting }).toEqual({
            busy: walk.held.length,
            waiting: walk.waiting.size,
          });
          expect(turns.busy).toBeLessThanOrEqual(places);
          expect(turns.waiting).toBeLessThanOrEqual(places);
          for (const { party } of walk.waiting.values()) {
            expect(party.busy).toBeGreaterThanOrEqual(8 * (places - turns.busy));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('whoever waits is called before anybody is called twice, whatever the others send', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 1, max: 40 }), (floods, quietAfter) => {
        const turns = new Turns<string>(() => 64);
        const held: Party<string>[] = [];
        for (let i = 0; i < 64; i += 1) {
          const place = turns.enter(`holder ${i}`);
          if (place !== undefined) held.push(place);
        }
        for (let i = 0; i < Math.min(floods, quietAfter); i += 1) turns.wait('flood', 'flood', 0);
        turns.wait('quiet', 'quiet', 0);
        const called: string[] = [];
        for (const place of held) {
          turns.leave(place);
          const next = turns.next(0);
          if (next !== undefined) called.push(next.caller);
        }
        expect(called.indexOf('quiet')).toBeLessThanOrEqual(1);
      }),
    );
  });
});
