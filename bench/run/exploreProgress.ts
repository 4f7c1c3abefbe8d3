/** Progress of an exploration on stderr: a spinner on a terminal, a plain line now and then anywhere else. */
import { performance } from 'node:perf_hooks';
import { count } from '../report/units.ts';
import { spin } from './progress.ts';

/** Shorter explorations say nothing; off a terminal a line comes this often. */
const QUIET_MS = 2_000;
const PLAIN_INTERVAL_MS = 10_000;

export interface ExploreProgress {
  /** Another exploration begins. */
  begin(what: string): void;
  update(states: number, waiting: number): void;
  /** Ends the display; nothing stays on a terminal. */
  stop(): void;
}

/** `stream` is stderr. */
export function startExploreProgress(stream: NodeJS.WriteStream): ExploreProgress {
  const spinner = spin('exploring', stream);
  let name = '';
  let start = performance.now();
  let lastLine = start;
  return {
    begin(what) {
      name = what;
      start = performance.now();
      if (spinner !== null) spinner.text = what;
    },
    update(states, waiting) {
      const now = performance.now();
      if (now - start < QUIET_MS) return;
      const rate = states / ((now - start) / 1e3);
      const text = `${name}: ${count(states)} states, ${count(waiting)} to go on from, ${count(rate)} states/s`;
      if (spinner !== null) spinner.text = text;
      else if (now - lastLine >= PLAIN_INTERVAL_MS) {
        lastLine = now;
        stream.write(`${text}\n`);
      }
    },
    stop() {
      spinner?.stop();
    },
  };
}
