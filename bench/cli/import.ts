/** `cma-stress import`: what was collected from a device, as a workload. */
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { EXIT, UsageError } from '../errors.ts';
import { importDocument } from '../import/document.ts';
import { importWorkload } from '../import/importWorkload.ts';
import { KINDS, kindsHelp } from '../import/read/inputs.ts';
import { summaryText } from '../import/summary.ts';
import { builtInNames } from '../plan/files.ts';
import { schemaComment } from '../plan/schemaPath.ts';
import { invokedAs } from '../report/commandLine.ts';
import { writePieces } from '../report/writeFile.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { choice } from './options.ts';
import type { SetExitCode } from './program.ts';

interface ImportCommandOptions {
  readonly output?: string;
  readonly json?: boolean;
  readonly device?: string;
  readonly as?: string;
  readonly replay?: boolean;
}

const HELP: HelpParts = {
  notes: [
    'A CAPTURE is the archive of the script that `cma-stress capture` prints, that archive unpacked, or one of the files below; several are taken together, gzip or not, and - is stdin. Kinds are told by content:',
    kindsHelp(),
  ],
  exits: {
    0: 'written, complete or not (stderr says what is missing)',
    2: 'bad usage, or nothing can be made of an input',
  },
  examples: [
    { command: 'cma-stress import cma-capture-phone-20150430.tar.gz -o phone.yaml' },
    { command: 'adb shell dumpsys meminfo | cma-stress import - -o phone.yaml' },
    { command: 'cma-stress import procrank.txt meminfo.txt --device zx1800-512 -o box.yaml' },
    { command: 'cma-stress import before/ after/ > lab.yaml' },
    { command: 'cma-stress import phone.tar.gz trace.perfetto-trace --replay -o monday.yaml' },
    { command: 'cma-stress trace results/fork-heavy | cma-stress import - -o again.yaml' },
    { command: 'cma-stress import gnat_r0.json gnat_r1.json -o gnat.yaml', about: 'repeats of a recording' },
    { command: "cma-stress import phone.tar.gz -o phone.yaml --json | jq -r '.guesses[].vary'" },
  ],
  page: 'reference/import.md',
};

export function addImportCommand(program: Command, setExitCode: SetExitCode): void {
  const devices = builtInNames('device').join(', ');
  const command = program
    .command('import')
    .description('make a workload of what was collected from a device')
    .argument('<CAPTURE...>', 'archives, directories and files; - for stdin')
    .option('-o, --output <file>', 'workload file to write (default: stdout)')
    .option('--replay', 'replay what a trace recorded at its times (events), instead of at its rates')
    .option('--device <device>', `built-in device for what is not known: ${devices} (default: the nearest)`)
    .addOption(choice('--as <kind>', 'kind of the inputs, whatever they look like (default: by content)', KINDS))
    .option('--json', 'print one JSON document on stdout: values with their sources, guesses, what is missing')
    .action(async (paths: string[], options: ImportCommandOptions) => {
      setExitCode(await importCaptures(paths, options));
    });
  addHelp(command, HELP);
}

async function importCaptures(paths: readonly string[], options: ImportCommandOptions): Promise<number> {
  if (paths.filter((path) => path === '-').length > 1)
    throw new UsageError('stdin can be read once: one - is possible');
  const output = options.output === '-' ? null : (options.output ?? null);
  const imported = await importWorkload(paths, {
    as: options.as ?? null,
    device: options.device ?? null,
    replay: options.replay ?? false,
  });
  if (output !== null) writePieces(output, [schemaLine(output), imported.yaml]);
  process.stderr.write(summaryText(imported, output, invokedAs(process.argv)));
  if (options.json === true) process.stdout.write(`${JSON.stringify(importDocument(imported, output))}\n`);
  else if (output === null) process.stdout.write(imported.yaml);
  return EXIT.done;
}

/** For editors, where the file is near enough to the package to name it. */
function schemaLine(output: string): string {
  const comment = schemaComment('workload', dirname(output));
  return comment === null ? '' : `#${comment}\n`;
}
