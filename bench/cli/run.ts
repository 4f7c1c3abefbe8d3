/** `cma-stress run`: options to a plan, the plan to results. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { changesSince, chooseStrategies } from '../plugin/index.ts';
import { summaryText } from '../report/summary.ts';
import { PLAIN, terminalOf } from '../report/terminal.ts';
import type { FailedCell } from '../run/cell.ts';
import { runDocument } from '../run/document.ts';
import { execute, exitCodeOf } from '../run/execute.ts';
import { digestOf } from '../run/folder.ts';
import { startProgress } from '../run/progress.ts';
import type { Crossing } from '../run/threshold.ts';
import { commandLine, invokedAs } from './commandLine.ts';
import { wholeNumber } from './options.ts';
import type { SetExitCode } from './program.ts';
import { onInterrupt } from './interrupt.ts';
import { DEFAULT_STRATEGIES, DEFAULT_WORKLOADS, openRun } from './openRun.ts';
import type { RunOptions } from './openRun.ts';

const EXAMPLES = `
Examples:
  cma-stress run
  cma-stress run fork-heavy --strategy stock,keep-until-rescanned,page-anon-vma+root-search
  cma-stress run fork-heavy --strategy stock,./my-fix.ts,root-search+./my-fix.ts
  cma-stress run zygote-launch --seeds 10 --duration 300s --set ksm.sleep_millisecs=100
  cma-stress run my-workload.yaml --json > run.json
  cma-stress run fork-heavy --quick --fail-if 'fork-heavy/keep-until-rescanned:failureRate>0.05'
  cma-stress run --resume results/20260101-120000-fork-heavy`;

const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];

export function addRunCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command('run')
    .description('run workloads under strategies and compare how often contiguous allocations fail')
    .argument('[WORKLOAD...]', `names or YAML files (default: ${DEFAULT_WORKLOADS.join(', ')})`)
    .option(
      '--strategy <list>',
      `strategies or plug-in files, separated by commas; a + lets several act together (default: ${DEFAULT_STRATEGIES.join(',')})`,
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
    .option('--out <dir>', 'directory of the results (default: results/<time>-<name>)')
    .option('--json', 'print one JSON document on stdout')
    .option('--quick', 'a short version of each workload, to see that things work')
    .option('--audit', 'check the invariants of the model every simulated second')
    .option('--fail-if <expr>', "exit 3 when this holds, for example 'failureRate>0.05' (repeatable)", collect)
    .option('--resume <dir>', 'continue an interrupted run: finished cells are not run again')
    .addHelpText('after', EXAMPLES)
    .action(async (workloads: string[], options: RunOptions) => {
      setExitCode(await run(workloads, options));
    });
}

async function run(names: readonly string[], options: RunOptions): Promise<number> {
  const threads =
    options.threads === undefined ? availableParallelism() : wholeNumber('--threads', options.threads, 1, 256);
  const invoked = invokedAs(process.argv);
  const chosen = await chooseStrategies(options.strategy ?? DEFAULT_STRATEGIES.join(','));
  const called = { command: commandLine('cma-stress', process.argv.slice(2)), invoked };
  const { folder, plan, thresholds } = openRun(names, options, chosen, called);
  if (options.resume !== undefined)
    for (const told of await changesSince(folder.manifest.plugins ?? [])) process.stderr.write(`warning: ${told}\n`);
  const interrupt = onInterrupt();
  const outcome = await execute(plan, folder, {
    threads,
    thresholds,
    signal: interrupt.signal,
    progress: (total) => startProgress(total, Math.min(threads, total), process.stderr),
  }).finally(() => interrupt.release());
  if (outcome.interrupted) {
    const resume = commandLine(invoked, ['run', '--resume', folder.path]);
    process.stderr.write(
      `interrupted: ${outcome.done} of ${outcome.total} cells are kept in ${folder.path}\ncontinue with: ${resume}\n`,
    );
    return exitCodeOf(outcome);
  }
  const { manifest } = folder;
  const input = {
    path: folder.path,
    reproduce: manifest.reproduce,
    digest: digestOf(outcome.lines),
    workloads: manifest.workloads,
    ...outcome,
  };
  folder.finish(outcome.lines, summaryText(input, PLAIN));
  if (options.json === true) {
    const { lines, timings, summary, crossed } = outcome;
    const document = runDocument(folder.path, manifest, input.digest, lines, timings, summary, crossed);
    process.stdout.write(`${JSON.stringify(document)}\n`);
    reportTrouble(outcome.failed, outcome.crossed);
  } else process.stdout.write(summaryText(input, terminalOf(process.stdout)));
  return exitCodeOf(outcome);
}

/** What the text summary says by itself and a reader of --json should not miss. */
function reportTrouble(failed: readonly FailedCell[], crossed: readonly Crossing[]): void {
  for (const { workload, strategy, seed, error } of failed) {
    process.stderr.write(`cell failed: ${workload}/${strategy} seed ${seed}: ${error.name}: ${error.message}\n`);
  }
  for (const { threshold, workload, strategy, value } of crossed) {
    process.stderr.write(`threshold crossed: ${threshold}: ${workload}/${strategy} has ${value}\n`);
  }
}
