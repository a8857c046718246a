import type { VirtualClock } from '../../support/virtual-clock.ts';
import type { SimConfig } from './draw-config.ts';
import type { Order } from './draw-events.ts';
import type { SimProcess } from './sim-process.ts';

/** What an operator works on. */
export interface OperatorParts {
  readonly time: VirtualClock;
  process(): SimProcess | undefined;
  /** Puts another configuration in place, and has the process read it. */
  reload(config: SimConfig, process: SimProcess): void;
  /** Ends the process; another one starts a moment later. */
  end(process: SimProcess): void;
  note(words: string): void;
}

/** How long a process that was told to stop lets calls end. */
const drainMs = 3000;

/** Does what one order says. Where no process lives, or no such endpoint is left, nothing. */
export function obey(order: Order, { time, process, reload, end, note }: OperatorParts): void {
  const living = process();
  if (living === undefined) return;
  switch (order.act) {
    case 'cordon':
    case 'uncordon':
    case 'probe':
      return tend(living, order, note);
    case 'reload':
      note('■ operator: reload');
      return reload(order.config, living);
    case 'restart':
      note('■ operator: restart');
      living.drain();
      time.after(drainMs, () => {
        if (process() !== living) return;
        living.close();
        end(living);
      });
      return;
    case 'kill':
      note('■ the process is killed');
      return end(living);
  }
}

type Tending = Extract<Order, { readonly act: 'cordon' | 'uncordon' | 'probe' }>;

function tend(process: SimProcess, { act, target }: Tending, note: OperatorParts['note']): void {
  const chain = process.chain(target.chain);
  const upstream = chain?.lane.pairing().upstreams.find(({ endpoint }) => endpoint.provider === target.provider);
  const key = upstream?.endpoint.key;
  if (chain === undefined || key === undefined) return;
  note(`■ operator: ${act} ${key}`);
  if (act === 'probe') chain.control.probe(key);
  else chain.control.cordon(key, act);
}
