import type { Settings } from '../model/settings.ts';
import type { Command } from './command-line.ts';
import { describeStartFailure } from './describe-failure.ts';
import type { GatewayCalls } from './gateway-calls.ts';
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
  return serve(gateway, { settings: reading.settings, reread }, world);
}

interface Plan {
  readonly settings: Settings;
  reread(): Promise<ConfigReading>;
}

async function serve(gateway: GatewayCalls, { settings, reread }: Plan, world: World): Promise<number> {
  const secrets = secretsOf(settings);
  const stopped = world.untilStopped();
  try {
    const running = await gateway.startGateway(settings, { version: world.version, reread });
    world.say(
      `switchyard ${world.version} serves ${served(settings)} on ${running.publicUrl}, status on ${running.adminUrl}`,
    );
    return await stopGateway(running, { cause: await stopped, secrets }, world);
  } catch (error) {
    world.say(`switchyard: ${describeStartFailure(error, settings, secrets)}`);
    return exitCodes.failed;
  }
}

function served({ chains }: Settings): string {
  const names = chains.map(({ name, detect }) => (detect === true ? 'the chain of the URLs' : name));
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 4).join(', ')} and ${names.length - 4} more chains`;
}
