import type { Environment } from '../../src/config/expand-variables.ts';
import { type ConfigReading, type ConfigSurroundings, readConfig } from '../../src/config/read-config.ts';
import type { ChainSettings, EndpointSettings, Settings } from '../../src/model/settings.ts';

/** A small world of chains, enough for names, aliases and near misses. */
export const knownChains = [
  { name: 'ethereum', aliases: ['eth', 'ethereum-mainnet'] },
  { name: 'base', aliases: [] },
  { name: 'polygon', aliases: ['matic'] },
];

export const memoryBytes = 8 * 1024 ** 3;

/** What configurations are read with in tests: the small world, 8 GiB and the given environment. */
export function surroundings(env: Environment = {}): ConfigSurroundings {
  return { env, known: knownChains, memoryBytes };
}

/** Reads a text as `c.yaml`. */
export function readText(text: string, env: Environment = {}): ConfigReading {
  return readConfig(text, 'c.yaml', surroundings(env));
}

/** Settings of a text that is right; fails with the problems of one that is not. */
export function settingsOf(text: string, env: Environment = {}): Settings {
  const reading = readText(text, env);
  if (reading.kind === 'refused') throw new Error(reading.problems.join('\n'));
  return reading.settings;
}

/** Problems of a text; none for one that is right. */
export function problemsOf(text: string, env: Environment = {}): readonly string[] {
  const reading = readText(text, env);
  return reading.kind === 'refused' ? reading.problems : [];
}

/** The settings of one ethereum chain whose keys are `lines`, each indented as a key of the chain. */
export function ethereumOf(lines: readonly string[], env: Environment = {}): ChainSettings {
  const [chain] = settingsOf(chainText(lines), env).chains;
  if (chain === undefined) throw new Error('no chain was read');
  return chain;
}

/** The endpoints of an ethereum chain with these primaries, each in flow style. */
export function endpointsOf(...primaries: readonly string[]): readonly EndpointSettings[] {
  return ethereumOf(['primary:', ...primaries.map((primary) => `  - ${primary}`)]).endpoints;
}

/** A configuration text of one ethereum chain with these lines under it. */
export function chainText(lines: readonly string[]): string {
  return ['chains:', '  ethereum:', ...lines.map((line) => `    ${line}`), ''].join('\n');
}
