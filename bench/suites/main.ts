/**
 * `npm run bench`: measures the simulator itself. Options and exit codes only; what it can measure is in registry.ts.
 */
import { Command, CommanderError } from 'commander';
import { wholeNumber } from '../cli/options.ts';
import { EXIT, UsageError, messageOf } from '../errors.ts';
import { terminalOf } from '../report/terminal.ts';
import { chooseSuites, listSuites, suitesDocument } from './choose.ts';
import { compareVersions } from './compare/compare.ts';
import { compareText } from './compare/text.ts';
import { runSuites } from './runSuites.ts';
import { benchText } from './text.ts';
import { say } from '../cli/stderr.ts';

const DEFAULT_ITERATIONS = 5;
const QUICK_ITERATIONS = 1;
const MOST_ITERATIONS = 1000;
/**
 * Five pairs: an effect has to be 1.24 times the spread of a pair to be told, with three 2.5 times (Student's t over
 * root n).
 */
const DEFAULT_PAIRS = 5;
const MOST_PAIRS = 100;

const HELP = `
Each suite runs in a process of its own. docs/reference/bench.md says what each figure means.

Exit codes: 0 measured, 1 a suite failed or the other version cannot be built, 2 bad usage, 130 interrupted.

Examples:
  npm run bench                                   everything, some minutes on a quiet machine
  npm run bench -- --list                         what there is
  npm run bench -- ksmd visits --iterations 20    some suites, with narrower intervals
  npm run bench -- --quick                        whether everything runs; not to be quoted
  npm run --silent bench -- --json > bench.json
  npm run bench -- --compare main                 this version against another, in interleaved runs
  npm run bench -- visits --compare HEAD~3 --pairs 10
  npm run bench -- parts --compare ../other-checkout`;

interface Options {
  readonly iterations?: string;
  readonly quick?: boolean;
  readonly list?: boolean;
  readonly json?: boolean;
  readonly compare?: string;
  readonly pairs?: string;
  readonly fastest?: boolean;
}

/** Returns the exit code. */
async function bench(words: readonly string[], options: Options): Promise<number> {
  const suites = chooseSuites(words);
  const { json = false, quick = false, compare: other } = options;
  if (options.list === true) return print(json, suitesDocument(), () => `${listSuites()}\n`);
  const usual = quick ? QUICK_ITERATIONS : DEFAULT_ITERATIONS;
  const iterations = numberOr(usual, '--iterations', options.iterations, 1, MOST_ITERATIONS);
  const pairs = numberOr(DEFAULT_PAIRS, '--pairs', options.pairs, 2, MOST_PAIRS);
  for (const name of ['pairs', 'fastest'] as const) {
    if (options[name] !== undefined && other === undefined) throw new UsageError(`--${name} belongs to --compare`);
  }
  const by = options.fastest === true ? 'fastest' : 'median';
  const terminal = terminalOf(process.stdout);
  if (other === undefined) {
    const document = await runSuites(suites, { iterations, quick }, say);
    return print(json, document, () => benchText(document, terminal));
  }
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
  try {
    const document = await compareVersions({ other, suites, pairs, iterations, quick, by }, say, interrupt.signal);
    return print(json, document, () => compareText(document, terminal));
  } catch (thrown) {
    if (!interrupt.signal.aborted) throw thrown;
    say('interrupted; what was checked out is removed');
    return EXIT.interrupted;
  }
}

function numberOr(usual: number, option: string, text: string | undefined, least: number, most: number): number {
  return text === undefined ? usual : wholeNumber(option, text, least, most);
}

function print(json: boolean, document: object, text: () => string): number {
  process.stdout.write(json ? `${JSON.stringify(document)}\n` : text());
  return EXIT.done;
}

/** Prints what went wrong. Returns the exit code. */
function failed(thrown: unknown): number {
  if (thrown instanceof CommanderError) {
    if (thrown.exitCode === 0) return EXIT.done;
    say(thrown.message);
    return EXIT.badInput;
  }
  say(`error: ${messageOf(thrown)}`);
  if (!(thrown instanceof UsageError)) return EXIT.checkFailed;
  if (thrown.hint !== null) say(thrown.hint);
  return EXIT.badInput;
}

try {
  await new Command('npm run bench --')
    .description('Measures how fast the simulator itself is.')
    .argument('[SUITE...]', 'suites or groups of suites (default: all)')
    .option(
      '--iterations <n>',
      `timed calls of each subject (default: ${DEFAULT_ITERATIONS}; quick: ${QUICK_ITERATIONS})`,
    )
    .option('--quick', 'smaller work and fewer calls: whether everything runs')
    .option('--compare <revision>', 'measure this version against a git revision, or the checkout in a folder')
    .option('--pairs <n>', `pairs of runs to compare (default: ${DEFAULT_PAIRS})`)
    .option('--fastest', 'compare the fastest call of each run, not the median: for busy machines')
    .option('--list', 'print the suites')
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', HELP)
    .configureOutput({ outputError: () => undefined })
    .exitOverride()
    .action(async (words: string[], options: Options) => {
      process.exitCode = await bench(words, options);
    })
    .parseAsync();
} catch (thrown) {
  process.exitCode = failed(thrown);
}
