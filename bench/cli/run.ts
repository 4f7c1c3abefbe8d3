/** `cma-stress run`: options to a plan, the plan to results. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { changesSince, chooseStrategies, type Chosen } from '../plugin/index.ts';
import { checkDocs, rewriteDocs } from '../report/generatedPart.ts';
import { strategiesPage } from '../report/strategiesPage.ts';
import { summaryOf, summaryText } from '../report/summary.ts';
import { PLAIN } from '../report/terminal.ts';
import { executeRounds, exitCodeOf, strategyInfos } from '../run/execute.ts';
import type { CellProgress } from '../run/execute.ts';
import { REPORT_FILE } from '../run/folder.ts';
import { lockFolder } from '../run/lock.ts';
import { startLiveProgress } from '../run/liveDisplay.ts';
import { startProgress } from '../run/progress.ts';
import type { Speaking } from '../run/progress.ts';
import { commandLine, invokedAs } from '../report/commandLine.ts';
import { withoutPasswords } from '../queue/redisUrl.ts';
import { CELL_HEAP, CELL_SIMULATED, CELL_TIME, collect, wholeNumber } from './options.ts';
import { explainCommand, printRun } from './printRun.ts';
import type { SetExitCode } from './program.ts';
import { exitCodeWith, isTooLong, makeReport, tellMissing } from './runReport.ts';
import { addRedisOptions } from './redisOptions.ts';
import { chooseEngine, engineWords, type ChosenEngine } from './engine.ts';
import { onInterruptFinish } from './interrupt.ts';
import { DEFAULT_STRATEGIES, DEFAULT_WORKLOADS, openRun } from './openRun.ts';
import type { RunOptions } from './openRun.ts';

/** Whose comments mark the generated part of a page. */
const DOCS_COMMAND = 'strategies';

const EXAMPLES = `
Examples:
  cma-stress run
  cma-stress run fork-heavy --strategy stock,keep-until-rescanned,page-anon-vma+root-search
  cma-stress run zygote-launch --strategy all --quick
  cma-stress run fork-heavy --strategy stock,./my-fix.ts,root-search+./my-fix.ts
  cma-stress run fork-heavy --seeds 100 --watch
  cma-stress run zygote-launch --seeds 10 --duration 300s --set ksm.sleep_millisecs=100
  cma-stress run my-workload.yaml --json > run.json
  cma-stress run fork-heavy --quick --fail-if 'fork-heavy/keep-until-rescanned:failure_rate > 5%'
  cma-stress run fork-heavy --fail-if 'p99_latency regresses 10%' --fail-if 'p99_latency > 400ms'
  cma-stress run fork-heavy --strategy stock,retry-100ms --until-ci 2% --max-seeds 200
  cma-stress run --resume results/20260101-120000-fork-heavy
  cma-stress run fork-heavy --seeds 1000 --engine bullmq --redis rediss://me@queue:6380   on the workers there`;

export function addRunCommand(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command('run')
    .description('run workloads under strategies and compare how often contiguous allocations fail')
    .argument('[WORKLOAD...]', `names or YAML files (default: ${DEFAULT_WORKLOADS.join(', ')})`)
    .option(
      '--strategy <list>',
      `strategies or plug-in files, separated by commas; all for every built-in one; a + lets several act together (default: ${DEFAULT_STRATEGIES.join(',')})`,
    )
    .option('--seeds <n>', 'seeds per workload and strategy (default: what the workload asks for)')
    .option('--first-seed <n>', 'first seed (default: 1)')
    .option('--duration <time>', 'simulated time to measure, for example 120s')
    .option(
      '--set <key=value>',
      'change a knob of the workload, for example ksm.pages_to_scan=200 (repeatable)',
      collect,
    )
    .option('--threads <n>', 'worker threads (default: one for each processor); results do not depend on it')
    .option(...CELL_HEAP)
    .option(...CELL_TIME)
    .option(...CELL_SIMULATED)
    .option('--out <dir>', 'directory of the results (default: results/<time>-<name>)')
    .option('--json', 'print one JSON document on stdout')
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
    .option('--docs <file>', 'write the comparison into this Markdown file, between its two comments')
    .option('--resume <dir>', 'continue an interrupted run: finished cells are not run again')
    .option(
      '--engine <name>',
      'what runs the cells: local (this process), or bullmq: workers at --redis (default: local)',
    )
    .option('--priority <n>', 'with bullmq: 1 to 100, workers serve higher ones first (default: 50)');
  addRedisOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (workloads: string[], options: RunOptions) => {
      setExitCode(await run(workloads, options));
    });
}

async function run(names: readonly string[], options: RunOptions): Promise<number> {
  const threads =
    options.threads === undefined ? availableParallelism() : wholeNumber('--threads', options.threads, 1, 256);
  const invoked = invokedAs(process.argv);
  if (options.docs !== undefined) checkDocs(options.docs, DOCS_COMMAND);
  const chosen = await chooseStrategies(options.strategy ?? DEFAULT_STRATEGIES.join(','));
  const engines = await chooseEngine(options, threads, invoked);
  try {
    return await runOn(engines, names, options, { threads, invoked, chosen });
  } finally {
    engines.close();
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
    for (const told of await changesSince(folder.manifest.plugins ?? [])) process.stderr.write(`warning: ${told}\n`);
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
    damaged: (lines) => process.stderr.write(`warning: ${damagedText(lines, folder.cellsFile)}\n`),
  }).finally(() => interrupt.release());
  if (outcome.interrupted) {
    const why = outcome.error === null ? 'interrupted: ' : `error: ${outcome.error.message}\n`;
    process.stderr.write(`${why}${outcome.done} of ${outcome.total} cells are kept in ${folder.path}\n${resume}`);
    return exitCodeOf(outcome);
  }
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
  const report = isWanted ? await makeReport(folder, finished, threads) : null;
  await printRun(finished, options.json === true);
  const explain = options.json === true || options.resume !== undefined ? null : explainCommand(finished);
  if (explain !== null) process.stderr.write(`why a request failed: ${explain}\n`);
  if (report !== null) {
    const words = ['report', folder.path, '--format', 'html', '-o', join(folder.path, REPORT_FILE)];
    tellMissing(report, folder.path, invoked, words);
  }
  if (report?.kind === 'written' && options.json === true)
    process.stderr.write(`report     ${report.file}
`);
  return exitCodeWith(report, exitCodeOf(outcome));
}

function damagedText(lines: number, file: string): string {
  return `${file}: ${lines === 1 ? '1 line is' : `${lines} lines are`} damaged (wrong checksum); ${lines === 1 ? 'its cell is' : 'their cells are'} run again`;
}
