/** How many ptes were unfindable over time, why, and for how long each. Times in ns of simulated time. */
import type { Clock } from '../clock/clock.ts';
import { noCauses, type Cause } from '../observations.ts';
import { Series } from '../series.ts';

/** Windows of microseconds inside one merge: counted and integrated, but no gap of their own. */
const TRANSIENT: readonly Cause[] = ['B3', 'B3null'];

export class GapStatistics {
  /** Open now, and most at once. */
  open = 0;
  max = 0;
  /** Lengths of the gaps that closed since the last reset, without the transient ones. */
  lengths = new Series();
  openedByCause = noCauses();
  #integral = 0;
  #changedAt = 0;
  #startedAt = 0;
  readonly #clock: Readonly<Clock>;

  constructor(clock: Readonly<Clock>) {
    this.#clock = clock;
  }

  /** Starts measuring with `open` ptes unfindable. */
  reset(open: number): void {
    this.open = open;
    this.max = open;
    this.lengths = new Series();
    this.openedByCause = noCauses();
    this.#integral = 0;
    this.#startedAt = this.#clock.now;
    this.#changedAt = this.#startedAt;
  }

  /** Mean number of unfindable ptes since the reset. */
  mean(): number {
    const { now } = this.#clock;
    if (now === this.#startedAt) return this.open;
    return (this.#integral + this.open * (now - this.#changedAt)) / (now - this.#startedAt);
  }

  /** `since`: when it really opened, if it is noticed only now. */
  opened(cause: Cause, since: number): void {
    this.openedByCause[cause]++;
    this.#integral += this.#clock.now - Math.max(since, this.#startedAt);
    this.#change(1);
    if (this.open > this.max) this.max = this.open;
  }

  /** A transient window that nobody saw opened at `since` and is over. */
  passed(cause: Cause, since: number): void {
    this.openedByCause[cause]++;
    this.#integral += this.#clock.now - Math.max(since, this.#startedAt);
  }

  /** A transient window became a lasting gap. */
  renamed(cause: Cause): void {
    this.openedByCause[cause]++;
  }

  closed(cause: Cause, since: number): void {
    this.#change(-1);
    if (!TRANSIENT.includes(cause)) this.lengths.push(this.#clock.now - since);
  }

  #change(by: number): void {
    const { now } = this.#clock;
    this.#integral += this.open * (now - this.#changedAt);
    this.#changedAt = now;
    this.open += by;
  }
}
