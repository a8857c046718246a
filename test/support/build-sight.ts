import { createLoad, type Load } from '../../src/select/load.ts';
import type { Sight } from '../../src/select/terms.ts';
import { buildUpstream } from './build-pairing.ts';

/** What a choice sees at 100,000 ms with nothing in flight, nobody asked, and chance that always says one half. */
export function buildSight(traits: Partial<Sight> = {}): Sight {
  return { asked: [], now: 100_000, random: () => 0.5, ...traits, load: traits.load ?? createLoad(32) };
}

/** Makes an endpoint known for answers of class `light` that take `ms`, the last of them at `now`. */
export function observeLatency(load: Load, index: number, seen: { readonly ms: number; readonly now: number }): void {
  const series = load.seriesOf('read', 'light');
  for (let i = 25; i > 0; i -= 1) {
    const sentAt = seen.now - seen.ms * i;
    load.end(load.begin(buildUpstream(index), series, sentAt), 'good', sentAt + seen.ms);
  }
}
