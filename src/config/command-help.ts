/** What one command is for and takes, as its help shows it. */
export interface CommandNotes {
  readonly synopsis: string;
  readonly summary: string;
  readonly options: readonly CommandOption[];
  readonly more: readonly string[];
}

/** Options of commands; `--help` and `--version` go with each. */
export type CommandOption = 'config' | 'demo' | 'host' | 'port' | 'admin-host' | 'admin-port';

const doors: readonly CommandOption[] = ['host', 'port', 'admin-host', 'admin-port'];

/** The commands there are. */
export const commands = {
  start: {
    synopsis: 'start [--config FILE] [URL…]',
    summary: 'serve the chains of a file, or of URLs alone',
    options: ['config', 'demo', ...doors],
    more: [
      'Without FILE and URL, ./switchyard.yaml is served. URLs alone need no file: the chain they are of is detected.',
      'SIGTERM drains: calls in flight end, new ones go elsewhere. A second signal ends at once.',
    ],
  },
  check: {
    synopsis: 'check [FILE]',
    summary: 'say what is wrong with a file, or print what it amounts to, secrets hidden',
    options: [],
    more: ['Without FILE, ./switchyard.yaml is checked.'],
  },
  health: {
    synopsis: 'health [FILE]',
    summary: 'probe every endpoint once and print the result as JSON',
    options: [],
    more: ['Without FILE, the endpoints of ./switchyard.yaml are probed. The exit code is 1 when one fails.'],
  },
  chains: {
    synopsis: 'chains',
    summary: 'list the chains there are specs for',
    options: [],
    more: [],
  },
  demo: {
    synopsis: 'demo',
    summary: 'serve a local devnet behind faulty providers',
    options: doors,
    more: [
      'It needs @foundry-rs/anvil. The usual ports are taken where they are free, else others; it prints which, and what to try.',
    ],
  },
} as const satisfies Record<string, CommandNotes>;

/** The name of a command. */
export type CommandName = keyof typeof commands;

/** All names of commands, in the order of the help. */
export const commandNames: readonly CommandName[] = Object.keys(commands).filter(isCommandName);

/** Tells a command's name from other words. */
export function isCommandName(word: string | undefined): word is CommandName {
  return word !== undefined && Object.hasOwn(commands, word);
}

const optionNotes: Readonly<Record<CommandOption | 'help' | 'version', readonly [string, string]>> = {
  config: ['-c, --config FILE', 'the configuration, YAML or JSON'],
  demo: ['    --demo', 'run the demo where there is nothing else to serve'],
  host: ['    --host HOST', 'address of the public server, in place of server.host'],
  port: ['    --port PORT', 'port of the public server, in place of server.port'],
  'admin-host': ['    --admin-host HOST', 'address of the admin server, in place of admin.host'],
  'admin-port': ['    --admin-port PORT', 'port of the admin server, in place of admin.port'],
  help: ['-h, --help', 'show this help'],
  version: ['-v, --version', 'show the version'],
};

const exitCodes = 'Exit codes: 0 done, 1 failed while running, 2 wrong usage or configuration.';

/** The help of the whole, or of one command. */
export function helpText(topic: CommandName | undefined): string {
  if (topic === undefined) return overview();
  const notes: CommandNotes = commands[topic];
  const title = `switchyard ${notes.synopsis}: ${notes.summary}`;
  const more = notes.more.map((line) => `${line}\n`).join('');
  return `${title}\n\n${columns([...notes.options, 'help', 'version'])}\n${more}${exitCodes}\n`;
}

function overview(): string {
  const lines = commandNames.map((name) => `  ${commands[name].synopsis.padEnd(30)} ${commands[name].summary}\n`);
  return [
    'switchyard: one URL in front of all your blockchain nodes\n\n',
    ...lines,
    `\n${columns(['help', 'version'])}\n`,
    '`switchyard COMMAND --help` shows the options of a command.\n',
    `${exitCodes}\n`,
  ].join('');
}

function columns(options: readonly (keyof typeof optionNotes)[]): string {
  return options.map((option) => `  ${optionNotes[option][0].padEnd(24)} ${optionNotes[option][1]}\n`).join('');
}
