import type { Gateway } from './contenders.ts';
import { runLoad } from './load.ts';
import { hugeCall, type Scenario } from './scenarios.ts';

/** What one large answer may keep all other calls waiting, in milliseconds. */
const promiseMs = 25;

/** The time between two looks of Node's own monitor, which it counts in. In milliseconds. */
const lookMs = 10;

/** The usual call, for the delay there is without large answers, and how long each kind is sent. */
export interface EventLoopPlan {
  readonly small: Scenario;
  readonly durationMs: number;
}

/**
 * Shows how long the gateway's event loop was held at most while 10 MB answers went through it one after another, as Node's own monitor
 * saw it, beside what it was under small calls. On a machine that is busy otherwise both are mostly the machine's.
 */
export async function showEventLoop(
  gateway: Gateway,
  { small, durationMs }: EventLoopPlan,
  print: (line: string) => void,
): Promise<void> {
  const { port, path } = gateway;
  const run = async (body: Buffer, expect: string): Promise<{ readonly heldMs: number; readonly answers: number }> => {
    const plan = { port, path, body, headers: '', connections: 1, expect };
    await runLoad({ ...plan, durationMs: durationMs / 4 });
    // Reading it makes it begin again.
    await readHeldMs(gateway);
    const { answers, bad } = await runLoad({ ...plan, durationMs });
    return { heldMs: await readHeldMs(gateway), answers: answers - bad };
  };
  const usual = await run(small.body, small.expect);
  const large = await run(hugeCall, '"result":[');
  print(`\n10 MB answer (one connection, ${large.answers} good answers)`);
  print(`  event loop held at most ${large.heldMs.toFixed(1)} ms; under small calls ${usual.heldMs.toFixed(1)} ms`);
  print(`  promise: at most ${promiseMs} ms: ${large.heldMs <= promiseMs ? 'kept' : 'NOT KEPT'}`);
}

/** The longest time since it was read last, without the time between two looks. */
async function readHeldMs({ adminPort }: Gateway): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${adminPort}/metrics`);
  const line = /^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(await response.text());
  return Math.max(0, Number(line?.[1]) * 1000 - lookMs);
}
