/** `cma-stress litmus`: runs scripted scenarios and compares what happens with what the files expect. */
import type { Command } from 'commander';
import { EXIT, InputError } from '../errors.ts';
import { readLitmusFile } from '../litmus/parse.ts';
import type { LocatedTest } from '../litmus/parse.ts';
import { pathText } from '../plan/node.ts';
import { blame, chooseStrategies, strategiesOf } from '../plugin/index.ts';
import type { Plugin } from '../plugin/index.ts';
import { litmusDocument } from '../report/litmusDocument.ts';
import { litmusText } from '../report/litmusText.ts';
import { terminalOf } from '../report/terminal.ts';
import { runLitmus } from '../../sim/index.ts';
import type { LitmusResult } from '../../sim/index.ts';
import { addExploreCommand } from './explore.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { JSON_DOCUMENT, strategyCombination } from './options.ts';
import type { SetExitCode } from './program.ts';

interface LitmusOptions {
  readonly step?: boolean;
  readonly json?: boolean;
  readonly strategy?: string;
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
    .action(async (files: string[], options: LitmusOptions) => {
      setExitCode(await litmus(files, options));
    });
  addExploreCommand(command, setExitCode);
  addHelp(command, HELP);
}

async function litmus(files: readonly string[], options: LitmusOptions): Promise<number> {
  const chosen = await chooseStrategies(options.strategy ?? 'stock');
  const strategy = chosen.strategies.join(',');
  const strategies = strategyCombination(strategy, chosen.plugins);
  // All files are read and checked before the first test runs.
  const tests = files.flatMap((file) => readLitmusFile(file));
  const step = options.step === true;
  const ran = tests.map((located) => ({ located, result: runTest(located, strategies, chosen.plugins, step) }));
  for (const { test, hasThreads, file } of tests) {
    if (hasThreads) process.stderr.write(`${file}: ${test.id}: threads are not run here, only actions are\n`);
  }
  const text =
    options.json === true
      ? litmusDocument(ran, strategy, step)
      : litmusText(ran, strategy, step, terminalOf(process.stdout));
  process.stdout.write(text);
  return ran.every(({ result }) => result.ok) ? EXIT.done : EXIT.checkFailed;
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
    if (!(thrown instanceof Error) || thrown.name !== 'LitmusError') throw blame(thrown, plugins);
    const at = located.placeOf((thrown as Error & { step: number }).step);
    const message = `${located.test.id}: ${thrown.message}`;
    throw new InputError([{ ...at.place, path: pathText(at.path), message }]);
  }
}
