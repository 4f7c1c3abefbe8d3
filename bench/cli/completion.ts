/** `cma-stress completion`: prints the script that makes a shell complete command lines. */
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { shellScript, SHELLS } from '../completion/scripts.ts';
import { suggestion } from '../plan/suggest.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { argumentOf } from './options.ts';

const HELP: HelpParts = {
  notes: [
    'The script completes commands, options and their values: strategies, workloads, devices, knobs of --set, runs below results/, files. It asks cma-stress itself, which has to be in the PATH, so it need not be made again after an update.',
    [
      'To have it in every shell:',
      '  bash  cma-stress completion bash > ~/.local/share/bash-completion/completions/cma-stress',
      '  zsh   cma-stress completion zsh > DIR/_cma-stress, DIR being in $fpath before compinit',
      '  fish  cma-stress completion fish > ~/.config/fish/completions/cma-stress.fish',
    ].join('\n'),
  ],
  exits: { 0: 'printed', 2: 'bad usage: no shell, or one that it has no script for' },
  examples: [
    { command: 'source <(cma-stress completion bash)', about: 'in this shell; zsh too' },
    { command: 'cma-stress completion fish | source' },
  ],
  page: 'how-to/complete-in-the-shell.md',
};

export function addCompletionCommand(program: Command): void {
  const command = program
    .command('completion')
    .description('print a script with which the shell completes command lines')
    .addArgument(argumentOf('<SHELL>', SHELLS.join(', '), SHELLS))
    .action((shell: string) => {
      const known = SHELLS.find((one) => one === shell);
      if (known === undefined)
        throw new UsageError(`there is no completion for '${shell}'${suggestion(shell, SHELLS)}`);
      process.stdout.write(shellScript(known));
    });
  addHelp(command, HELP);
}
