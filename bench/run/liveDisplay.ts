/**
 * Live figures of a run on stderr: redrawn on a terminal, a line now and then anywhere else. Shared by `run --watch`,
 * which knows each cell as it ends, and `show --watch`, which reads what another process wrote.
 */
import { performance } from 'node:perf_hooks';
import { liveLines, liveSentence } from '../report/live.ts';
import { redrawOn } from '../report/redraw.ts';
import { wrap } from '../report/table.ts';
import { terminalOf } from '../report/terminal.ts';
import { duration } from '../report/units.ts';
import { cellStanding, standingsOf } from '../stats/standing.ts';
import type { CellStanding, Planned } from '../stats/standing.ts';
import { sum } from '../stats/sums.ts';
import type { CellLine } from './cell.ts';
import type { CellProgress } from './execute.ts';
import { failedText, paceText } from './progress.ts';
import type { Speaking } from './progress.ts';

/** On a terminal, ms. */
const REDRAW_INTERVAL_MS = 250;
/** Pause after figures were drawn, as a multiple of what that took: those of very many cells take long. */
const LEAST_PAUSE = 20;
/** Elsewhere: a line at every tenth of the cells, but not more often than this. */
const PLAIN_INTERVAL_MS = 2_000;
/** Figures are never shorter; a terminal too low for them shows their end. */
const LEAST_ROWS = 3;

export interface LiveState {
  readonly plan: Planned;
  /** In the order in which they ended. */
  readonly cells: readonly CellStanding[];
  /** What a reader should know besides; null for nothing. */
  readonly note: string | null;
}

export interface LiveDisplay {
  show(state: LiveState): void;
  /** Nothing stays on a terminal. */
  end(): void;
}

/** @param path of the run's folder, as it is to be called */
export function liveDisplay(path: string, stream: NodeJS.WriteStream): LiveDisplay {
  const redraw = redrawOn(stream);
  const start = performance.now();
  let before: number | null = null;
  const headline = ({ plan, cells }: LiveState): string => {
    before ??= cells.length;
    const total = sum(standingsOf(plan, []), (standing) => standing.cells);
    const pace = paceText(cells.length - before, total - cells.length, (performance.now() - start) / 1e3);
    return `${cells.length}/${total} cells${failedText(cells.filter(({ failed }) => failed).length)}, ${pace}`;
  };
  if (redraw === null) return plainDisplay(headline, stream);
  return {
    show(state) {
      const terminal = terminalOf(stream);
      const rows = redraw.rows();
      const note = state.note === null ? [] : wrap(state.note, terminal.width, '  ').map(terminal.paint.yellow);
      // What always changes stands last: what is above an unchanged line need not be drawn again.
      const foot = [...note, ...wrap(`${path}: ${headline(state)}`, terminal.width, '  ')];
      const left = Math.max(LEAST_ROWS, rows - foot.length);
      const figures = liveLines(standingsOf(state.plan, state.cells), terminal, left);
      redraw.draw([...figures, ...foot].slice(-rows));
    },
    end() {
      redraw.end();
    },
  };
}

function plainDisplay(headline: (state: LiveState) => string, stream: NodeJS.WriteStream): LiveDisplay {
  let lastLine = -Infinity;
  let lastTenth = -1;
  let lastNote: string | null = null;
  return {
    show(state) {
      const { plan, cells, note } = state;
      // Called at the first look, so that the pace is that since then.
      const head = headline(state);
      if (note !== null && lastNote === null) stream.write(`${note}\n`);
      lastNote = note;
      const standings = standingsOf(plan, cells);
      const tenth = Math.floor((10 * cells.length) / sum(standings, (standing) => standing.cells));
      const now = performance.now();
      if (tenth === lastTenth || now - lastLine < PLAIN_INTERVAL_MS) return;
      lastTenth = tenth;
      lastLine = now;
      const figures = liveSentence(standings, cells.at(-1)?.workload ?? '', 100);
      stream.write(`${head}${figures === '' ? '' : `; ${figures}`}\n`);
    },
    end() {
      // What was written stays.
    },
  };
}

/** What `run --watch` shows while its own cells run. `kept`: cells that had been run before. */
export function startLiveProgress(
  path: string,
  plan: Planned,
  kept: Iterable<CellLine>,
  stream: NodeJS.WriteStream,
): CellProgress & Speaking {
  const cells = Array.from(kept, cellStanding);
  const before = cells.length;
  const display = liveDisplay(path, stream);
  const start = performance.now();
  let note: string | null = null;
  const show = (): void => display.show({ plan, cells, note });
  let next = -Infinity;
  const redraw = (): void => {
    const begun = performance.now();
    if (begun < next) return;
    show();
    next = begun + LEAST_PAUSE * (performance.now() - begun);
  };
  const timer = setInterval(redraw, REDRAW_INTERVAL_MS);
  show();
  return {
    step(_failed, line) {
      cells.push(cellStanding(line));
    },
    say(line) {
      note = line;
      show();
    },
    stop() {
      clearInterval(timer);
      display.end();
      const fresh = cells.slice(before);
      const failed = failedText(fresh.filter((cell) => cell.failed).length);
      stream.write(`${fresh.length} cells in ${duration((performance.now() - start) / 1e3)}${failed}\n`);
    },
  };
}
