/** How far a run is that is not complete, once: as text, and as a document of schema `cma-stress/run-progress/1`. */
import type { Followed } from '../run/follow.ts';
import { failedText } from '../run/progress.ts';
import { standingsOf } from '../stats/standing.ts';
import type { Standing } from '../stats/standing.ts';
import { liveLines } from './live.ts';
import { wrap } from './table.ts';
import type { Terminal } from './terminal.ts';
import { duration } from './units.ts';

export interface ProgressDocument {
  readonly schema: 'cma-stress/run-progress/1';
  readonly tool: string;
  readonly model: string;
  /** The run's folder. */
  readonly run: string;
  readonly command: string;
  /** null, as in `run.json`: the run is not complete. */
  readonly digest: null;
  /** Cells in the plan, those that have ended, and those of them that failed. */
  readonly cells: { readonly planned: number; readonly done: number; readonly failed: number };
  /** When something was written last, ISO 8601. */
  readonly writtenAt: string;
  readonly standing: readonly Standing[];
  /** The command line that continues the run. */
  readonly resume: string;
}

/** What is shown, where it is, and the command lines that follow and continue it. */
export interface Incomplete extends Followed {
  readonly path: string;
  readonly watch: string;
  readonly resume: string;
}

/** Text that ends in a newline. `now`: ms since 1970. */
export function incompleteText(run: Incomplete, now: number, terminal: Terminal): string {
  const { path, manifest, cells, writtenAt } = run;
  const ago = `${duration(Math.max(0, now - writtenAt) / 1e3)} ago`;
  const last = cells.length === 0 ? `it was begun ${ago}` : `the last of them ${ago}`;
  const failed = failedText(cells.filter((cell) => cell.failed).length);
  const headline = `${path} is not complete: ${cells.length} of ${manifest.cells} cells are done${failed}, ${last}.`;
  return `${[
    ...wrap(headline, terminal.width, '  '),
    '',
    ...liveLines(standingsOf(manifest, cells), terminal),
    '',
    `while it runs      ${run.watch}`,
    `when it stopped    ${run.resume}`,
  ].join('\n')}\n`;
}

export function progressDocument({ path, manifest, cells, writtenAt, resume }: Incomplete): ProgressDocument {
  const { tool, model, command } = manifest;
  const failed = cells.filter((cell) => cell.failed).length;
  return {
    schema: 'cma-stress/run-progress/1',
    tool,
    model,
    run: path,
    command,
    digest: null,
    cells: { planned: manifest.cells, done: cells.length, failed },
    writtenAt: new Date(writtenAt).toISOString(),
    standing: standingsOf(manifest, cells),
    resume,
  };
}
