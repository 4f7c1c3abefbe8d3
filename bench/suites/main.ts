/** `npm run bench`: measures the simulator itself. Options and exit codes only; what it can measure is in registry.ts. */
import { Command, CommanderError } from 'commander';
import { wholeNumber } from '../cli/options.ts';
import { EXIT, UsageError } from '../errors.ts';
import { terminalOf } from '../report/terminal.ts';
import { chooseSuites, listSuites } from './choose.ts';
import { benchDocument, notesOf } from './document.ts';
import { busyWarning, describeMachine } from './machine.ts';
import type { Effort, Report } from './registry.ts';
import { runAlone } from './runAlone.ts';
import { benchText } from './text.ts';

const DEFAULT_ITERATIONS = 5;
const QUICK_ITERATIONS = 2;
const MOST_ITERATIONS = 1000;

const HELP = `
Each suite runs in a process of its own. docs/reference/bench.md says what each figure means.

Exit codes: 0 measured, 1 a suite failed, 2 bad usage, 130 interrupted.

Examples:
  npm run bench                                 everything, some minutes on a quiet machine
  npm run bench -- --list                       what there is
  npm run bench -- ksmd cells --iterations 20   some suites, with narrower intervals
  npm run bench -- --quick                      whether everything runs; not to be quoted
  npm run --silent bench -- --json > bench.json`;

interface Options {
  readonly iterations?: string;
  readonly quick?: boolean;
  readonly list?: boolean;
  readonly json?: boolean;
}

async function bench(words: readonly string[], options: Options): Promise<void> {
  if (options.list === true) {
    process.stdout.write(`${listSuites()}\n`);
    return;
  }
  const suites = chooseSuites(words);
  const quick = options.quick === true;
  const iterations =
    options.iterations === undefined
      ? quick
        ? QUICK_ITERATIONS
        : DEFAULT_ITERATIONS
      : wholeNumber('--iterations', options.iterations, 1, MOST_ITERATIONS);
  const effort: Effort = { iterations, quick };
  const machine = describeMachine();
  const warning = busyWarning(machine);
  if (warning !== null) process.stderr.write(`warning: ${warning}\n`);
  const reports: Report[] = [];
  for (const suite of suites) {
    process.stderr.write(`measuring ${suite.name}: ${suite.about}\n`);
    reports.push(await runAlone(suite, effort));
  }
  const document = benchDocument(machine, reports);
  if (options.json === true) process.stdout.write(`${JSON.stringify(document)}\n`);
  else
    process.stdout.write(
      benchText(document, words.length === 0 ? document.notes : notesOf(reports), terminalOf(process.stdout)),
    );
}

/** Prints what went wrong. Returns the exit code. */
function failed(thrown: unknown): number {
  if (thrown instanceof CommanderError) {
    if (thrown.exitCode === 0) return EXIT.done;
    process.stderr.write(`${thrown.message}\n`);
    return EXIT.badInput;
  }
  process.stderr.write(`error: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  if (!(thrown instanceof UsageError)) return EXIT.checkFailed;
  if (thrown.hint !== null) process.stderr.write(`${thrown.hint}\n`);
  return EXIT.badInput;
}

try {
  await new Command('npm run bench --')
    .description('Measures how fast the simulator itself is.')
    .argument('[SUITE...]', 'suites or groups of suites (default: all)')
    .option('--iterations <n>', `timed calls of each subject (default: ${DEFAULT_ITERATIONS})`)
    .option('--quick', 'smaller work and fewer calls: whether everything runs')
    .option('--list', 'print the suites')
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', HELP)
    .configureOutput({ outputError: () => undefined })
    .exitOverride()
    .action(bench)
    .parseAsync();
} catch (thrown) {
  process.exitCode = failed(thrown);
}
