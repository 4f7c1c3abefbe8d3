/** `cma-stress compare`: earlier runs side by side. */
import type { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { compareSides } from '../compare/compare.ts';
import { compareDocument } from '../compare/document.ts';
import { openSides } from '../compare/sides.ts';
import { crossingText, warningLines } from '../report/closing.ts';
import { comparisonText } from '../report/comparison.ts';
import { PLAIN, terminalOf } from '../report/terminal.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { collect, JSON_DOCUMENT } from './options.ts';
import type { SetExitCode } from './program.ts';
import { say } from './stderr.ts';

interface CompareCommandOptions {
  readonly factor?: string;
  readonly force?: boolean;
  readonly baseline?: string;
  readonly failIf?: readonly string[];
  readonly json?: boolean;
}

const HELP: HelpParts = {
  exits: {
    0: 'compared',
    2: 'bad usage, or the runs cannot be compared (it says what differs)',
    3: '--fail-if crossed',
  },
  examples: [
    { command: 'cma-stress compare results/before results/after' },
    { command: 'cma-stress compare results/fork-heavy', about: 'the strategies of one run' },
    { command: 'cma-stress compare results/fork-heavy:stock results/other:root-search' },
    { command: 'cma-stress compare results/20ms results/500ms --factor ksm.sleep_millisecs' },
    { command: "cma-stress compare results/main results/patched --fail-if 'p99_latency regresses 10%'" },
    { command: "cma-stress compare results/a results/b --json | jq '.rows[] | [.side, .failureRate.mean]'" },
  ],
  page: 'reference/compare.md',
};

export function addCompareCommand(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command('compare')
    .description('compare earlier runs, seed by seed: the first is the baseline')
    .argument('<RUN...>', 'directories of finished runs; DIR:STRATEGY takes one strategy of a run')
    .option(
      '--factor <name>',
      'what they may differ in, for example ksm.sleep_millisecs (default: the one thing that does)',
    )
    .option('--force', 'compare although they differ in more')
    .option('--baseline <name>', 'compare with this side, by its name in the tables (default: the first)')
    .option('--fail-if <expr>', "exit 3 when this holds, for example 'p99_latency regresses 10%' (repeatable)", collect)
    .option(...JSON_DOCUMENT)
    .action((words: string[], options: CompareCommandOptions) => {
      setExitCode(compare(words, options));
    });
  addHelp(command, HELP);
}

function compare(words: readonly string[], options: CompareCommandOptions): number {
  const comparison = compareSides(openSides(words), {
    factor: options.factor ?? null,
    force: options.force === true,
    baseline: options.baseline ?? null,
    failIf: options.failIf ?? [],
  });
  const { warnings, crossed } = comparison;
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(compareDocument(comparison))}\n`);
    for (const line of warningLines(warnings, PLAIN)) if (line !== '') say(line);
    for (const crossing of crossed) say(crossingText(crossing));
  } else process.stdout.write(comparisonText(comparison, terminalOf(process.stdout)));
  return crossed.length > 0 ? EXIT.thresholdCrossed : EXIT.done;
}
