/** `cma-stress tune`: which scan settings let allocations succeed, and what they cost. */
import type { Command } from 'commander';
import { EXIT, UsageError } from '../errors.ts';
import { invokedAs } from '../report/commandLine.ts';
import { writeReport } from '../report/html/write.ts';
import type { ReportOutcome } from '../report/html/write.ts';
import { PLAIN, terminalOf } from '../report/terminal.ts';
import type { Terminal } from '../report/terminal.ts';
import { REPORT_FILE } from '../run/folder.ts';
import { askTuning } from '../tune/ask.ts';
import type { TuneOptions } from '../tune/ask.ts';
import { DEFAULT_BUDGET } from '../tune/begin.ts';
import { DEFAULT_OBJECTIVES } from '../tune/goal.ts';
import { KNOB_NAMES } from '../tune/knobs.ts';
import type { SearchFolder } from '../tune/folder.ts';
import { tuneDocument } from '../tune/report/document.ts';
import { tunePage } from '../tune/report/page.ts';
import { tunePicture } from '../tune/report/picture.ts';
import { tuneText } from '../tune/report/text.ts';
import { tune } from '../tune/tune.ts';
import type { Tuned } from '../tune/tuned.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { CELL_HEAP, CELL_SIMULATED, CELL_TIME, choice, collect, JSON_DOCUMENT, THREADS } from './options.ts';
import type { SetExitCode } from './program.ts';
import { exitCodeWith, tellMissing } from './runReport.ts';
import { runSearchCommand } from './search.ts';
import type { SearchCommandOptions } from './search.ts';
import { say } from './stderr.ts';

interface TuneCommandOptions extends TuneOptions, SearchCommandOptions {
  readonly plot?: boolean;
  /** False with --no-report. */
  readonly report?: boolean;
}

const HELP: HelpParts = {
  notes: [
    'A setting is pages_to_scan and sleep_millisecs. The search runs many of them on the same seeds, goes on with the better half, looks around the best, and runs those and the published settings again on seeds that it has not seen. It prints the lines that apply the recommended one, and writes search.json, cells.ndjson, results.json, summary.txt and report.html into a directory of its own.',
  ],
  exits: {
    0: 'found',
    1: 'nothing meets --target or the limits (the nearest is shown), or report.html could not be written',
    2: 'bad usage or input',
    4: 'cells failed',
    5: 'an invariant of the model broke',
    130: 'interrupted; go on with --resume',
  },
  examples: [
    { command: 'cma-stress tune zx1800-512' },
    { command: 'cma-stress tune fork-heavy --max-ksmd-cpu 10% --min-saved 20MB --plot' },
    { command: 'cma-stress tune my-phone.yaml --budget 20m --strategy heir-items' },
    { command: "cma-stress tune fork-heavy --target 'failure_rate < 1%'" },
    { command: 'cma-stress tune camera-burst --knobs cma,retry --budget 10m' },
    { command: "cma-stress tune fork-heavy --range ksm.sleep_millisecs=20..200 --json | jq -r '.apply[]'" },
    { command: 'cma-stress tune --resume results/20260101-120000-tune-fork-heavy' },
  ],
  page: 'reference/tune.md',
};

export function addTuneCommand(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command('tune')
    .description('find the scan settings under which contiguous allocations succeed, and what they cost')
    .argument('[WORKLOAD|DEVICE...]', 'workloads of one device, or the device')
    .option(
      '--objective <measures>',
      `what to minimise: measures of cells or summary, separated by commas (default: ${DEFAULT_OBJECTIVES})`,
    )
    .option('--target <expr>', "the cheapest setting that meets this, for example 'failure_rate < 1%'")
    .option('--max-ksmd-cpu <share>', "ksmd's share of one CPU at most, for example 2%")
    .option('--min-saved <size>', 'memory that merging saves at least, for example 20MB')
    .option('--max-wakeups <n>', 'wake-ups of ksmd a second at most, for example 10')
    .option('--budget <time>', `how much to simulate, as time of a machine with two cores (default: ${DEFAULT_BUDGET})`)
    .option(
      '--strategy <strategy>',
      'the strategy that acts in all settings; a + lets several act together (default: stock)',
    )
    .addOption(
      choice(
        '--knobs <list>',
        `search these too, separated by commas: ${KNOB_NAMES.join(', ')}, or all (default: none)`,
        [...KNOB_NAMES, 'all'],
      ),
    )
    .option(
      '--range <key=low..high>',
      'bounds of ksm.pages_to_scan or ksm.sleep_millisecs, for example ksm.sleep_millisecs=20..200 (repeatable)',
      collect,
    )
    .option('--grid [n]', 'no search: all settings of a grid with n values an axis (default: 6)')
    .option('--seed <n>', 'first seed of the devices, and seed of the sampling (default: 1)')
    .option(
      '--duration <time>',
      'simulated time to measure in each cell, for example 300s (default: what the workload asks for)',
    )
    .option(
      '--set <key=value>',
      'change a knob of the workload in all settings, for example cpus=2 (repeatable)',
      collect,
    )
    .option(...THREADS)
    .option(...CELL_HEAP)
    .option(...CELL_TIME)
    .option(...CELL_SIMULATED)
    .option('--out <dir>', 'directory of the results (default: results/<time>-tune-<name>)')
    .option('--plot', 'also print the front, and the failure rate over the settings, as pictures made of letters')
    .option('--no-report', 'do not write report.html into the directory of the results')
    .option(...JSON_DOCUMENT)
    .option('--resume <dir>', 'go on with an interrupted search, or print a finished one again')
    .action(async (words: string[], options: TuneCommandOptions) => {
      setExitCode(await runTune(words, options));
    });
  addHelp(command, HELP);
}

function runTune(words: readonly string[], options: TuneCommandOptions): Promise<number> {
  const { json = false, plot = false, report = true } = options;
  if (json && plot)
    throw new UsageError('--json prints one document, which has no place for --plot', 'give one of them');
  return runSearchCommand(
    {
      name: 'tune',
      ask: askTuning,
      search: tune,
      finish: async (tuned, folder) => {
        const document = tuneDocument(tuned);
        folder.write('results.json', document);
        folder.write('summary.txt', textFor(tuned, PLAIN, plot));
        process.stdout.write(json ? document : textFor(tuned, terminalOf(process.stdout), plot));
        const code = tuned.conclusion.isMet ? EXIT.done : EXIT.checkFailed;
        return report ? exitCodeWith(await leavePage(tuned, folder), code) : code;
      },
    },
    words,
    options,
  );
}

function textFor(tuned: Tuned, terminal: Terminal, plot: boolean): string {
  return tuneText(tuned, terminal, plot ? tunePicture(tuned, terminal) : '');
}

async function leavePage(tuned: Tuned, folder: SearchFolder): Promise<ReportOutcome> {
  const { path, manifest } = folder;
  const outcome = await writeReport(async () => folder.write(REPORT_FILE, await tunePage(tuned, manifest.plugins)));
  if (outcome.kind === 'written') say(`report     ${outcome.file}`);
  else tellMissing(outcome, path, invokedAs(process.argv), ['tune', '--resume', path]);
  return outcome;
}
