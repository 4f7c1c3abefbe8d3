/**
 * The planned writes of one process: a Poisson process over all its regions. Times, pages and contents are drawn from
 * the process's own stream in a fixed order and never depend on how long anything took.
 */
import { Stream } from '../clock/random.ts';
import { SECOND } from '../clock/units.ts';
import type { Contents } from './contents.ts';
import type { GroupPlan } from './groupPlan.ts';

export class WritePlan {
  /** The next write: when it is due (ns; Infinity: never), its page and its content. */
  at = NaN;
  vpn = 0;
  content = 0;
  #serial: number;
  readonly #plan: GroupPlan;
  readonly #owner: number;
  readonly #contents: Contents;
  readonly #stream: Stream;
  readonly #meanNs: number;

  /** Writes begin after `from`, ns. `serial`: unique contents that the start used up. */
  constructor(plan: GroupPlan, owner: number, seed: number, contents: Contents, from: number, serial: number) {
    this.#plan = plan;
    this.#owner = owner;
    this.#contents = contents;
    this.#stream = new Stream(seed, `writes ${owner}`);
    this.#serial = serial;
    this.#meanNs = plan.rate > 0 ? SECOND / plan.rate : Infinity;
    this.at = plan.rate > 0 ? from : Infinity;
    if (plan.rate > 0) this.next();
  }

  /** Draws the write after the present one. */
  next(): void {
    const plan = this.#plan;
    const stream = this.#stream;
    this.at += stream.interval(this.#meanNs);
    const target = plan.targets[plan.targets.length === 1 ? 0 : stream.weighted(plan.rates, plan.rate)];
    target.pick(stream);
    this.vpn = target.vpn;
    const pooled = target.mix.later(stream, target.remerge, this.at);
    this.content = pooled ?? this.#contents.unique(this.#owner, this.#serial++);
  }
}
