import { describeFailure } from './describe-failure.ts';
import type { RunningGateway } from './gateway-calls.ts';
import { exitCodes, type StopCause, type World } from './world.ts';

/** After a crash, calls in flight get this long to end. */
const crashCloseMs = 5_000;

/** Why a gateway is stopped, and what must not be said about it. */
export interface Stop {
  readonly cause: StopCause;
  readonly secrets: readonly string[];
}

/**
 * Stops a gateway and resolves with the exit code: SIGTERM waits for load balancers first, SIGINT does not; after a crash the end
 * is short and the exit code says so.
 */
export async function stopGateway(running: RunningGateway, { cause, secrets }: Stop, world: World): Promise<number> {
  if (cause.kind === 'crash') {
    world.say(`switchyard: ending after a bug: ${describeFailure(cause.error, secrets)}`);
    await world.atMost(crashCloseMs, running.close());
    return exitCodes.failed;
  }
  if (cause.signal === 'SIGTERM') await running.drain();
  await running.close();
  return exitCodes.done;
}
