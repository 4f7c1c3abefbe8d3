#!/usr/bin/env node
/** Entry of the command: runs it, and is the one place that prints errors and sets the exit code. */
import { CommanderError } from 'commander';
import { asError, DeterminismError, EXIT, InputError, PluginError, StorageError, UsageError } from '../errors.ts';
import { runProgram } from './program.ts';
import { say } from './stderr.ts';

/** A reader that closes early (`| head`) is no error. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.done);
    throw error;
  });
}

/** Prints what went wrong, for the person who typed the command. Returns the exit code. */
function report(thrown: unknown): number {
  if (thrown instanceof CommanderError) {
    // What it has to say, help and version too, commander has printed.
    return thrown.exitCode === 0 ? EXIT.done : EXIT.badInput;
  }
  if (thrown instanceof UsageError) {
    say(`error: ${thrown.message}${thrown.hint === null ? '' : `\n${thrown.hint}`}`);
    return EXIT.badInput;
  }
  if (thrown instanceof InputError) {
    say(thrown.message);
    return EXIT.badInput;
  }
  if (thrown instanceof StorageError) {
    say(`error: ${thrown.message}\nwhat was finished before is kept: make room, and continue it with --resume`);
    return EXIT.interrupted;
  }
  if (thrown instanceof PluginError) {
    say(process.env['DEBUG'] === undefined ? thrown.message : (thrown.stack ?? thrown.message));
    return EXIT.cellsFailed;
  }
  if (thrown instanceof DeterminismError) {
    say(`ALARM: ${thrown.message}`);
    say(
      'A machine computes wrongly, or the model does. Run the cell again on each (run --engine local) and report what differs.',
    );
    return EXIT.invariantBroken;
  }
  const error = asError(thrown);
  const debug = process.env['DEBUG'] !== undefined;
  say(`unexpected error: ${error.name}: ${error.message}`);
  say('This is a fault of cma-stress or of the system. When reporting it, add the command line and what follows.');
  say(debug ? (error.stack ?? '') : 'Run it again with DEBUG=1 in the environment to see where it happened.');
  return EXIT.checkFailed;
}

try {
  process.exitCode = await runProgram(process.argv);
} catch (thrown) {
  process.exitCode = report(thrown);
}
