/** Progress of a run on stderr: a spinner on a terminal, a plain line now and then anywhere else. */
import { performance } from 'node:perf_hooks';
import ora from 'ora';
import type { Ora } from 'ora';
import { duration } from '../report/units.ts';

/** Off a terminal: a line at every tenth of the cells, but not more often than this. */
const PLAIN_INTERVAL_MS = 2_000;

export interface Progress {
  /** One more cell is done. */
  step(failed: boolean): void;
  /** Ends the display; nothing stays on a terminal. */
  stop(): void;
}

/** Progress over `total` cells. `stream` is stderr. */
export function startProgress(total: number, threads: number, stream: NodeJS.WriteStream): Progress {
  const start = performance.now();
  let done = 0;
  let failures = 0;
  const text = (): string => {
    const seconds = (performance.now() - start) / 1e3;
    const rate = done / seconds;
    const left = done === 0 ? 'time left unknown' : `${duration((total - done) / rate)} left`;
    const failed = failures === 0 ? '' : `, ${failures} failed`;
    return `${done}/${total} cells${failed}, ${rate.toFixed(rate < 10 ? 1 : 0)} cells/s, ${left}`;
  };
  // A terminal without a size (0 columns) would make ora compute without end.
  const spinner: Ora | null =
    stream.isTTY && stream.columns > 0
      ? ora({
          text: `0/${total} cells on ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
          stream,
          // Taking over stdin would swallow Ctrl-C.
          discardStdin: false,
          ...(process.env['NO_COLOR'] === undefined ? {} : { color: false }),
        }).start()
      : null;
  let lastLine = performance.now();
  let lastTenth = 0;
  if (spinner === null) stream.write(`running ${total} cells on ${threads} ${threads === 1 ? 'thread' : 'threads'}\n`);
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
    stop() {
      spinner?.stop();
      const seconds = (performance.now() - start) / 1e3;
      const failed = failures === 0 ? '' : `, ${failures} failed`;
      stream.write(`${done} of ${total} cells in ${duration(seconds)}${failed}\n`);
    },
  };
}
