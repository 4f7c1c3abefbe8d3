/** `cma-stress litmus explore`: every interleaving of the threads of small scripts. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { EXIT, UsageError } from '../errors.ts';
import { exploreAll } from '../litmus/explore.ts';
import type { Explored } from '../litmus/explore.ts';
import { readLitmusFile } from '../litmus/parse.ts';
import { litmusYaml } from '../litmus/writeYaml.ts';
import { packageRoot } from '../plan/packageRoot.ts';
import { parseCombination } from '../plan/index.ts';
import { chooseStrategies, strategiesOf } from '../plugin/index.ts';
import { exploreDocument } from '../report/exploreDocument.ts';
import { MATRIX_STRATEGIES, matrixPage, matrixText, PAGE_COMMAND } from '../report/exploreMatrix.ts';
import { exploreText } from '../report/exploreText.ts';
import { terminalOf } from '../report/terminal.ts';
import { writePieces } from '../report/writeFile.ts';
import { startExploreProgress } from '../run/exploreProgress.ts';
import { findStrategy, strategies, VERDICTS } from '../../sim/index.ts';
import type { Verdict } from '../../sim/index.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { onInterrupt } from './interrupt.ts';
import { choice, JSON_DOCUMENT, wholeNumber } from './options.ts';
import type { SetExitCode } from './program.ts';
import { say } from './stderr.ts';

interface ExploreOptions {
  readonly strategy?: string;
  readonly maxStates?: string;
  readonly matrix?: boolean;
  readonly out?: string;
  readonly witnessOut?: string;
  readonly expect?: string;
  readonly reduce: boolean;
  readonly audit?: boolean;
  readonly json?: boolean;
}

const DEFAULT_MAX_STATES = 2_000_000;
const MOST_STATES = 100_000_000;

const HELP: HelpParts = {
  exits: {
    0: 'explored, and every verdict is as --expect says',
    1: 'a verdict is not as --expect says, or --max-states was not enough for it',
    2: 'bad usage or a bad file',
    5: 'an invariant of the model broke in a state',
    130: 'interrupted',
  },
  examples: [
    { command: 'cma-stress litmus explore workloads/litmus/explore/b1-cow.yaml' },
    { command: 'cma-stress litmus explore my-script.yaml --strategy stock,keep-until-rescanned' },
    { command: 'cma-stress litmus explore my-script.yaml --strategy stock,./my-fix.ts' },
    { command: 'cma-stress litmus explore my-script.yaml --witness-out witness.yaml' },
    { command: 'cma-stress litmus explore my-script.yaml --strategy heir-items --expect never' },
    { command: 'cma-stress litmus explore --matrix' },
  ],
  page: 'how-to/explore.md',
};

export function addExploreCommand(litmus: Command, setExitCode: SetExitCode): void {
  const command = litmus
    .command('explore')
    .description('explore every interleaving of the threads of litmus files')
    .argument('[FILE...]', 'YAML or JSON files with threads (default with --matrix: those that come with the tool)')
    .option(
      '--strategy <strategies>',
      'strategies or plug-in files, separated by commas; a + lets several act together (default: stock)',
    )
    .option('--max-states <n>', `give up after so many states (default: ${DEFAULT_MAX_STATES})`)
    .option('--matrix', 'a table of scripts by strategies, the built-in ones for KSM unless --strategy says')
    .option('--out <file>', 'with --matrix: Markdown file to write the table into')
    .option('--witness-out <file>', 'file to write the witness into, a litmus test to run')
    .addOption(choice('--expect <verdict>', `exit 1 unless every verdict is this: ${VERDICTS.join(', ')}`, VERDICTS))
    .option('--no-reduce', 'take every step by itself: more states, the same verdict')
    .option('--audit', 'check all invariants of the model in each state: slow')
    .option(...JSON_DOCUMENT)
    .action(async (files: string[], own: ExploreOptions, command: Command) => {
      // --json and --strategy are options of `litmus` too, which takes them first.
      setExitCode(await explore(files, { ...own, ...command.optsWithGlobals<ExploreOptions>() }));
    });
  addHelp(command, HELP);
}

async function explore(files: readonly string[], options: ExploreOptions): Promise<number> {
  const { matrix = false, expect, out, witnessOut } = options;
  const expected = expect === undefined ? null : verdictNamed(expect);
  if (files.length === 0 && !matrix) throw new UsageError('name a litmus file with threads, or give --matrix');
  if (out !== undefined && !matrix) throw new UsageError('--out is for --matrix');
  const usual = matrix ? MATRIX_STRATEGIES.join(',') : 'stock';
  const { strategies: names, plugins } = await chooseStrategies(
    options.strategy === 'all' ? MATRIX_STRATEGIES.join(',') : (options.strategy ?? usual),
  );
  const combined = names.map((name) => parseCombination(name, plugins).join('+'));
  const idle = combined.find((name) => name.split('+').some((one) => findStrategy(one)?.stopsKsmd === true));
  if (idle !== undefined) throw new UsageError(`under ${idle} ksmd does not run: there is nothing to explore`);
  const maxStates =
    options.maxStates === undefined
      ? DEFAULT_MAX_STATES
      : wholeNumber('--max-states', options.maxStates, 1, MOST_STATES);
  // All files are read and checked before the first exploration.
  const tests = (files.length === 0 ? shippedScripts() : files).flatMap((file) => readLitmusFile(file));
  const progress = startExploreProgress(process.stderr);
  const interrupt = onInterrupt();
  const settings = { plugins, maxStates, reduce: options.reduce, audit: options.audit === true, progress };
  let explored: Explored[] | null;
  try {
    explored = await exploreAll(tests, combined, { ...settings, signal: interrupt.signal });
  } catch (thrown) {
    if (!(thrown instanceof Error) || thrown.name !== 'InvariantError') throw thrown;
    say(`${thrown.message}\nThis is a fault of the model: please report it with the file.`);
    return EXIT.invariantBroken;
  } finally {
    progress.stop();
    interrupt.release();
  }
  if (explored === null) {
    say('interrupted: nothing is reported of an exploration that was not finished');
    return EXIT.interrupted;
  }
  if (witnessOut !== undefined) writeWitnesses(explored, witnessOut);
  const infos = [...strategies, ...strategiesOf(plugins)];
  if (out !== undefined) writePieces(out, [matrixPage(explored, PAGE_COMMAND, infos)]);
  const terminal = terminalOf(process.stdout);
  if (options.json === true) process.stdout.write(exploreDocument(explored));
  else if (matrix) process.stdout.write(matrixText(explored, terminal));
  else process.stdout.write(exploreText(explored, witnessOut === undefined && explored.length === 1, terminal));
  const isAsExpected =
    expected === null || explored.every(({ result }) => result.verdict === expected && result.complete);
  return isAsExpected ? EXIT.done : EXIT.checkFailed;
}

function verdictNamed(text: string): Verdict {
  const verdict = VERDICTS.find((known) => known === text);
  if (verdict === undefined) throw new UsageError(`--expect expects one of ${VERDICTS.join(', ')}, not '${text}'`);
  return verdict;
}

/** The scripts that come with the tool. */
export function shippedScripts(): string[] {
  const folder = join(packageRoot(), 'workloads', 'litmus', 'explore');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => join(folder, name));
}

function writeWitnesses(explored: readonly Explored[], file: string): void {
  const witnesses = explored.flatMap(({ strategy, result }) => {
    if (result.witness === null) return [];
    const id = explored.length === 1 ? result.witness.id : `${result.witness.id} ${strategy}`.slice(0, 100);
    return [litmusYaml({ ...result.witness, id })];
  });
  if (witnesses.length === 0) say('there is no witness: nothing is ever unfindable');
  else writePieces(file, [witnesses.join('---\n')]);
}
