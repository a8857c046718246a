import type { Settings } from '../model/settings.ts';
import type { Command } from './command-line.ts';
import { describeStartFailure } from './describe-failure.ts';
import type { GatewayCalls, RunningGateway } from './gateway-calls.ts';
import { overrideSettings } from './override-settings.ts';
import type { ConfigReading } from './read-config.ts';
import { runDemo } from './run-demo.ts';
import { readFor, refuse } from './run-file-command.ts';
import { secretsOf } from './secrets.ts';
import { settingsFromUrls } from './settings-from-urls.ts';
import { stopGateway } from './stop-gateway.ts';
import { exitCodes, usualFile, type World } from './world.ts';

type StartCommand = Extract<Command, { kind: 'start' }>;

const nothingToServe =
  'switchyard: nothing to serve (name a file with --config FILE, give URLs, or put a switchyard.yaml here; ' +
  '`switchyard demo` needs none)';

/** Starts the gateway of a file or of URLs, serves until stopped, and resolves with the exit code. */
export async function runStart(command: StartCommand, world: World): Promise<number> {
  const { config, urls, doors } = command;
  const file = config ?? (urls.length === 0 && world.isFile(usualFile) ? usualFile : undefined);
  if (file === undefined && urls.length === 0) {
    if (command.fallback === 'demo') return runDemo(doors, world);
    world.say(nothingToServe);
    return exitCodes.refused;
  }
  const gateway = await world.loadGateway();
  const reread = async (): Promise<ConfigReading> => {
    const reading =
      file === undefined ? settingsFromUrls(urls, world.memoryBytes) : await readFor(gateway, file, world);
    return reading.kind === 'refused' ? reading : { kind: 'read', settings: overrideSettings(reading.settings, doors) };
  };
  const reading = await reread();
  if (reading.kind === 'refused') return refuse(reading.problems, world);
  return serve(gateway, { settings: reading.settings, reread, ...(file !== undefined && { file }) }, world);
}

interface Plan {
  readonly settings: Settings;
  readonly file?: string;
  reread(): Promise<ConfigReading>;
}

async function serve(gateway: GatewayCalls, { settings, reread, ...source }: Plan, world: World): Promise<number> {
  const secrets = createSecretsSeen(settings);
  const stopped = world.untilStopped();
  // From the first moment on: until somebody listens, the signal would end the process.
  const reloading: { gateway?: RunningGateway } = {};
  const cancelReloads = world.onReload(() => void reloading.gateway?.reload());
  try {
    const options = { version: world.version, reread: secrets.watch(reread), ...source };
    const running = await gateway.startGateway(settings, options);
    reloading.gateway = running;
    world.say(
      `switchyard ${world.version} serves ${served(settings)} on ${running.publicUrl}, status on ${running.adminUrl}`,
    );
    const cause = await stopped;
    return await stopGateway(running, { cause, secrets: secrets.all() }, world);
  } catch (error) {
    world.say(`switchyard: ${describeStartFailure(error, settings, secrets.all())}`);
    return exitCodes.failed;
  } finally {
    cancelReloads();
  }
}

type Reread = Plan['reread'];

/** The secrets of the first and of the newest configuration: what may stand in the last words of a process. */
function createSecretsSeen(first: Settings): { all(): readonly string[]; watch(reread: Reread): Reread } {
  let newest = first;
  return {
    all: () => [...new Set([...secretsOf(first), ...secretsOf(newest)])].sort((a, b) => b.length - a.length),
    watch: (reread) => async () => {
      const reading = await reread();
      if (reading.kind === 'read') newest = reading.settings;
      return reading;
    },
  };
}

function served({ chains }: Settings): string {
  const names = chains.map(({ name, detect }) => (detect === true ? 'the chain of the URLs' : name));
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 4).join(', ')} and ${names.length - 4} more chains`;
}
