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
import { CELL_HEAP, CELL_SIMULATED, CELL_TIME, collect } from './options.ts';
import type { SetExitCode } from './program.ts';
import { runSearchCommand } from './search.ts';
import type { SearchCommandOptions } from './search.ts';

const EXAMPLES = `
Sizes are multiples of 4 MB, a pageblock, from what holds the largest request to a quarter of memory. What is found is
run again on seeds that the search has not seen.

Exit codes: 0 found, 1 no size meets the target (the nearest is shown), 2 bad usage or input, 4 or 5 cells failed,
            130 interrupted (go on with --resume).

Examples:
  cma-stress size zx1800-512
  cma-stress size camera-burst --success 99% --budget 10m
  cma-stress size fork-heavy --success 99.9% --strategy heir-items --max 64MB
  cma-stress size my-phone.yaml --json | jq '.apply[]' -r`;

export function addSizeCommand(program: Command, setExitCode: SetExitCode): void {
  program
    .command('size')
    .description('find the smallest CMA area with which enough contiguous allocations succeed')
    .argument('[WORKLOAD|DEVICE...]', 'workloads of one device, or the device')
    .option('--success <share>', `share of the requests that shall succeed (default: ${DEFAULT_SUCCESS})`)
    .option('--max <size>', 'largest area to try (default: a quarter of memory)')
    .option('--budget <time>', `how much to simulate, as time of a machine with two cores (default: ${DEFAULT_BUDGET})`)
    .option('--strategy <name>', 'the strategy that acts; a + lets several act together (default: stock)')
    .option('--seed <n>', 'first seed of the devices (default: 1)')
    .option('--duration <time>', 'simulated time to measure in each cell, for example 300s')
    .option('--set <key=value>', 'change a knob of the workload (repeatable)', collect)
    .option('--threads <n>', 'worker threads (default: one for each processor); results do not depend on it')
    .option(...CELL_HEAP)
    .option(...CELL_TIME)
    .option(...CELL_SIMULATED)
    .option('--out <dir>', 'directory of the results (default: results/<time>-size-<name>)')
    .option('--json', 'print one JSON document on stdout')
    .option('--resume <dir>', 'go on with an interrupted search, or print a finished one again')
    .addHelpText('after', EXAMPLES)
    .action(async (words: string[], options: SizeOptions & SearchCommandOptions) => {
      setExitCode(await size(words, options));
    });
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
