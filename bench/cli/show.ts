/** `cma-stress show`: a run once more, or how far it is, or live while another process runs it. */
import type { Command } from 'commander';
import { EXIT, UsageError } from '../errors.ts';
import { parseDuration } from '../plan/index.ts';
import { incompleteText, progressDocument } from '../report/incomplete.ts';
import { terminalOf } from '../report/terminal.ts';
import { RunFolder } from '../run/folder.ts';
import { RunFollower, watchRun } from '../run/follow.ts';
import { newestRun } from '../run/newest.ts';
import { readRun } from '../run/readRun.ts';
import { commandLine, invokedAs } from '../report/commandLine.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { onInterrupt } from './interrupt.ts';
import { printRun } from './printRun.ts';
import type { SetExitCode } from './program.ts';
import { say } from './stderr.ts';

interface ShowOptions {
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly interval?: string;
}

const DEFAULT_INTERVAL = '2s';
/** Of `--interval`, ms. */
const LEAST_INTERVAL = 100;
const MOST_INTERVAL = 3_600_000;

const HELP: HelpParts = {
  exits: {
    0: 'shown, complete or not, and whatever it says',
    2: 'there is no run, or it cannot be read',
    130: 'interrupted; the run that is watched goes on',
  },
  examples: [
    { command: 'cma-stress show', about: 'the run in results/ that was worked on last' },
    { command: 'cma-stress show results/fork-heavy | less' },
    { command: "cma-stress show results/fork-heavy --json | jq '.summary'" },
    { command: 'cma-stress show results/fork-heavy --watch', about: 'live figures until it ends' },
    { command: 'cma-stress show results/fork-heavy --watch --interval 30s >> log.txt 2>&1' },
  ],
  page: 'reference/show.md',
};

export function addShowCommand(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command('show')
    .description('print the summary of a run again, or how far it is')
    .argument('[RUN]', 'directory of a run (default: the one in results/ that was worked on last)')
    .option('--watch', 'live figures while another process runs it, and its summary when it is complete')
    .option('--interval <time>', `with --watch: how often to look, 100ms to 1h (default: ${DEFAULT_INTERVAL})`)
    .option('--json', 'print one JSON document on stdout: that of run --json, or of how far it is')
    .action(async (path: string | undefined, options: ShowOptions) => {
      setExitCode(await show(path, options));
    });
  addHelp(command, HELP);
}

async function show(named: string | undefined, options: ShowOptions): Promise<number> {
  const intervalMs = intervalOf(options);
  const path = named ?? newestRun();
  if (named === undefined) say(`showing ${path}`);
  const invoked = invokedAs(process.argv);
  const resume = commandLine(invoked, ['run', '--resume', path]);
  const watch = commandLine(invoked, ['show', path, '--watch']);
  if (options.watch === true) {
    const interrupt = onInterrupt();
    const complete = await watchRun(path, {
      stream: process.stderr,
      intervalMs,
      signal: interrupt.signal,
      resume,
    }).finally(() => interrupt.release());
    if (!complete) {
      say(`interrupted: the run itself is left alone; watch it again with: ${watch}`);
      return EXIT.interrupted;
    }
  }
  const seen = RunFolder.open(path).manifest.digest === null ? new RunFollower(path).look() : null;
  if (seen === null || seen.manifest.digest !== null) await printRun(readRun(path), options.json === true);
  else {
    const incomplete = { ...seen, path, watch, resume };
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify(progressDocument(incomplete))}\n`
        : incompleteText(incomplete, Date.now(), terminalOf(process.stdout)),
    );
  }
  return EXIT.done;
}

function intervalOf({ watch, interval }: ShowOptions): number {
  if (interval !== undefined && watch !== true) throw new UsageError('--interval is for --watch');
  const ms = parseDuration(interval ?? DEFAULT_INTERVAL) / 1e6;
  if (ms < LEAST_INTERVAL || ms > MOST_INTERVAL)
    throw new UsageError(`--interval expects a time from ${LEAST_INTERVAL} ms to 1 h, not '${interval ?? ''}'`);
  return ms;
}
