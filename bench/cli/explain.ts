/** `cma-stress explain`: one request of an earlier run, replayed from its seed, and why it failed. */
import type { Command } from 'commander';
import { CAUSES, explainRequest } from '../../sim/index.ts';
import type { Explanation } from '../../sim/index.ts';
import { EXIT, UsageError } from '../errors.ts';
import { chooseAttempt, elsewhere } from '../explain/choose.ts';
import type { Chosen } from '../explain/choose.ts';
import { explainDocument } from '../explain/document.ts';
import { litmusFile } from '../explain/litmus.ts';
import { explainText } from '../explain/text.ts';
import { blame, strategiesOf } from '../plugin/index.ts';
import { terminalOf } from '../report/terminal.ts';
import { beginReport } from '../report/writeFile.ts';
import { spin } from '../run/progress.ts';
import { nameOfCell, openReplayable } from '../run/replay.ts';
import type { ReplayableRun } from '../run/replay.ts';
import { commandLine, invokedAs } from '../report/commandLine.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { choice, JSON_DOCUMENT, wholeNumber } from './options.ts';
import type { SetExitCode } from './program.ts';
import { say } from './stderr.ts';

interface ExplainCommandOptions {
  readonly cell?: string;
  readonly attempt?: string;
  readonly worst?: boolean;
  readonly cause?: string;
  readonly page?: string;
  readonly json?: boolean;
  readonly litmus?: boolean;
  readonly output?: string;
}

/** Requests of a cell, and frames of a memory: beyond that a slip of the pen. */
const MOST_ATTEMPTS = 1_000_000_000;
const MOST_FRAMES = 2 ** 31 - 1;

const HELP: HelpParts = {
  notes: ['Without --attempt it explains the first request that failed in the cell with the most failures.'],
  exits: {
    0: 'explained',
    1: '--litmus: the failure cannot be written as a litmus test (it says why)',
    2: 'bad usage, or a run that cannot be replayed',
    4: 'the cell broke down again',
    5: 'the same, with a broken invariant',
  },
  examples: [
    { command: 'cma-stress explain results/fork-heavy' },
    { command: 'cma-stress explain results/fork-heavy --worst' },
    { command: 'cma-stress explain results/fork-heavy --cell fork-heavy/stock/2 --attempt 5' },
    { command: 'cma-stress explain results/fork-heavy --cause B4' },
    { command: 'cma-stress explain results/fork-heavy --litmus -o failure.yaml' },
    { command: "cma-stress explain results/fork-heavy --json | jq '.story.lost[].opening.event'" },
  ],
  page: 'reference/explain.md',
};

export function addExplainCommand(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command('explain')
    .description('why a request of an earlier run failed: what stood in its way, and since when')
    .argument('<RUN>', 'directory of a finished run')
    .option('--cell <id>', 'beginning of its id, or WORKLOAD/STRATEGY/SEED (default: the cell with the most failures)')
    .option(
      '--attempt <n>',
      'the request, from 1 in the order in which they ended; it need not have failed (default: the first that did)',
    )
    .option('--worst', 'the request with the most pages in its way')
    .addOption(choice('--cause <name>', `only requests that failed for this cause: ${CAUSES.join(', ')}`, CAUSES))
    .option('--page <pfn>', 'tell of the page in this frame (default: the first in the way)')
    .option(...JSON_DOCUMENT)
    .option('--litmus', 'write the shortest litmus test that reproduces the failure, checked by running it')
    .option('-o, --output <file>', 'file to write (default: stdout)')
    .action((path: string, options: ExplainCommandOptions) => {
      setExitCode(explain(path, options));
    });
  addHelp(command, HELP);
}

function explain(path: string, options: ExplainCommandOptions): number {
  const attempt = options.attempt === undefined ? null : wholeNumber('--attempt', options.attempt, 1, MOST_ATTEMPTS);
  const pfn = options.page === undefined ? null : wholeNumber('--page', options.page, 0, MOST_FRAMES);
  if (options.json === true && options.litmus === true)
    throw new UsageError('--json and --litmus are two outputs', 'the document of --json holds the litmus test, too');
  if (attempt !== null && (options.worst === true || options.cause !== undefined))
    throw new UsageError('--attempt names the request: --worst and --cause choose one');
  const run = openReplayable(path);
  const { output } = options;
  // A file that cannot be written is said before the replay.
  const report = output === undefined || output === '-' ? null : beginReport(output);
  try {
    return explainChosen(path, run, options, { attempt, pfn }, (text) => {
      if (report === null) {
        process.stdout.write(text);
        return;
      }
      report.write(text);
      report.keep();
      say(`wrote ${output}`);
    });
  } finally {
    report?.drop();
  }
}

/** `send`: told the text, if there is one. */
function explainChosen(
  path: string,
  run: ReplayableRun,
  options: ExplainCommandOptions,
  { attempt, pfn }: { readonly attempt: number | null; readonly pfn: number | null },
  send: (text: string) => void,
): number {
  const chosen = chooseAttempt(run, {
    cell: options.cell ?? null,
    attempt,
    isWorst: options.worst === true,
    cause: options.cause ?? null,
  });
  const { cell, number, because } = chosen;
  const name = nameOfCell(cell);
  const spinner = spin(`replaying ${name} up to request ${number}`, process.stderr);
  const explanation = replayed(chosen, pfn);
  spinner?.stop();
  const words = ['explain', path, '--cell', name, '--attempt', String(number), ...pageWords(chosen, pfn, explanation)];
  const again = commandLine(invokedAs(process.argv), words);
  const commands = { again, litmus: `${again} --litmus` };
  const input = {
    cell: name,
    id: cell.id,
    because,
    explanation,
    elsewhere: elsewhere(run, cell, explanation.request),
    commands,
  };
  const script = litmusFile({
    cell: name,
    strategies: cell.input.strategies,
    plugins: strategiesOf(cell.plugins ?? []),
    explanation,
    command: commands.litmus,
  });
  if (options.litmus === true) {
    if (script === null) {
      say(`${name}, request ${number}: there is no litmus test of it: ${explanation.notReproduced}`);
      return EXIT.checkFailed;
    }
    send(script);
  } else if (options.json === true) send(explainDocument(path, input));
  else send(explainText(input, terminalOf(process.stdout)));
  return EXIT.done;
}

/** The page has to be named where it was chosen otherwise than by default. */
function pageWords({ cause }: Chosen, pfn: number | null, { story }: Explanation): string[] {
  return story === null || (pfn === null && cause === null) ? [] : ['--page', String(story.blocker.pfn)];
}

function replayed({ cell, number, cause }: Chosen, pfn: number | null): Explanation {
  const plugins = cell.plugins ?? [];
  let explanation: Explanation | null;
  try {
    explanation = explainRequest(cell.input, { number, pfn, cause, plugins: strategiesOf(plugins) });
  } catch (thrown) {
    if (thrown instanceof RangeError && pfn !== null && thrown.message.startsWith(`frame ${pfn} `))
      throw new UsageError(`--page ${pfn}: ${thrown.message}`, 'without --page the table of ranges says which did');
    throw blame(thrown, plugins);
  }
  if (explanation === null) throw new Error(`${nameOfCell(cell)} has no request ${number} when it is replayed`);
  return explanation;
}
