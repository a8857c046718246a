import { helpText } from './command-help.ts';
import { type Command, parseCommandLine } from './command-line.ts';
import { describeFailure } from './describe-failure.ts';
import type { ListedChain } from './gateway-calls.ts';
import { runDemo } from './run-demo.ts';
import { runCheck, runHealth } from './run-file-command.ts';
import { runStart } from './run-start.ts';
import { exitCodes, type World } from './world.ts';

/** Runs the command the arguments ask for and resolves with its exit code. Never rejects. */
export async function runCommand(args: readonly string[], world: World): Promise<number> {
  try {
    return await run(parseCommandLine(args), world);
  } catch (error) {
    world.say(`switchyard: ${describeFailure(error, [])}`);
    return exitCodes.failed;
  }
}

async function run(command: Command, world: World): Promise<number> {
  switch (command.kind) {
    case 'help':
      return printed(helpText(command.topic), world);
    case 'version':
      return printed(`switchyard ${world.version}\n`, world);
    case 'misused':
      world.say(`switchyard: ${command.message}`);
      return exitCodes.refused;
    case 'chains':
      return printed(chainTable(await (await world.loadGateway()).listChains()), world);
    case 'demo':
      return runDemo(command.doors, world);
    case 'check':
      return runCheck(command.file, world);
    case 'health':
      return runHealth(command.file, world);
    case 'start':
      return runStart(command, world);
  }
}

function printed(text: string, world: World): number {
  world.print(text);
  return exitCodes.done;
}

/** Aligned columns, with a line of titles. */
function chainTable(chains: readonly ListedChain[]): string {
  const rows = chains.map(({ name, family, interfaces, chainId = '-', state, aliases }) => [
    name,
    family,
    interfaces.join(', '),
    shortened(chainId),
    state,
    aliases.join(', ') || '-',
  ]);
  const table = [['CHAIN', 'FAMILY', 'INTERFACES', 'CHAIN ID', 'STATE', 'ALIASES'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map(
      (row) =>
        `${row
          .map((text, column) => text.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** Most ids are short; the few that are sentences would push every other column off the screen. */
const widestId = 24;

function shortened(chainId: string): string {
  return chainId.length > widestId ? `${chainId.slice(0, widestId - 1)}…` : chainId;
}
