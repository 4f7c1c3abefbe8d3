/** Progress of a run on stderr: a spinner on a terminal, a plain line now and then anywhere else. */
import { performance } from 'node:perf_hooks';
import type { Ora } from 'ora';
import { wantsNoColor } from '../report/terminal.ts';
import { duration } from '../report/units.ts';

/** null where it could not draw: to load it takes nearly as long as Node takes to start. */
const ora = canSpin(process.stderr) ? (await import('ora')).default : null;

/** Off a terminal: a line at every tenth of the cells, but not more often than this. */
const PLAIN_INTERVAL_MS = 2_000;

export interface Progress {
  /** One more cell is done. */
  step(failed: boolean): void;
  /** Ends the display; nothing stays on a terminal. */
  stop(): void;
}

/** A display beside which something else can be told. */
export interface Speaking {
  say(line: string): void;
}

/** Progress over `total` cells, or whatever `unit` they are, on `threads`, or `where`. `stream` is stderr. */
export function startProgress(
  total: number,
  where: number | string,
  stream: NodeJS.WriteStream,
  unit: 'cell' | 'model run' | 'frame map' = 'cell',
): Progress & Speaking {
  const start = performance.now();
  let done = 0;
  let failures = 0;
  const counted = (number: number): string => (number === 1 ? `1 ${unit}` : `${number} ${unit}s`);
  const text = (): string =>
    `${done}/${counted(total)}${failedText(failures)}, ${paceText(done, total - done, (performance.now() - start) / 1e3)}`;
  const workers = typeof where === 'string' ? where : `${where} ${where === 1 ? 'thread' : 'threads'}`;
  const spinner = spin(`0 of ${counted(total)} on ${workers}`, stream);
  let lastLine = performance.now();
  let lastTenth = 0;
  if (spinner === null) stream.write(`running ${counted(total)} on ${workers}\n`);
  return {
    step(failed) {
      done++;
      if (failed) failures++;
      if (spinner !== null) {
        spinner.text = text();
        return;
      }
      const tenth = Math.floor((10 * done) / total);
      const now = performance.now();
      if (done === total || tenth === lastTenth || now - lastLine < PLAIN_INTERVAL_MS) return;
      lastTenth = tenth;
      lastLine = now;
      stream.write(`${text()}\n`);
    },
    say: (line) => sayBeside(spinner, line, stream),
    stop() {
      spinner?.stop();
      const seconds = (performance.now() - start) / 1e3;
      stream.write(`${done} of ${counted(total)} in ${duration(seconds)}${failedText(failures)}\n`);
    },
  };
}

/** `, 2 failed`; nothing when none did. */
export function failedText(failures: number): string {
  return failures === 0 ? '' : `, ${failures} failed`;
}

/** `2.1/s, 40 s left`, from how many were done in so many seconds of wall time. */
export function paceText(done: number, left: number, seconds: number): string {
  if (done === 0) return 'time left unknown';
  const rate = done / seconds;
  return `${rate.toFixed(rate < 10 ? 1 : 0)}/s, ${duration(left / rate)} left`;
}

/** A terminal without a size (0 columns) would make ora compute without end; dumb ones and CI cannot redraw a line. */
export function canSpin(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && stream.columns > 0 && process.env['TERM'] !== 'dumb' && process.env['CI'] === undefined;
}

/** null where nothing can turn: off a terminal, on a dumb one, on one without a size, in CI. */
export function spin(text: string, stream: NodeJS.WriteStream): Ora | null {
  if (ora === null || !canSpin(stream)) return null;
  // Taking over stdin (discardStdin) would swallow Ctrl-C.
  return ora({ text, stream, discardStdin: false, ...(wantsNoColor() ? { color: false } : {}) }).start();
}

/** A line above the spinner, if there is one. */
export function sayBeside(spinner: Ora | null, line: string, stream: NodeJS.WriteStream): void {
  spinner?.clear();
  stream.write(`${line}\n`);
  spinner?.render();
}
