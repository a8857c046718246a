import type { ChainView } from '../../../src/model/chain-view.ts';
import type { GatewayEvent } from '../../../src/model/events.ts';
import type { Lane } from '../../../src/path/lane.ts';
import type { Handle } from '../../../src/ports/handle.ts';
import type { Transport } from '../../../src/ports/transport.ts';
import type { SimProcess } from './sim-process.ts';

/**
 * A defect planted at a seam of the gateway, so that a promise has something to catch. What is absent is as it should be.
 * `process` gives the gateway it is planted in, which may not stand yet.
 */
export interface Breach {
  transport?(transport: Transport, process: () => SimProcess | undefined): Transport;
  lane?(lane: Lane): Lane;
  handle?(handle: Handle): Handle;
  /** What the control plane is told, in place of what was so; undefined: nothing. */
  fold?(event: GatewayEvent): GatewayEvent | undefined;
  /** What operators and gauges are shown. */
  view?(view: ChainView): ChainView;
}

/** Nothing is wrong with the gateway but what is. */
export const sound: Breach = {};
