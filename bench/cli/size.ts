/** `cma-stress size`: the smallest CMA area with which enough requests succeed. */
import type { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { PLAIN, terminalOf } from '../report/terminal.ts';
import { DEFAULT_SUCCESS, askSize } from '../tune/askSize.ts';
import type { SizeOptions } from '../tune/askSize.ts';
import { DEFAULT_BUDGET } from '../tune/begin.ts';
import { findSize } from '../tune/findSize.ts';
import { sizeDocument } from '../tune/report/sizeDocument.ts';
import { sizeText } from '../tune/report/sizeText.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { CELL_HEAP, CELL_SIMULATED, CELL_TIME, collect, JSON_DOCUMENT, THREADS } from './options.ts';
import type { SetExitCode } from './program.ts';
import { runSearchCommand } from './search.ts';
import type { SearchCommandOptions } from './search.ts';

const HELP: HelpParts = {
  notes: [
    'Sizes are multiples of 4 MB, a pageblock, from what holds the largest request to a quarter of memory. What is found is run again on seeds that the search has not seen. It prints the line that applies the size, and writes search.json, cells.ndjson, results.json and summary.txt into a directory of its own.',
  ],
  exits: {
    0: 'found',
    1: 'no size meets the target (the nearest is shown)',
    2: 'bad usage or input',
    4: 'cells failed',
    5: 'an invariant of the model broke',
    130: 'interrupted; go on with --resume',
  },
  examples: [
    { command: 'cma-stress size zx1800-512' },
    { command: 'cma-stress size camera-burst --success 99% --budget 10m' },
    { command: 'cma-stress size fork-heavy --success 99.9% --strategy heir-items --max 64MB' },
    { command: "cma-stress size my-phone.yaml --json | jq -r '.apply[]'" },
  ],
  page: 'reference/size.md',
};

export function addSizeCommand(program: Command, setExitCode: SetExitCode): void {
  const command = program
    .command('size')
    .description('find the smallest CMA area with which enough contiguous allocations succeed')
    .argument('[WORKLOAD|DEVICE...]', 'workloads of one device, or the device')
    .option('--success <share>', `share of the requests that shall succeed (default: ${DEFAULT_SUCCESS})`)
    .option('--max <size>', 'largest area to try (default: a quarter of memory)')
    .option('--budget <time>', `how much to simulate, as time of a machine with two cores (default: ${DEFAULT_BUDGET})`)
    .option('--strategy <strategy>', 'the strategy that acts; a + lets several act together (default: stock)')
    .option('--seed <n>', 'first seed of the devices (default: 1)')
    .option(
      '--duration <time>',
      'simulated time to measure in each cell, for example 300s (default: what the workload asks for)',
    )
    .option('--set <key=value>', 'change a knob of the workload, for example cpus=2 (repeatable)', collect)
    .option(...THREADS)
    .option(...CELL_HEAP)
    .option(...CELL_TIME)
    .option(...CELL_SIMULATED)
    .option('--out <dir>', 'directory of the results (default: results/<time>-size-<name>)')
    .option(...JSON_DOCUMENT)
    .option('--resume <dir>', 'go on with an interrupted search, or print a finished one again')
    .action(async (words: string[], options: SizeOptions & SearchCommandOptions) => {
      setExitCode(await size(words, options));
    });
  addHelp(command, HELP);
}

function size(words: readonly string[], options: SizeOptions & SearchCommandOptions): Promise<number> {
  return runSearchCommand(
    {
      name: 'size',
      ask: askSize,
      search: findSize,
      finish: (found, folder) => {
        const document = sizeDocument(found);
        folder.write('results.json', document);
        folder.write('summary.txt', sizeText(found, PLAIN));
        process.stdout.write(options.json === true ? document : sizeText(found, terminalOf(process.stdout)));
        return found.sized.smallest === null ? EXIT.checkFailed : EXIT.done;
      },
    },
    words,
    options,
  );
}
