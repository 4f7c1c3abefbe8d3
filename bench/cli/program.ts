/** The tree of commands: what there is, their common manners, and help. */
import { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { TOOL_NAME, TOOL_VERSION } from '../run/tool.ts';
import { addCaptureCommand } from './capture.ts';
import { addCompareCommand } from './compare.ts';
import { addExplainCommand } from './explain.ts';
import { addImportCommand } from './import.ts';
import { addInitCommand } from './init.ts';
import { addListCommand } from './list.ts';
import { addLitmusCommand } from './litmus.ts';
import { addReportCommand } from './report.ts';
import { addRunCommand } from './run.ts';
import { addSelfCheckCommand } from './selfCheck.ts';
import { addTraceCommand } from './trace.ts';
import { addTuneCommand } from './tune.ts';
import { addShowCommand } from './show.ts';
import { addSizeCommand } from './size.ts';
import { addValidateCommand } from './validate.ts';
import { addWorkerCommand } from './worker.ts';

/** A command's action says its exit code through this. */
export type SetExitCode = (code: number) => void;

/** The program; `run` parses an argv and resolves to the exit code. Throws what went wrong. */
export function buildProgram(): { run(argv: readonly string[]): Promise<number> } {
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
  ${TOOL_NAME} show                                   its summary again; --watch while it runs
  ${TOOL_NAME} compare results/before results/after   earlier runs side by side
  ${TOOL_NAME} report results/before                  a finished run as a page, a mail, or tables
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
  addRunCommand(program, setExitCode);
  addShowCommand(program, setExitCode);
  addCompareCommand(program, setExitCode);
  addReportCommand(program, setExitCode);
  addExplainCommand(program, setExitCode);
  addTraceCommand(program, setExitCode);
  addTuneCommand(program, setExitCode);
  addSizeCommand(program, setExitCode);
  addListCommand(program);
  addInitCommand(program, setExitCode);
  addCaptureCommand(program, setExitCode);
  addImportCommand(program, setExitCode);
  addLitmusCommand(program, setExitCode);
  addValidateCommand(program, setExitCode);
  addSelfCheckCommand(program, setExitCode);
  addWorkerCommand(program, setExitCode);
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
    command.exitOverride();
    // main.ts prints errors; help goes to stdout when asked for, else to stderr.
    command.configureOutput({ outputError: () => undefined });
    command.showSuggestionAfterError(true);
  }
  return {
    async run(argv) {
      await program.parseAsync([...argv]);
      return exitCode;
    },
  };
}
