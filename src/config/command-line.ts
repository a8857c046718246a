import { parseArgs } from 'node:util';
import { nearest } from '../model/nearest.ts';
import { type CommandName, commandNames, commands, isCommandName } from './command-help.ts';
import type { DoorOverrides } from './override-settings.ts';
import { presentable } from './problem.ts';
import { hostForm } from './text-form.ts';

/** What the arguments ask for. */
export type Command =
  | { readonly kind: 'help'; readonly topic: CommandName | undefined }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'start';
      readonly config: string | undefined;
      readonly urls: readonly string[];
      readonly doors: DoorOverrides;
      /** Whether the demo runs where there is nothing else to start. */
      readonly fallback: 'demo' | 'none';
    }
  | { readonly kind: 'check' | 'health'; readonly file: string | undefined }
  | { readonly kind: 'chains' }
  | { readonly kind: 'demo'; readonly doors: DoorOverrides }
  | Misuse;

/** Arguments that ask for nothing. `message` repeats no argument that might hold a key. */
export interface Misuse {
  readonly kind: 'misused';
  readonly message: string;
}

const optionTypes = {
  config: { type: 'string', short: 'c' },
  host: { type: 'string' },
  port: { type: 'string' },
  'admin-host': { type: 'string' },
  'admin-port': { type: 'string' },
  demo: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

type OptionName = keyof typeof optionTypes;

/** Values by option; a flag's is the empty text. */
type Given = ReadonlyMap<string, string>;

/** Understands the arguments behind `switchyard`. Never throws. */
export function parseCommandLine(args: readonly string[]): Command {
  const { tokens } = parseArgs({
    args: [...args],
    options: optionTypes,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const positionals = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const options = tokens.flatMap((token) => (token.kind === 'option' ? [token] : []));
  const [word, ...rest] = positionals;
  const asksForHelp = options.some(({ name }) => name === 'help') || word === 'help';
  if (asksForHelp) return { kind: 'help', topic: [word, ...rest].find(isCommandName) };
  if (options.some(({ name }) => name === 'version')) return { kind: 'version' };
  if (word === undefined) return misused('says no command (`switchyard --help` lists them)');
  if (!isCommandName(word)) return unknownCommand(word);
  const given = new Map<string, string>();
  for (const option of options) {
    const trouble = troubleWith(option, word, given);
    if (trouble !== undefined) return misused(trouble);
    given.set(option.name, option.value ?? '');
  }
  return commandOf(word, given, rest);
}

function misused(message: string): Misuse {
  return { kind: 'misused', message };
}

function unknownCommand(word: string): Misuse {
  if (word.includes('://')) return misused('a URL is no command (say `switchyard start URL`)');
  const meant = nearest(word, commandNames);
  const hint = meant === undefined ? '`switchyard --help` lists the commands' : `did you mean ${meant}?`;
  return misused(`${presentable(word)} is no command (${hint})`);
}

interface GivenOption {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
}

/** What is wrong with one option: unknown to the command, given before, without its value, or with one too many. */
function troubleWith({ name, value }: GivenOption, command: CommandName, given: Given): string | undefined {
  const { options } = commands[command];
  const known = options.find((option) => option === name);
  if (known === undefined) {
    const meant = nearest(name, options);
    const hint =
      meant === undefined ? `\`switchyard ${command} --help\` lists its options` : `did you mean --${meant}?`;
    return `${command} has no option --${presentable(name)} (${hint})`;
  }
  if (given.has(name)) return `--${name} is given twice (leave one out)`;
  const takesValue = optionTypes[known].type === 'string';
  if (takesValue && (value === undefined || value === '' || value.startsWith('-'))) return `--${name} needs a value`;
  return !takesValue && value !== undefined ? `--${name} takes no value` : undefined;
}

function commandOf(name: CommandName, given: Given, rest: readonly string[]): Command {
  switch (name) {
    case 'start':
      return startCommand(given, rest);
    case 'check':
    case 'health':
      return rest.length > 1 || rest[0]?.includes('://') === true
        ? misused(`${name} takes one file`)
        : { kind: name, file: rest[0] };
    case 'chains':
      return rest.length > 0 ? misused('chains takes no arguments') : { kind: 'chains' };
    case 'demo': {
      const doors = doorsOf(given);
      return rest.length > 0 ? misused('demo takes no arguments') : 'kind' in doors ? doors : { kind: 'demo', doors };
    }
  }
}

function startCommand(given: Given, urls: readonly string[]): Command {
  const config = given.get('config');
  if (config !== undefined && urls.length > 0) return misused('start takes a file or URLs, not both (leave one out)');
  if (!urls.every((url) => /^[a-z][a-z0-9+.-]*:\/\//i.test(url))) {
    return misused('start takes URLs such as https://eth.example (a file is given as --config FILE)');
  }
  const doors = doorsOf(given);
  return 'kind' in doors
    ? doors
    : { kind: 'start', config, urls, doors, fallback: given.has('demo') ? 'demo' : 'none' };
}

function doorsOf(given: Given): DoorOverrides | Misuse {
  const hosts: readonly OptionName[] = ['host', 'admin-host'];
  const ports: readonly OptionName[] = ['port', 'admin-port'];
  const badHost = hosts.find((name) => !new RegExp(hostForm.pattern).test(given.get(name) ?? 'localhost'));
  if (badHost !== undefined) return misused(`--${badHost} must be ${hostForm.expects}`);
  const badPort = ports.find((name) => !isPort(given.get(name) ?? '0'));
  if (badPort !== undefined) return misused(`--${badPort} must be a port from 0 to 65535`);
  const [host, adminHost] = hosts.map((name) => given.get(name));
  const [port, adminPort] = ports.map((name) => given.get(name));
  return {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(adminHost === undefined ? {} : { adminHost }),
    ...(adminPort === undefined ? {} : { adminPort: Number(adminPort) }),
  };
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}
