/**
 * `cma-stress capture`: the script that collects on a device what `cma-stress import` reads, or a capture to try that
 * with.
 */
import { chmodSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { EXIT, UsageError } from '../errors.ts';
import { copyExample } from '../import/example.ts';
import { packageRoot } from '../plan/packageRoot.ts';
import { commandLine, invokedAs, quote } from '../report/commandLine.ts';
import { writePieces } from '../report/writeFile.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import type { SetExitCode } from './program.ts';

interface CaptureOptions {
  readonly output?: string;
  readonly print?: boolean;
  readonly example?: string;
}

const HELP: HelpParts = {
  notes: [
    "The script is POSIX sh and runs with the tools of busybox or Android's toybox. It reads memory, KSM, CMA and process figures, compares counters over a minute and traces forks, exits, CMA and KSM meanwhile, and leaves one archive. Without root it reads what it may and says what it could not; sh capture.sh -h shows its options.",
    '--example is for whoever has no device at hand: a capture of a real kernel in a virtual machine.',
  ],
  exits: { 0: 'written', 2: 'bad usage, or it cannot be written' },
  examples: [
    { command: 'cma-stress capture -o capture.sh' },
    { command: 'adb push capture.sh /data/local/tmp/' },
    { command: "adb shell su -c 'sh /data/local/tmp/capture.sh -o /data/local/tmp/c.tar.gz'" },
    { command: 'adb pull /data/local/tmp/c.tar.gz && cma-stress import c.tar.gz -o phone.yaml' },
    { command: "cma-stress capture --print | ssh root@box 'sh -s -- -t 120 -o /tmp/c.tar.gz'" },
    { command: 'cma-stress capture --example box && cma-stress import box -o box.yaml' },
  ],
  page: 'how-to/import-a-device.md',
};

export function addCaptureCommand(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command('capture')
    .description('write the script that collects figures on a device, for import')
    .option('-o, --output <file>', 'file to write (default: stdout)')
    .option('--print', 'print the script on stdout, as without -o')
    .option('--example <dir>', 'no script, but a capture to try import with: its files, in this directory')
    .action((options: CaptureOptions) => {
      setExitCode(capture(options));
    });
  addHelp(command, HELP);
}

function capture({ output, print, example }: CaptureOptions): number {
  if (example !== undefined) {
    if (output !== undefined || print === true)
      throw new UsageError('--example writes a capture, not the script', 'leave out -o and --print');
    return writeExample(example);
  }
  const script = readFileSync(join(packageRoot(), 'bench', 'import', 'capture.sh'), 'utf8');
  const file = output === '-' ? undefined : output;
  if (file !== undefined && print === true) throw new UsageError('--print and -o exclude each other');
  if (file === undefined) {
    process.stdout.write(script);
    return EXIT.done;
  }
  writePieces(file, [script]);
  chmodSync(file, 0o755);
  const name = quote(basename(file));
  process.stderr.write(
    `${file} is written. On an Android device:\n` +
      `  adb push ${quote(file)} /data/local/tmp/\n` +
      `  adb shell su -c 'sh /data/local/tmp/${name} -o /data/local/tmp/c.tar.gz'\n` +
      '  adb pull /data/local/tmp/c.tar.gz\n' +
      '  cma-stress import c.tar.gz -o phone.yaml\n',
  );
  return EXIT.done;
}

function writeExample(dir: string): number {
  copyExample(dir);
  const next = commandLine(invokedAs(process.argv), ['import', dir, '-o', 'box.yaml']);
  process.stderr.write(
    `${dir} has a capture of Linux 6.1 in a virtual machine of 512 MB, whose CMA requests failed on KSM pages.\n` +
      `Make a workload of it:\n  ${next}\n`,
  );
  return EXIT.done;
}
