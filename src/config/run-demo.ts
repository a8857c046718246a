import type { Settings } from '../model/settings.ts';
import { describeFailure, describeStartFailure } from './describe-failure.ts';
import type { RunningDevnet, RunningGateway } from './gateway-calls.ts';
import { type DoorOverrides, overrideSettings } from './override-settings.ts';
import { settingsFrom } from './read-config.ts';
import { stopGateway } from './stop-gateway.ts';
import { exitCodes, type StopCause, type World } from './world.ts';

/** Ending a few processes takes milliseconds; those that hang end with this one. */
const devnetCloseMs = 5_000;

/** Starts a devnet and a gateway in front of it, says what to try, and resolves with the exit code once it was stopped. */
export async function runDemo(doors: DoorOverrides, world: World): Promise<number> {
  const stopped = world.untilStopped();
  const devnet = await startDevnet(world);
  if (devnet === undefined) return exitCodes.failed;
  try {
    return await serveDevnet(devnet, { stopped, doors }, world);
  } finally {
    await world.atMost(devnetCloseMs, devnet.close());
  }
}

async function startDevnet(world: World): Promise<RunningDevnet | undefined> {
  try {
    return await (await world.loadDevnet()).startDevnet();
  } catch (error) {
    world.say(`switchyard: ${describeFailure(error, [])}`);
    return undefined;
  }
}

interface Plan {
  readonly stopped: Promise<StopCause>;
  readonly doors: DoorOverrides;
}

async function serveDevnet(devnet: RunningDevnet, { stopped, doors }: Plan, world: World): Promise<number> {
  const settings = await openableDoors(devnetSettings(devnet, world), doors, world);
  const running = await startGateway(settings, world);
  if (running === undefined) return exitCodes.failed;
  world.print(devnet.describe(running));
  return stopGateway(running, { cause: await stopped, secrets: [] }, world);
}

/** @throws Error where the devnet's configuration is none of ours: a bug. */
function devnetSettings({ config }: RunningDevnet, { memoryBytes }: World): Settings {
  const { settings, problems } = settingsFrom(config, { known: [], memoryBytes, chains: 'named' });
  if (problems.length > 0) throw new Error(`the devnet's configuration ${problems.map(({ text }) => text).join('; ')}`);
  return settings;
}

/** The usual ports where they are free, else any: a demo starts beside whatever else runs. What was asked for stays. */
async function openableDoors(settings: Settings, doors: DoorOverrides, world: World): Promise<Settings> {
  const { server, admin } = overrideSettings(settings, doors);
  const portFor = async ({ host, port }: Settings['admin'], asked: number | undefined): Promise<number> =>
    asked ?? ((await world.canListen(host, port)) ? port : 0);
  const [port, adminPort] = [await portFor(server, doors.port), await portFor(admin, doors.adminPort)];
  return overrideSettings(settings, { ...doors, port, adminPort });
}

async function startGateway(settings: Settings, world: World): Promise<RunningGateway | undefined> {
  try {
    const gateway = await world.loadGateway();
    const reread = async () => ({ kind: 'read', settings }) as const;
    return await gateway.startGateway(settings, { version: world.version, reread });
  } catch (error) {
    world.say(`switchyard: ${describeStartFailure(error, settings, [])}`);
    return undefined;
  }
}
