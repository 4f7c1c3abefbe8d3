/** `cma-stress validate`: the model against recordings of a real kernel. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { Option } from 'commander';
import { EXIT, exitCodeOfBroken, UsageError } from '../errors.ts';
import { loadWorkload } from '../plan/index.ts';
import { terminalOf } from '../report/terminal.ts';
import { startProgress } from '../run/progress.ts';
import { runModels } from '../validate/execute.ts';
import type { Executed } from '../validate/execute.ts';
import { groupRecordings } from '../validate/groups.ts';
import type { Group } from '../validate/groups.ts';
import { readRecordings, shippedRecordings } from '../validate/recording.ts';
import { checkDocs, rewriteDocs } from '../report/generatedPart.ts';
import { validationDocument } from '../validate/report/document.ts';
import { fullMarkdown, shortMarkdown } from '../validate/report/markdown.ts';
import { validationPage } from '../validate/report/page.ts';
import { validationText } from '../validate/report/text.ts';
import { totalsOf } from '../validate/report/totals.ts';
import { compareAll } from '../validate/rows.ts';
import { RECORDED, workloadSource } from '../validate/source.ts';
import type { ModelSource } from '../validate/source.ts';
import { ValidationFolder } from '../validate/store.ts';
import { Tolerances } from '../validate/tolerance.ts';
import type { Validation } from '../validate/validation.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { onInterrupt } from './interrupt.ts';
import { JSON_DOCUMENT, THREADS, threadsOf, wholeNumber } from './options.ts';
import type { SetExitCode } from './program.ts';
import { say } from './stderr.ts';

/** Below this the intervals of the model are wide. */
const ENOUGH_SEEDS = 20;
const MAX_SEEDS = 1000;
/** s of wall time; the slowest run of the shipped recordings takes about 2 on one free CPU. */
const RUN_LIMIT = 120;
const MAX_RUN_LIMIT = 86_400;

interface ValidateOptions {
  readonly workload?: string;
  readonly seeds: string;
  readonly threads?: string;
  readonly runLimit: string;
  readonly out?: string;
  readonly docs?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly model?: string;
}

const HELP: HelpParts = {
  exits: {
    0: 'at least 90 % of the rows agree',
    1: 'fewer do',
    2: 'bad usage or input',
    4: 'modelled runs failed',
    5: 'an invariant of the model broke',
    130: 'interrupted; with --out the same command goes on',
  },
  examples: [
    { command: 'cma-stress validate', about: 'some minutes' },
    { command: 'cma-stress validate my-recordings/ --out results/validation' },
    { command: 'cma-stress validate heavy.json --seeds 50 --verbose' },
    { command: 'cma-stress validate heavy_r0.json --workload heavy.yaml' },
  ],
  page: 'reference/validate.md',
};

export function addValidateCommand(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command('validate')
    .description('compare the model with recordings of a real kernel, measure by measure')
    .argument('[RECORDING...]', 'JSON files, or directories of them (default: those that come with the package)')
    .option('--workload <file>', 'compare the runs of this workload with a recording and its repeats')
    .option('--seeds <n>', `modelled runs of each group of recordings (default: ${ENOUGH_SEEDS})`, String(ENOUGH_SEEDS))
    .option(...THREADS)
    .option(
      '--run-limit <s>',
      `seconds of wall time after which a modelled run is ended and counts as failed (default: ${RUN_LIMIT})`,
      String(RUN_LIMIT),
    )
    .option(
      '--out <dir>',
      'directory of validation.json, validation.md and validation.html; continues an interrupted one',
    )
    .option('--docs <file>', 'replace the part of a Markdown file between its two `cma-stress validate` comments')
    .option(...JSON_DOCUMENT)
    .option('--verbose', 'show rows that agree too')
    .addOption(new Option('--model <module>', 'a module whose runTestbed stands in for the model').hideHelp())
    .action(async (paths: string[], options: ValidateOptions) => {
      setExitCode(await validate(paths, options));
    });
  addHelp(command, HELP);
}

async function validate(paths: readonly string[], options: ValidateOptions): Promise<number> {
  const seeds = wholeNumber('--seeds', options.seeds, 1, MAX_SEEDS);
  const threads = threadsOf(options);
  const runLimit = wholeNumber('--run-limit', options.runLimit, 1, MAX_RUN_LIMIT);
  const recordings = readRecordings(paths.length === 0 ? [shippedRecordings()] : paths);
  const groups = groupRecordings(recordings);
  const source = sourceOf(paths, options, groups);
  if (seeds < ENOUGH_SEEDS)
    say(
      `with ${seeds} seeds the model's intervals are wide, and agreement means little; ${ENOUGH_SEEDS} are the least for a verdict`,
    );
  if (options.docs !== undefined) checkDocs(options.docs, 'validate');
  const folder = options.out === undefined ? null : new ValidationFolder(options.out);
  const interrupt = onInterrupt();
  const progress = (total: number) => startProgress(total, threads, process.stderr, 'model run');
  const module = options.model === undefined ? null : pathToFileURL(resolve(options.model)).href;
  let executed: Executed;
  try {
    executed = await runModels(groups, {
      seeds,
      source,
      threads,
      runLimit,
      signal: interrupt.signal,
      folder,
      module,
      progress,
    });
  } finally {
    interrupt.release();
  }
  if (executed.interrupted) {
    const kept =
      folder === null ? 'nothing is kept without --out' : `the same command with --out ${folder.path} continues`;
    say(`interrupted: ${executed.done} of ${executed.total} model runs are done; ${kept}`);
    return EXIT.interrupted;
  }
  // The shipped recordings know how far repeats differ, whatever was asked for.
  const known = paths.length === 0 ? groups : [...groups, ...groupRecordings(readRecordings([shippedRecordings()]))];
  const comparisons = compareAll(executed.groups, new Tolerances(known));
  if (comparisons.rows.length === 0 && executed.failed.length === 0)
    throw new UsageError('nothing in these recordings could be compared');
  const validation: Validation = {
    groups: executed.groups,
    comparisons,
    totals: totalsOf(comparisons.rows),
    workload: source.workload,
    seeds,
    recordings: recordings.length,
    failed: executed.failed,
  };
  process.stdout.write(
    options.json === true
      ? validationDocument(validation)
      : validationText(validation, options.verbose === true, terminalOf(process.stdout)),
  );
  if (folder !== null) {
    folder.write('validation.json', validationDocument(validation));
    folder.write('validation.md', fullMarkdown(validation));
    folder.write('validation.html', await validationPage(validation));
    folder.dropRuns();
  }
  if (options.docs !== undefined) rewriteDocs(options.docs, 'validate', shortMarkdown(validation));
  return exitCodeOf(validation);
}

/** Throws UsageError, and InputError for a bad workload. */
function sourceOf(
  paths: readonly string[],
  { workload, docs }: ValidateOptions,
  groups: readonly Group[],
): ModelSource {
  if (workload === undefined) return RECORDED;
  if (paths.length === 0)
    throw new UsageError(
      '--workload needs the recordings it is compared with',
      'cma-stress validate RECORDING.json --workload FILE',
    );
  if (docs !== undefined) throw new UsageError("--docs is for the recordings' own parameters, not for --workload");
  return workloadSource(loadWorkload(workload, { set: [], durationNs: null, quick: false }), workload, groups);
}

function exitCodeOf({ failed, totals }: Validation): number {
  if (failed.length > 0) return exitCodeOfBroken(failed.map(({ error }) => error));
  return totals.passed ? EXIT.done : EXIT.checkFailed;
}
