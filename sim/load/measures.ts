/** What the load counts while it runs; reset when measuring begins. Times in ns. */
import type { CmaAttempt } from '../observations.ts';
import { ACCESS } from '../process/faults.ts';
import { Series } from '../series.ts';

export class Measures {
  /** Start of the measured time. */
  since = 0;
  attempts: CmaAttempt[] = [];
  /** Latencies, waits included. */
  fork = new Series();
  cowFault = new Series();
  forks = 0;
  exits = 0;
  lmkKills = 0;
  cowFaults = 0;
  anonFaults = 0;
  writes = 0;
  /** Events of a replay that could not happen: their process was gone. */
  missedEvents = 0;

  reset(now: number): void {
    this.since = now;
    this.attempts = [];
    this.fork = new Series();
    this.cowFault = new Series();
    this.forks = 0;
    this.exits = 0;
    this.lmkKills = 0;
    this.cowFaults = 0;
    this.anonFaults = 0;
    this.writes = 0;
    this.missedEvents = 0;
  }

  /** A fork that took `latency`. */
  forked(latency: number): void {
    this.forks++;
    this.fork.push(latency);
  }

  /** A write that took `latency` and was one of ACCESS. */
  wrote(access: number, latency: number): void {
    this.writes++;
    if (access === ACCESS.plain || access === ACCESS.reuse) return;
    if (access === ACCESS.cow) {
      this.cowFaults++;
      this.cowFault.push(latency);
    } else {
      this.anonFaults++;
    }
  }
}
