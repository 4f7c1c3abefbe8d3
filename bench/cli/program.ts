/**
 * The tree of commands: what there is, their common manners, and help.
 *
 * A command is loaded when it is the one that was typed: to load them all takes twice as long as to load one.
 */
import { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { TOOL_NAME, TOOL_VERSION } from '../run/tool.ts';

/** A command's action says its exit code through this. */
export type SetExitCode = (code: number) => void;

type AddCommand = (program: Command, setExitCode: SetExitCode) => void;

/** In the order of help. */
const COMMANDS: ReadonlyMap<string, () => Promise<AddCommand>> = new Map([
  ['run', async () => (await import('./run.ts')).addRunCommand],
  ['show', async () => (await import('./show.ts')).addShowCommand],
  ['compare', async () => (await import('./compare.ts')).addCompareCommand],
  ['report', async () => (await import('./report.ts')).addReportCommand],
  ['query', async () => (await import('./query.ts')).addQueryCommand],
  ['explain', async () => (await import('./explain.ts')).addExplainCommand],
  ['trace', async () => (await import('./trace.ts')).addTraceCommand],
  ['tune', async () => (await import('./tune.ts')).addTuneCommand],
  ['size', async () => (await import('./size.ts')).addSizeCommand],
  ['list', async () => (await import('./list.ts')).addListCommand],
  ['init', async () => (await import('./init.ts')).addInitCommand],
  ['capture', async () => (await import('./capture.ts')).addCaptureCommand],
  ['import', async () => (await import('./import.ts')).addImportCommand],
  ['litmus', async () => (await import('./litmus.ts')).addLitmusCommand],
  ['validate', async () => (await import('./validate.ts')).addValidateCommand],
  ['self-check', async () => (await import('./selfCheck.ts')).addSelfCheckCommand],
  ['worker', async () => (await import('./worker.ts')).addWorkerCommand],
  ['status', async () => (await import('./status.ts')).addStatusCommand],
]);

/** The command that `argv` begins with; all of them for help, for suggestions, and for what is in no command's place. */
function commandsFor([, , name = '']: readonly string[]): Promise<AddCommand[]> {
  const only = COMMANDS.get(name);
  return Promise.all((only === undefined ? [...COMMANDS.values()] : [only]).map((load) => load()));
}

/** Parses an argv, does what it says and resolves to the exit code. Rejects with what went wrong. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.done;
  const setExitCode: SetExitCode = (code) => {
    exitCode = code;
  };
  const program = new Command(TOOL_NAME)
    .description(
      'CMA allocation stress benchmark: a model of a 512 MB Android device with KSM,\nand the comparison of fixes for contiguous allocations that fail on KSM pages.',
    )
    .version(TOOL_VERSION, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'help for a command')
    .addHelpText(
      'after',
      `
Examples:
  ${TOOL_NAME} run                                    compare the strategies on the three standard workloads
  ${TOOL_NAME} run fork-heavy --strategy stock,keep-until-rescanned --seeds 10
  ${TOOL_NAME} worker --redis rediss://me@queue:6380  runs cells for run --engine bullmq, on any machine
  ${TOOL_NAME} status --redis rediss://me@queue:6380  runs and workers that are there
  ${TOOL_NAME} show                                   its summary again; --watch while it runs
  ${TOOL_NAME} compare results/before results/after   earlier runs side by side
  ${TOOL_NAME} report results/before                  a finished run as a page, a mail, or tables
  ${TOOL_NAME} query results/before 'SELECT ...'      its cells in SQL
  ${TOOL_NAME} explain results/before                 why a request of it failed
  ${TOOL_NAME} trace results/before -o trace.json     one cell event by event, for Perfetto
  ${TOOL_NAME} tune zx1800-512                        which scan settings let allocations succeed
  ${TOOL_NAME} litmus workloads/litmus/*.yaml         check the model against scripted scenarios
  ${TOOL_NAME} validate                               check it against recordings of a real kernel
  ${TOOL_NAME} self-check                             what must come out of it by itself
  ${TOOL_NAME} list                                   what can be run
  ${TOOL_NAME} init strategy my-fix                   a fix strategy of your own, to begin with
  ${TOOL_NAME} capture -o capture.sh                  a script that collects figures on a device
  ${TOOL_NAME} import capture.tar.gz -o phone.yaml    what it collected, as a workload

Exit codes: 0 done, 1 a check failed, 2 bad usage or input, 3 --fail-if crossed, 4 cells failed,
            5 a model invariant broke, 130 interrupted.`,
    );
  for (const add of await commandsFor(argv)) add(program, setExitCode);
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
    command.exitOverride();
    // main.ts prints errors; help goes to stdout when asked for, else to stderr.
    command.configureOutput({ outputError: () => undefined });
    command.showSuggestionAfterError(true);
  }
  await program.parseAsync([...argv]);
  return exitCode;
}
