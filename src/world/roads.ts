import type { Log } from '../observe/log.ts';
import type { HttpTransport } from '../transport/http-transport.ts';
import type { Draining } from './draining.ts';
import type { TrackerNames, Wire } from './endpoints.ts';
import type { LiveWorld } from './live-world.ts';
import { joinWires } from './plan-chains.ts';

/** Which URLs the transport can reach, while worlds are exchanged. */
export interface Roads {
  /** Makes these URLs the present ones; others, and those that calls under way still need, can be reached besides. */
  connect(present: readonly Wire[], besides: readonly Wire[]): void;
  /** Forgets the URLs that neither the world in force nor a call under way needs any more. */
  settle(): void;
}

/** What roads are made of. */
export interface RoadParts {
  readonly transport: HttpTransport;
  readonly trackers: TrackerNames;
  readonly live: LiveWorld;
  readonly log: Log;
  draining(): Draining;
}

/** Creates the roads of one process. */
export function createRoads({ transport, trackers, live, log, draining }: RoadParts): Roads {
  const connect: Roads['connect'] = (present, besides) => {
    const needed = joinWires(present, [...besides, ...draining().wires()]);
    // Resolves when the last call on a URL that went has ended, which nobody waits for.
    transport.replace(needed).catch(() => log.error('a URL of the configuration cannot be parsed'));
  };
  return {
    connect,
    settle() {
      connect(live.wires, []);
      trackers.retain(new Set([...live.wires, ...draining().wires()].map(({ tracker }) => tracker)));
    },
  };
}
