import type { Settings } from '../model/settings.ts';
import type { GatewayCalls } from './gateway-calls.ts';
import { printable } from './printable.ts';
import { type ConfigReading, readConfigFile } from './read-config.ts';
import { hideSecrets, secretsOf } from './secrets.ts';
import { exitCodes, usualFile, type World } from './world.ts';

/** Reads a file as the gateway's chains have it. A file that is wrong is no failure but an answer. */
export async function readFor(gateway: GatewayCalls, file: string, world: World): Promise<ConfigReading> {
  const { env, memoryBytes } = world;
  return readConfigFile(file, { env, memoryBytes, known: await gateway.listChains() });
}

/** Says everything that is wrong with a configuration, one line each. */
export function refuse(problems: readonly string[], world: World): number {
  for (const problem of problems) world.say(problem);
  return exitCodes.refused;
}

/** Checks a file and prints what it amounts to, with secrets hidden. */
export function runCheck(file: string | undefined, world: World): Promise<number> {
  return withFile(file, world, async (settings, gateway) => {
    const facts = await gateway.chainFacts(settings);
    world.print(printable(settings, ({ name }) => facts.get(name)));
    return exitCodes.done;
  });
}

/** Probes every endpoint of a file once and prints the report as JSON. */
export function runHealth(file: string | undefined, world: World): Promise<number> {
  return withFile(file, world, async (settings, gateway) => {
    const report = await gateway.probeOnce(settings);
    world.print(`${hideSecrets(JSON.stringify(report, undefined, 2), secretsOf(settings))}\n`);
    return report.ok ? exitCodes.done : exitCodes.failed;
  });
}

type WithSettings = (settings: Settings, gateway: GatewayCalls) => Promise<number>;

async function withFile(file: string | undefined, world: World, run: WithSettings): Promise<number> {
  if (file === undefined && !world.isFile(usualFile)) {
    world.say(`switchyard: no file is named, and there is no ${usualFile} here`);
    return exitCodes.refused;
  }
  const gateway = await world.loadGateway();
  const reading = await readFor(gateway, file ?? usualFile, world);
  return reading.kind === 'refused' ? refuse(reading.problems, world) : run(reading.settings, gateway);
}
