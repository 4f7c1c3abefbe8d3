/** Lines drawn again in place at the foot of a terminal, only where they changed. */
import { canSpin } from '../run/progress.ts';
import { terminalOf } from './terminal.ts';

/** null where it could not draw, as in bench/run/progress.ts. */
const logUpdate = canSpin(process.stderr) || canSpin(process.stdout) ? await import('log-update') : null;

/** Rows where a terminal does not say how many it has. */
const USUAL_ROWS = 24;

export interface Redraw {
  /** Lines that fit, at least 1, the one the cursor stands in not counted. Changes with the size of the terminal. */
  rows(): number;
  draw(lines: readonly string[]): void;
  /** Takes the lines away and gives the cursor back. */
  end(): void;
}

/** null where nothing can be redrawn: off a terminal, on a dumb one, on one without a size, in CI. */
export function redrawOn(stream: NodeJS.WriteStream): Redraw | null {
  if (logUpdate === null || !canSpin(stream)) return null;
  const update = logUpdate.createLogUpdate(stream);
  return {
    rows() {
      const rows = stream.rows > 0 ? stream.rows : USUAL_ROWS;
      // A terminal narrower than what is drawn breaks each line.
      return Math.max(1, Math.floor((rows - 1) / Math.ceil(terminalOf(stream).width / stream.columns)));
    },
    draw(lines) {
      update(lines.join('\n'));
    },
    end() {
      update.clear();
      update.done();
    },
  };
}
