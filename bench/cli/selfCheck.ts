/** `cma-stress self-check`: orderings that must come out of the model by themselves. */
import type { Command } from 'commander';
import { EXIT, exitCodeOfBroken, UsageError } from '../errors.ts';
import { suggestion } from '../plan/suggest.ts';
import { selfCheckDocument } from '../report/selfCheckDocument.ts';
import { selfCheckText } from '../report/selfCheckText.ts';
import type { Judged } from '../report/selfCheckText.ts';
import { terminalOf } from '../report/terminal.ts';
import { startProgress } from '../run/progress.ts';
import type { Check } from '../selfcheck/check.ts';
import { execute } from '../selfcheck/execute.ts';
import { CHECKS } from '../selfcheck/index.ts';
import type { TaskError } from '../selfcheck/worker.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { onInterrupt } from './interrupt.ts';
import { argumentOf, JSON_DOCUMENT, THREADS, threadsOf } from './options.ts';
import type { SetExitCode } from './program.ts';
import { say } from './stderr.ts';

interface SelfCheckOptions {
  readonly quick?: boolean;
  readonly threads?: string;
  readonly json?: boolean;
}

const CHECK_NAMES = CHECKS.map(({ id }) => id);

const HELP: HelpParts = {
  exits: {
    0: 'all checks hold',
    1: 'one does not',
    2: 'bad usage',
    4: 'runs broke down',
    5: 'an invariant of the model broke',
    130: 'interrupted',
  },
  examples: [
    { command: 'cma-stress self-check', about: 'some minutes' },
    { command: 'cma-stress self-check --quick scan-speed retry' },
    { command: "cma-stress self-check --json | jq -r '.checks[] | select(.holds | not) | .id'" },
  ],
  page: 'how-to/self-check.md',
};

export function addSelfCheckCommand(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command('self-check')
    .description('check that what is known of the bugs and the fixes comes out of the model by itself')
    .addArgument(argumentOf('[CHECK...]', `names: ${CHECK_NAMES.join(', ')} (default: all)`, CHECK_NAMES))
    .option('--quick', 'fewer seeds and shorter runs, by the same rules')
    .option(...THREADS)
    .option(...JSON_DOCUMENT)
    .action(async (names: string[], options: SelfCheckOptions) => {
      setExitCode(await selfCheck(names, options));
    });
  addHelp(command, HELP);
}

async function selfCheck(names: readonly string[], options: SelfCheckOptions): Promise<number> {
  const threads = threadsOf(options);
  const mode = options.quick === true ? 'quick' : 'full';
  const checks = names.length === 0 ? CHECKS : checksNamed(names);
  const interrupt = onInterrupt();
  const outcome = await execute(checks, {
    mode,
    threads,
    signal: interrupt.signal,
    progress: (total) => startProgress(total, Math.min(threads, total), process.stderr, 'model run'),
  }).finally(() => interrupt.release());
  if (outcome.kind === 'interrupted') {
    say('interrupted: a check says nothing before all of its runs are done');
    return EXIT.interrupted;
  }
  if (outcome.kind === 'broken') return reportBroken(outcome.errors);
  const judged = [...outcome.results].map(([check, results]) => ({ check, verdict: check.judge(results) }));
  const text =
    options.json === true ? selfCheckDocument(judged, mode) : selfCheckText(judged, terminalOf(process.stdout));
  process.stdout.write(text);
  return exitCodeOf(judged);
}

export function exitCodeOf(judged: readonly Judged[]): number {
  return judged.every(({ verdict }) => verdict.failed.length === 0) ? EXIT.done : EXIT.checkFailed;
}

/** In the order of the list, whatever the order on the command line. */
function checksNamed(names: readonly string[]): readonly Check[] {
  for (const name of names) {
    if (!CHECK_NAMES.includes(name)) throw new UsageError(`unknown check '${name}'${suggestion(name, CHECK_NAMES)}`);
  }
  return CHECKS.filter(({ id }) => names.includes(id));
}

function reportBroken(errors: readonly TaskError[]): number {
  for (const { name, message } of errors) say(`run failed: ${name}: ${message}`);
  return exitCodeOfBroken(errors);
}
