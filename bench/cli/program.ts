/**
 * The tree of commands: what there is, their common manners, and help.
 *
 * A command is loaded when it is the one that was typed: to load them all takes twice as long as to load one.
 */
import { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { TOOL_NAME, TOOL_VERSION } from '../run/version.ts';
import { addHelp, widthOf } from './help.ts';

/** A command's action says its exit code through this. */
export type SetExitCode = (code: number) => void;

type AddCommand = (program: Command, setExitCode: SetExitCode) => void;
type Load = () => Promise<AddCommand>;

/** In the order of help, by what they are for. */
const GROUPS: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  'Compare fixes:': {
    run: async () => (await import('./run.ts')).addRunCommand,
    show: async () => (await import('./show.ts')).addShowCommand,
    compare: async () => (await import('./compare.ts')).addCompareCommand,
    report: async () => (await import('./report.ts')).addReportCommand,
    query: async () => (await import('./query.ts')).addQueryCommand,
  },
  'See why:': {
    explain: async () => (await import('./explain.ts')).addExplainCommand,
    trace: async () => (await import('./trace.ts')).addTraceCommand,
  },
  'Choose settings:': {
    tune: async () => (await import('./tune.ts')).addTuneCommand,
    size: async () => (await import('./size.ts')).addSizeCommand,
  },
  'Say what is run:': {
    list: async () => (await import('./list.ts')).addListCommand,
    init: async () => (await import('./init.ts')).addInitCommand,
    capture: async () => (await import('./capture.ts')).addCaptureCommand,
    import: async () => (await import('./import.ts')).addImportCommand,
  },
  'Check the model:': {
    litmus: async () => (await import('./litmus.ts')).addLitmusCommand,
    validate: async () => (await import('./validate.ts')).addValidateCommand,
    'self-check': async () => (await import('./selfCheck.ts')).addSelfCheckCommand,
  },
  'Use many machines:': {
    worker: async () => (await import('./worker.ts')).addWorkerCommand,
    status: async () => (await import('./status.ts')).addStatusCommand,
  },
  'Help:': {
    help: async () => (await import('./helpCommand.ts')).addHelpCommand,
    completion: async () => (await import('./completion.ts')).addCompletionCommand,
    complete: async () => (await import('./complete.ts')).addCompleteCommand,
  },
};

const VERSION_OPTIONS = ['-V', '--version'];

/** The command line without its commands: what holds for all of them. */
function emptyProgram(): Command {
  const program = new Command(TOOL_NAME)
    .description(
      'CMA allocation stress benchmark: a model of a 512 MB Android device with KSM,\nand the comparison of fixes for contiguous allocations that fail on KSM pages.',
    )
    .usage('COMMAND [options]')
    .version(TOOL_VERSION, VERSION_OPTIONS.join(', '), 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .showSuggestionAfterError(true)
    .showHelpAfterError(`${TOOL_NAME} COMMAND --help shows options and examples`)
    .configureOutput({ getOutHelpWidth: () => widthOf(process.stdout), getErrHelpWidth: () => widthOf(process.stderr) })
    .configureHelp({
      subcommandTerm: (command) => command.name(),
      // Defaults and choices stand in the descriptions, in words.
      optionDescription: (option) => option.description,
      argumentDescription: (argument) => argument.description,
    });
  return addHelp(program, {
    notes: ['COMMAND --help shows options and examples of a command.'],
    exits: {
      [EXIT.done]: 'done, and all that was asked for holds',
      [EXIT.checkFailed]: 'a check failed',
      [EXIT.badInput]: 'bad usage or bad input',
      [EXIT.thresholdCrossed]: '--fail-if crossed',
      [EXIT.cellsFailed]: 'cells failed',
      [EXIT.invariantBroken]: 'an invariant of the model broke',
      [EXIT.interrupted]: 'interrupted',
    },
    examples: [
      { command: 'cma-stress run', about: 'seven fixes on the three standard workloads' },
      { command: 'cma-stress run fork-heavy --strategy stock,heir-items --quick' },
      { command: 'cma-stress explain results/fork-heavy', about: 'why a request of that run failed' },
      { command: 'cma-stress tune zx1800-512', about: 'scan settings under which requests succeed' },
    ],
  });
}

async function addGroup(program: Command, title: string, loads: readonly Load[], set: SetExitCode): Promise<void> {
  const adds = await Promise.all(loads.map((load) => load()));
  program.commandsGroup(title);
  for (const add of adds) add(program, set);
}

/** The whole tree. `setExitCode` is for those who run it; others describe it. */
export async function wholeProgram(setExitCode: SetExitCode = () => undefined): Promise<Command> {
  const program = emptyProgram();
  // One group after the other: they are shown in this order.
  for (const [title, commands] of Object.entries(GROUPS))
    await addGroup(program, title, Object.values(commands), setExitCode);
  return program;
}

/** With the command of that name alone; with all for help, for suggestions, and for what is in no command's place. */
async function programFor(name: string, setExitCode: SetExitCode): Promise<Command> {
  if (VERSION_OPTIONS.includes(name)) return emptyProgram();
  const found = Object.entries(GROUPS).find(([, commands]) => Object.hasOwn(commands, name));
  if (found === undefined || name === 'help') return wholeProgram(setExitCode);
  const program = emptyProgram();
  const [title, commands] = found;
  await addGroup(program, title, [commands[name]], setExitCode);
  return program;
}

/** Parses an argv, does what it says and resolves to the exit code. Rejects with what went wrong. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = await programFor(argv[2] ?? '', (code) => {
    exitCode = code;
  });
  await program.parseAsync([...argv]);
  return exitCode;
}
