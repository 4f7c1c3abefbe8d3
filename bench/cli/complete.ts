/**
 * `cma-stress complete`, which the scripts of `cma-stress completion` call at every Tab: what a command line could go
 * on with. Hidden. It loads nothing of the tool but a table, since people wait for it.
 */
import type { Command } from 'commander';
import { answerShell } from '../completion/answer.ts';

export function addCompleteCommand(program: Command): void {
  program
    .command('complete', { hidden: true })
    .argument('<SHELL>')
    .argument('[WORD...]', 'the words behind `cma-stress`, the last one being completed; for bash the line itself')
    .action((shell: string, words: string[]) => {
      process.stdout.write(answerShell(shell, words, process.env));
    });
}
