/** `cma-stress run`: options to a plan, the plan to results. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { changesSince, chooseStrategies, type Chosen } from '../plugin/index.ts';
import { checkDocs, rewriteDocs } from '../report/generatedPart.ts';
import { strategiesPage } from '../report/strategiesPage.ts';
import { summaryOf, summaryText } from '../report/summary.ts';
import { PLAIN } from '../report/terminal.ts';
import { counted } from '../report/units.ts';
import { executeRounds, exitCodeOf, strategyInfos } from '../run/execute.ts';
import type { CellProgress } from '../run/execute.ts';
import { REPORT_FILE } from '../run/folder.ts';
import { lockFolder } from '../run/lock.ts';
import { startLiveProgress } from '../run/liveDisplay.ts';
import { DEFAULT_STRATEGIES, DEFAULT_WORKLOADS } from '../run/newRun.ts';
import { startProgress } from '../run/progress.ts';
import type { Speaking } from '../run/progress.ts';
import { commandLine, invokedAs } from '../report/commandLine.ts';
import { withoutPasswords } from '../queue/redisUrl.ts';
import { CELL_HEAP, CELL_SIMULATED, CELL_TIME, choice, collect, JSON_DOCUMENT, THREADS, threadsOf } from './options.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { explainCommand, printRun } from './printRun.ts';
import type { SetExitCode } from './program.ts';
import { exitCodeWith, isTooLong, makeReport, tellMissing } from './runReport.ts';
import { addRedisOptions } from './redisOptions.ts';
import { chooseEngine, engineWords, type ChosenEngine } from './engine.ts';
import { onInterruptFinish } from './interrupt.ts';
import { openRun } from './openRun.ts';
import type { RunOptions } from './openRun.ts';
import { say } from './stderr.ts';

/** Whose comments mark the generated part of a page. */
const DOCS_COMMAND = 'strategies';

const HELP: HelpParts = {
  notes: [
    'Runs are written into a directory of their own: run.json (what was run), cells.ndjson (a line a cell), summary.txt, report.html. The comparison is printed on stdout, progress on stderr. Without workloads every one gets 5 seeds.',
  ],
  exits: {
    0: 'done, and no --fail-if holds',
    1: 'done, but report.html could not be written',
    2: 'bad usage or input; nothing was started',
    3: '--fail-if crossed',
    4: 'finished, but cells failed',
    5: 'an invariant of the model broke',
    130: 'interrupted, or the disk is full; finished cells are kept, go on with --resume',
  },
  examples: [
    { command: 'cma-stress run' },
    { command: 'cma-stress run zygote-launch --strategy all --quick', about: 'the whole field' },
    { command: 'cma-stress run --strategy stock,page-anon-vma+root-search', about: 'two at once' },
    { command: 'cma-stress run fork-heavy --strategy stock,./my-fix.ts', about: 'a fix of your own' },
    { command: 'cma-stress run fork-heavy --seeds 100 --watch' },
    { command: 'cma-stress run zygote-launch --duration 300s --set ksm.sleep_millisecs=100' },
    { command: 'cma-stress run ./my-phone.yaml --json > run.json' },
    { command: "cma-stress run fork-heavy --fail-if 'fork-heavy/heir-items:failure_rate > 5%'" },
    { command: "cma-stress run fork-heavy --fail-if 'p99_latency regresses 10%'" },
    { command: 'cma-stress run fork-heavy --strategy stock,heir-items --until-ci 2% --max-seeds 200' },
    { command: 'cma-stress run --resume results/20260101-120000-fork-heavy' },
    { command: 'cma-stress run fork-heavy --seeds 1000 --engine bullmq --redis rediss://me@queue:6380' },
  ],
  page: 'reference/run.md',
};

export function addRunCommand(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command('run')
    .description('run workloads under strategies and compare how often contiguous allocations fail')
    .argument('[WORKLOAD...]', `names or YAML files (default: ${DEFAULT_WORKLOADS.join(', ')})`)
    .option(
      '--strategy <strategies>',
      `strategies or plug-in files, separated by commas; all for every built-in one; a + lets several act together (default: ${DEFAULT_STRATEGIES.join(', ')})`,
    )
    .option('--seeds <n>', 'seeds per workload and strategy (default: what the workload asks for)')
    .option('--first-seed <n>', 'first seed (default: 1)')
    .option('--duration <time>', 'simulated time to measure, for example 120s (default: what the workload asks for)')
    .option(
      '--set <key=value>',
      'change a knob of the workload, for example ksm.pages_to_scan=200 (repeatable)',
      collect,
    )
    .option(...THREADS)
    .option(...CELL_HEAP)
    .option(...CELL_TIME)
    .option(...CELL_SIMULATED)
    .option('--out <dir>', 'directory of the results (default: results/<time>-<name>)')
    .option(...JSON_DOCUMENT)
    .option('--watch', 'live figures on stderr while it runs: failure rates so far by workload and strategy')
    .option('--quick', 'a short version of each workload, to see that things work')
    .option('--audit', 'check the invariants of the model every simulated second')
    .option(
      '--fail-if <expr>',
      "exit 3 when this holds, for example 'failure_rate > 2%' or 'p99_latency regresses 10%' (repeatable)",
      collect,
    )
    .option('--until-ci <width>', 'add seeds until each interval of a failure rate is that narrow, for example 1%')
    .option('--max-seeds <n>', 'with --until-ci: at most so many seeds (default: 100)')
    .option('--no-report', 'do not write report.html into the directory of the results')
    .option(
      '--docs <file>',
      'write the comparison into this Markdown file, between its two `cma-stress strategies` comments',
    )
    .option('--resume <dir>', 'continue an interrupted run: finished cells are not run again')
    .addOption(
      choice(
        '--engine <name>',
        'what runs the cells: local (this process), or bullmq: workers at --redis (default: local)',
        ['local', 'bullmq'],
      ),
    )
    .option('--priority <n>', 'with bullmq: 1 to 100, workers serve higher ones first (default: 50)');
  addRedisOptions(command).action(async (workloads: string[], options: RunOptions) => {
    setExitCode(await run(workloads, options));
  });
  addHelp(command, HELP);
}

async function run(names: readonly string[], options: RunOptions): Promise<number> {
  const threads = threadsOf(options);
  const invoked = invokedAs(process.argv);
  if (options.docs !== undefined) checkDocs(options.docs, DOCS_COMMAND);
  const chosen = await chooseStrategies(options.strategy ?? DEFAULT_STRATEGIES.join(','));
  const engines = await chooseEngine(options, threads, invoked);
  try {
    return await runOn(engines, names, options, { threads, invoked, chosen });
  } finally {
    await engines.close();
  }
}

interface Prepared {
  readonly threads: number;
  readonly invoked: string;
  readonly chosen: Chosen;
}

async function runOn(
  engines: ChosenEngine,
  names: readonly string[],
  options: RunOptions,
  { threads, invoked, chosen }: Prepared,
): Promise<number> {
  const called = { command: commandLine('cma-stress', withoutPasswords(process.argv.slice(2))), invoked };
  const { folder, plan, thresholds } = openRun(names, options, chosen, called);
  if (options.resume !== undefined)
    for (const told of await changesSince(folder.manifest.plugins ?? [])) say(`warning: ${told}`);
  await lockFolder(folder.path);
  const engine = engines.engineOf(folder);
  const resume = `continue with: ${commandLine(invoked, ['run', '--resume', folder.path, ...engineWords(options)])}\n`;
  const interrupt = onInterruptFinish(engine.running, `finished cells are kept in ${folder.path}\n${resume}`);
  const outcome = await executeRounds(plan, folder, {
    engine,
    thresholds,
    signal: interrupt.signal,
    progress: (total, kept) =>
      interrupt.show<CellProgress & Speaking>(
        options.watch === true
          ? startLiveProgress(folder.path, folder.manifest, kept, process.stderr)
          : startProgress(total, engines.where ?? Math.min(threads, total), process.stderr),
      ),
    damaged: (lines) => say(`warning: ${damagedText(lines, folder.cellsFile)}`),
  }).finally(() => interrupt.release());
  if (outcome.interrupted) {
    const why = outcome.error === null ? 'interrupted: ' : `error: ${outcome.error.message}\n`;
    process.stderr.write(`${why}${outcome.done} of ${outcome.total} cells are kept in ${folder.path}\n${resume}`);
    return exitCodeOf(outcome);
  }
  const alike = engine.alike();
  if (alike > 0) say(`${counted(alike, 'cell')} as with stock, not run: the strategy would have done nothing`);
  const { manifest } = folder;
  const finished = { ...outcome, path: folder.path, manifest };
  folder.finish(outcome.digest, summaryText(summaryOf(finished), PLAIN));
  if (options.docs !== undefined) {
    const { tool, model, plugins } = manifest;
    rewriteDocs(
      options.docs,
      DOCS_COMMAND,
      strategiesPage({ ...summaryOf(finished), tool, model, infos: strategyInfos(plugins) }),
    );
  }
  const isWanted = options.report !== false && !isTooLong(finished, invoked);
  const report = isWanted ? await makeReport(folder, finished, threads, engines.start) : null;
  await printRun(finished, options.json === true);
  const explain = options.json === true || options.resume !== undefined ? null : explainCommand(finished);
  if (explain !== null) say(`why a request failed: ${explain}`);
  if (report !== null) {
    const words = ['report', folder.path, '--format', 'html', '-o', join(folder.path, REPORT_FILE)];
    tellMissing(report, folder.path, invoked, words);
  }
  if (report?.kind === 'written' && options.json === true) say(`report     ${report.file}`);
  return exitCodeWith(report, exitCodeOf(outcome));
}

function damagedText(lines: number, file: string): string {
  return `${file}: ${lines === 1 ? '1 line is' : `${lines} lines are`} damaged (wrong checksum); ${lines === 1 ? 'its cell is' : 'their cells are'} run again`;
}
