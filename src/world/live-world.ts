import type { GatewayEvent } from '../model/events.ts';
import type { ChainName, UpstreamKey } from '../model/names.ts';
import type { Settings } from '../model/settings.ts';
import type { BuiltChain } from './build-chain.ts';
import { createDirectory } from './chain-directory.ts';
import type { Wire } from './endpoints.ts';

/** Everything that a configuration decides: exchanged whole by a reload. */
export interface World {
  readonly settings: Settings;
  readonly chains: readonly BuiltChain[];
  readonly wires: readonly Wire[];
}

/** The world in force. Whoever looks sees one world whole, never parts of two. */
export class LiveWorld {
  #world: World;
  #find: (name: string | undefined) => BuiltChain | undefined;
  #byName: ReadonlyMap<ChainName, BuiltChain>;

  constructor(world: World) {
    this.#world = world;
    this.#find = createDirectory(world.chains);
    this.#byName = byName(world.chains);
  }

  get settings(): Settings {
    return this.#world.settings;
  }

  get chains(): readonly BuiltChain[] {
    return this.#world.chains;
  }

  get wires(): readonly Wire[] {
    return this.#world.wires;
  }

  /** Puts another world in force. */
  swap(world: World): void {
    this.#world = world;
    this.#find = createDirectory(world.chains);
    this.#byName = byName(world.chains);
  }

  /** A chain by name, alias or id. */
  find(name: string | undefined): BuiltChain | undefined {
    return this.#find(name);
  }

  /** A chain by its own name. */
  get(name: ChainName): BuiltChain | undefined {
    return this.#byName.get(name);
  }

  /** Hands on what calls report of an upstream. What was sent before its chain was built speaks of another one. */
  fold(event: GatewayEvent): void {
    this.#tellCache(event);
    if (event.kind !== 'attempt-failed' && event.kind !== 'failure-excused') return;
    const chain = this.#chainOf(event.upstream);
    if (chain === undefined || (event.kind === 'attempt-failed' && event.sentAt < chain.builtAt)) return;
    chain.control.fold(event);
  }

  connectivity(upstreams: readonly UpstreamKey[], what: 'connected' | 'disconnected'): void {
    for (const upstream of upstreams) this.#chainOf(upstream)?.control.connectivity(upstream, what);
  }

  /** What happens on a chain, or to one of its upstreams, may be the end of what is kept of it. */
  #tellCache(event: GatewayEvent): void {
    const chain = 'chain' in event ? this.#byName.get(event.chain ?? '') : undefined;
    const upstream = 'upstream' in event ? event.upstream : undefined;
    const found = chain ?? (upstream === undefined ? undefined : this.#chainOf(upstream));
    found?.lane.cache?.answers.fold(event);
  }

  #chainOf(upstream: UpstreamKey): BuiltChain | undefined {
    return this.#byName.get(upstream.slice(0, upstream.indexOf('/')));
  }
}

function byName(chains: readonly BuiltChain[]): ReadonlyMap<ChainName, BuiltChain> {
  return new Map(chains.map((chain) => [chain.name, chain]));
}
