/** `cma-stress help`: the same as `--help`, of a command or of a command of a command. */
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { suggestion } from '../plan/suggest.ts';
import { addHelp } from './help.ts';

export function addHelpCommand(program: Command): void {
  const command = program
    .command('help')
    .description('print the help of a command')
    .argument('[COMMAND...]', 'its name, or names: litmus explore (default: the list of commands)')
    .action((names: string[]) => {
      commandNamed(program, names).help();
    });
  addHelp(command, {
    exits: { 0: 'printed', 2: 'there is no such command' },
    examples: [
      { command: 'cma-stress help run', about: 'the same as cma-stress run --help' },
      { command: 'cma-stress help litmus explore' },
    ],
  });
}

/** The command below `program` that the names lead to. Throws UsageError. */
function commandNamed(program: Command, names: readonly string[]): Command {
  return names.reduce((above, name) => {
    const below = above.createHelp().visibleCommands(above);
    const found = below.find((command) => command.name() === name);
    if (found !== undefined) return found;
    const known = below.map((command) => command.name());
    throw new UsageError(`unknown command '${name}' of ${above.name()}${suggestion(name, known)}`);
  }, program);
}
