/** `cma-stress trace`: a cell of an earlier run, run again and written down event by event. */
import { extname } from 'node:path';
import type { Command } from 'commander';
import { EXIT, exitCodeOfBroken, PluginError, UsageError } from '../errors.ts';
import { parseDuration } from '../plan/index.ts';
import { suggestion } from '../plan/suggest.ts';
import type { Cell } from '../plan/types.ts';
import { bytes, count } from '../report/units.ts';
import { spin } from '../run/progress.ts';
import { findCell, nameOfCell, openReplayable, worstCell } from '../run/replay.ts';
import type { ReplayableRun } from '../run/replay.ts';
import { FORMATS } from '../trace/format.ts';
import type { FormatName } from '../trace/format.ts';
import { defaultGroups, GROUPS, parseGroups } from '../trace/groups.ts';
import { FileOutput, StreamOutput } from '../trace/output.ts';
import { traceCell } from '../trace/traceCell.ts';
import type { TraceWindow } from '../trace/window.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { onInterrupt } from './interrupt.ts';
import { choice } from './options.ts';
import type { SetExitCode } from './program.ts';
import { say } from './stderr.ts';

interface TraceCommandOptions {
  readonly cell?: string;
  readonly output?: string;
  readonly format?: string;
  readonly from?: string;
  readonly to?: string;
  readonly events?: string;
}

const FTRACE_EXTENSIONS = ['.txt', '.ftrace', '.trace'];

const HELP: HelpParts = {
  notes: [
    'Times are simulated, from the start of measuring, as in the results; without --from the warm-up is traced too. A window of up to 30 s has all events unless --events says otherwise, a longer one all but merge, fault and cpu, which are the bulk.',
  ],
  exits: {
    0: 'written',
    2: 'bad usage, or a run that cannot be traced',
    4: 'the cell broke down again',
    5: 'the same, with a broken invariant',
    130: 'interrupted; what was traced until then is kept',
  },
  examples: [
    { command: 'cma-stress trace results/fork-heavy -o trace.json', about: 'for ui.perfetto.dev' },
    { command: 'cma-stress trace results/fork-heavy --cell fork-heavy/stock/1 -o trace.json' },
    { command: 'cma-stress trace results/fork-heavy --cell 3f2a --from 41s --to 43.5s -o failure.json' },
    { command: 'cma-stress trace results/fork-heavy --events cma,ksmd,flow -o causes.json' },
    { command: 'cma-stress trace results/fork-heavy --format ftrace | grep cma_alloc' },
  ],
  page: 'reference/trace.md',
};

export function addTraceCommand(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command('trace')
    .description('trace a cell of an earlier run: for Perfetto, or as ftrace text')
    .argument('<RUN>', 'directory of a finished run')
    .option('--cell <id>', 'beginning of its id, or WORKLOAD/STRATEGY/SEED (default: the cell with the most failures)')
    .option('-o, --output <file>', 'file to write (default: stdout)')
    .addOption(
      choice(
        '--format <name>',
        `${FORMATS.join(' or ')} (default: ftrace for ${FTRACE_EXTENSIONS.join(', ')}, else perfetto)`,
        FORMATS,
      ),
    )
    .option('--from <time>', 'start of the window, for example 41s (default: before the warm-up)')
    .option('--to <time>', 'end of the window (default: the end of the cell)')
    .addOption(
      choice('--events <list>', `what to trace, separated by commas: ${GROUPS.join(', ')}, or all`, [...GROUPS, 'all']),
    )
    .action(async (path: string, options: TraceCommandOptions) => {
      setExitCode(await trace(path, options));
    });
  addHelp(command, HELP);
}

async function trace(path: string, options: TraceCommandOptions): Promise<number> {
  const format = formatOf(options);
  if (options.output === undefined && format === 'perfetto' && process.stdout.isTTY) {
    throw new UsageError('a trace is nothing to read on a terminal', 'name a file with -o trace.json, or pipe it');
  }
  const groups = options.events === undefined ? null : parseGroups(options.events);
  const run = openReplayable(path);
  const { cell, why } = chooseCell(run, options.cell);
  const window = windowOf(cell, options, groups);
  say(`tracing ${nameOfCell(cell)} (cell ${cell.id})${why}: ${window.groups.join(', ')}`);
  const left = GROUPS.filter((group) => !window.groups.includes(group));
  if (groups === null && left.length > 0)
    say(`left out of so long a window: ${left.join(', ')} (--events all, or --from and --to)`);
  const output = options.output === undefined ? new StreamOutput(process.stdout) : new FileOutput(options.output);
  const interrupt = onInterrupt();
  const { warmupNs } = cell.input.description;
  const spinner = spin('booting', process.stderr);
  const traced = await traceCell(cell, output, {
    run: path,
    format,
    window,
    signal: interrupt.signal,
    progress: (now) => {
      if (spinner !== null)
        spinner.text = `${now / 1e9} of ${Math.ceil(window.to / 1e9)} simulated seconds, ${bytes(output.bytes)}`;
    },
  }).finally(() => {
    spinner?.stop();
    interrupt.release();
  });
  const { requests, failures, events, until } = traced;
  const asked = window.groups.includes('cma') ? `, ${requests} requests of which ${failures} failed` : '';
  const what = `${bytes(output.bytes)}, ${count(events)} events${asked}`;
  const where = options.output ?? 'stdout';
  const part = `${where} has the trace up to ${(until - warmupNs) / 1e9} s: ${what}`;
  if (traced.broken !== null) {
    say(`the cell broke down: ${part}`);
    // main.ts says whose code it was.
    if (traced.broken instanceof PluginError) throw traced.broken;
    say(`${traced.broken.name}: ${traced.broken.message}`);
    return exitCodeOfBroken([traced.broken]);
  }
  if (traced.isInterrupted) {
    say(`interrupted: ${part}`);
    return EXIT.interrupted;
  }
  say(`${where}: ${what}`);
  if (format === 'perfetto' && options.output !== undefined) say('open it in https://ui.perfetto.dev');
  return EXIT.done;
}

/** `why`: what is said of a cell that nobody named. */
function chooseCell(run: ReplayableRun, name: string | undefined): { readonly cell: Cell; readonly why: string } {
  if (name !== undefined) return { cell: findCell(run, name), why: '' };
  const { cell, failures } = worstCell(run);
  return { cell, why: failures === 0 ? ', the first: no request of this run failed' : ', which has the most failures' };
}

function formatOf({ format, output }: TraceCommandOptions): FormatName {
  if (format === undefined) return FTRACE_EXTENSIONS.includes(extname(output ?? '')) ? 'ftrace' : 'perfetto';
  const known = FORMATS.find((name) => name === format);
  if (known === undefined) throw new UsageError(`unknown format '${format}'${suggestion(format, FORMATS)}`);
  return known;
}

/** What is asked for, on the device's own clock. */
function windowOf(cell: Cell, { from, to }: TraceCommandOptions, groups: TraceWindow['groups'] | null): TraceWindow {
  const { warmupNs, durationNs } = cell.input.description;
  const end = warmupNs + durationNs;
  const begins = from === undefined ? 0 : warmupNs + parseDuration(from);
  const ends = to === undefined ? end : warmupNs + parseDuration(to);
  if (begins >= end) throw new UsageError(`--from ${from} is behind the end: this cell measures ${durationNs / 1e9} s`);
  if (ends <= begins) throw new UsageError('--to must be later than --from');
  const window = { from: begins, to: Math.min(ends, end) };
  return { ...window, groups: groups ?? defaultGroups(window.to - window.from) };
}
