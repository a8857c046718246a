import type { Random } from '../../../src/ports/random.ts';

/** Draws from one stream of chance. */
export interface Chance {
  readonly random: Random;
  /** True so often. */
  happens(probability: number): boolean;
  /** A number from `low` up to but without `high`. */
  between(low: number, high: number): number;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  /** The same on a logarithmic scale: small ones are as likely as large ones. */
  spread(low: number, high: number): number;
  /** One of several, which must not be none. */
  oneOf<Item>(items: readonly [Item, ...Item[]]): Item;
  /** Each of them with the same probability. */
  someOf<Item>(items: readonly Item[], probability: number): readonly Item[];
}

/** Makes draws from a stream. */
export function createChance(random: Random): Chance {
  const whole = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  return {
    random,
    happens: (probability) => random() < probability,
    between: (low, high) => low + random() * (high - low),
    whole,
    spread: (low, high) => low * (high / low) ** random(),
    oneOf: (items) => items[whole(0, items.length - 1)] ?? items[0],
    someOf: (items, probability) => items.filter(() => random() < probability),
  };
}
