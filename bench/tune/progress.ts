/** Progress of a search on stderr: a spinner on a terminal, a line for each step anywhere else. */
import { performance } from 'node:perf_hooks';
import { duration, percent } from '../report/units.ts';
import { sayBeside, spin } from '../run/progress.ts';
import type { Speaking } from '../run/progress.ts';
import type { SearchProgress } from './session.ts';

export function startSearchProgress(
  threads: number,
  stream: NodeJS.WriteStream,
): SearchProgress & Speaking & { stop(): void } {
  const start = performance.now();
  const workers = `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const spinner = spin(`searching on ${workers}`, stream);
  if (spinner === null) stream.write(`searching on ${workers}\n`);
  let cells = 0;
  let last = '';
  const counted = (): string => (cells === 1 ? '1 cell' : `${cells} cells`);
  const text = (): string => `${counted()}${last}`;
  return {
    cell() {
      cells++;
      if (spinner !== null) spinner.text = text();
    },
    stage(stage, best, share) {
      last = `, ${percent(Math.min(1, share))} % of the budget: ${stage}; best so far ${best}`;
      if (spinner === null) stream.write(`${text()}\n`);
      else spinner.text = text();
    },
    say: (line) => sayBeside(spinner, line, stream),
    stop() {
      spinner?.stop();
      stream.write(`${counted()} in ${duration((performance.now() - start) / 1e3)}\n`);
    },
  };
}
