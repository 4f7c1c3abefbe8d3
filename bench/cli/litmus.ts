/** `cma-stress litmus`: runs scripted scenarios and compares what happens with what the files expect. */
import type { Command } from 'commander';
import { EXIT, InputError, UsageError } from '../errors.ts';
import { readLitmusFile } from '../litmus/parse.ts';
import type { LocatedTest, RanTest } from '../litmus/parse.ts';
import { parseCombination } from '../plan/index.ts';
import { pathText } from '../plan/node.ts';
import { suggestion } from '../plan/suggest.ts';
import { blame, chooseStrategies, strategiesOf } from '../plugin/index.ts';
import type { Plugin } from '../plugin/index.ts';
import { litmusDocument } from '../report/litmusDocument.ts';
import { litmusPicture } from '../report/litmusPicture/picture.ts';
import { parseSteps, statesNamed, tellingStates } from '../report/litmusPicture/steps.ts';
import { litmusText } from '../report/litmusText.ts';
import { terminalOf } from '../report/terminal.ts';
import { writePieces } from '../report/writeFile.ts';
import { LitmusError, runLitmus } from '../../sim/index.ts';
import type { LitmusResult } from '../../sim/index.ts';
import { addExploreCommand } from './explore.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { JSON_DOCUMENT } from './options.ts';
import type { SetExitCode } from './program.ts';
import { say } from './stderr.ts';

interface LitmusOptions {
  readonly step?: boolean;
  readonly json?: boolean;
  readonly strategy?: string;
  readonly test?: string;
  readonly steps?: string;
  readonly svg?: boolean;
  readonly out?: string;
}

const HELP: HelpParts = {
  exits: {
    0: 'every test holds',
    1: 'one does not (it says where)',
    2: 'bad usage or a bad file; nothing was run',
  },
  examples: [
    { command: 'cma-stress litmus workloads/litmus/*.yaml' },
    { command: 'cma-stress litmus --step my-test.yaml' },
    { command: 'cma-stress litmus --step --svg my-test.yaml > steps.svg' },
    { command: 'cma-stress litmus --step --svg --test greater-bug workloads/litmus/fork-bugs.yaml -o steps.svg' },
    { command: 'cma-stress litmus --step --strategy keep-until-rescanned my-test.yaml' },
    { command: 'cma-stress litmus --step --strategy ./my-fix.ts my-test.yaml' },
    { command: 'cma-stress litmus explore workloads/litmus/explore/b1-cow.yaml' },
  ],
  page: 'reference/litmus.md',
};

export function addLitmusCommand(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command('litmus')
    .description('run litmus tests: scripted scenarios with the exact state a Linux 3.10 kernel would be in')
    .argument('<FILE...>', 'YAML or JSON files')
    .option('--step', 'show the state after each action')
    .option(...JSON_DOCUMENT)
    .option(
      '--strategy <strategy>',
      'fix strategy or plug-in file to run under; the expectations describe stock, so use it with --step (default: stock)',
    )
    .option('--test <id>', 'only the test of that name')
    .option('--steps <list>', 'with --step: these steps only, such as 3,5-7; a picture has those at which it changes')
    .option('--svg', 'with --step: draw the steps of one test, as an SVG on stdout or in the file of -o')
    .option('-o, --out <file>', 'with --svg: write the picture there')
    .action(async (files: string[], options: LitmusOptions) => {
      setExitCode(await litmus(files, options));
    });
  addExploreCommand(command, setExitCode);
  addHelp(command, HELP);
}

async function litmus(files: readonly string[], options: LitmusOptions): Promise<number> {
  const { json = false, svg = false, out } = options;
  refuseHalfAsked(options);
  const steps = options.steps === undefined ? null : parseSteps(options.steps);
  const chosen = await chooseStrategies(options.strategy ?? 'stock');
  const strategy = chosen.strategies.join(',');
  const strategies = parseCombination(strategy, chosen.plugins);
  // All files are read and checked before the first test runs.
  const read = files.flatMap((file) => readLitmusFile(file));
  const tests = options.test === undefined ? read : [testNamed(read, options.test)];
  if (svg && tests.length > 1) {
    const ids = tests.map(({ test }) => test.id);
    throw new UsageError(`--svg draws one test, and here are ${ids.length}: choose one with --test`, ids.join(', '));
  }
  const step = options.step === true;
  const ran = tests.map((located) => ({ located, result: runTest(located, strategies, chosen.plugins, step) }));
  for (const { test, hasThreads, file } of tests) {
    if (hasThreads) say(`${file}: ${test.id}: threads are not run here, only actions are`);
  }
  const chosenSteps = steps === null ? ran : ran.map((one) => withSteps(one, steps));
  if (svg) drawTest(chosenSteps[0], strategy, steps !== null, out);
  if (json) process.stdout.write(litmusDocument(chosenSteps, strategy, step));
  else if (!svg || out !== undefined)
    process.stdout.write(litmusText(chosenSteps, strategy, step, terminalOf(process.stdout)));
  return ran.every(({ result }) => result.ok) ? EXIT.done : EXIT.checkFailed;
}

function refuseHalfAsked({ step = false, svg = false, json = false, steps, out }: LitmusOptions): void {
  if (svg && !step) throw new UsageError('--svg draws what --step shows: give --step as well');
  if (steps !== undefined && !step)
    throw new UsageError('--steps chooses among what --step shows: give --step as well');
  if (out !== undefined && !svg) throw new UsageError('--out is for the picture of --svg');
  if (json && svg && out === undefined)
    throw new UsageError('--json and --svg both print on stdout: name a file for the picture with -o');
}

function testNamed(tests: readonly LocatedTest[], id: string): LocatedTest {
  const ids = tests.map(({ test }) => test.id);
  const at = ids.indexOf(id);
  if (at < 0) throw new UsageError(`there is no test '${id}' in these files${suggestion(id, ids)}`);
  return tests[at];
}

function withSteps({ located, result }: RanTest, steps: ReadonlySet<number>): RanTest {
  return { located, result: { ...result, states: statesNamed(result.states, steps, located.test.id) } };
}

function drawTest({ located, result }: RanTest, strategy: string, areChosen: boolean, out: string | undefined): void {
  const states = areChosen ? result.states : tellingStates(located.test, result.states);
  const picture = litmusPicture({ test: located.test, strategy: strategy === 'stock' ? '' : strategy, states });
  if (out === undefined) process.stdout.write(picture);
  else {
    writePieces(out, [picture]);
    say(`${out}: ${states.length} of ${located.test.actions.length} steps drawn`);
  }
}

/** Runs one test; an action that makes no sense is an InputError at its place. */
function runTest(
  located: LocatedTest,
  strategies: readonly string[],
  plugins: readonly Plugin[],
  step: boolean,
): LitmusResult {
  try {
    return runLitmus(located.test, { strategies, plugins: strategiesOf(plugins), step });
  } catch (thrown) {
    if (!(thrown instanceof LitmusError)) throw blame(thrown, plugins);
    const at = located.placeOf(thrown.step);
    const message = `${located.test.id}: ${thrown.message}`;
    throw new InputError([{ ...at.place, path: pathText(at.path), message }]);
  }
}
