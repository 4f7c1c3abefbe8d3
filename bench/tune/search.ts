/**
 * The search for good settings within a budget.
 *
 * 1. Settings in use and samples that fill the space get a few seeds each, and half of them twice as many, and so on:
 *    successive halving (Jamieson and Talwalkar, AISTATS 2016), with seeds for the resource and, for several
 *    objectives, the ranks of NSGA-II as in the multi-objective form of Schmucker et al. (arXiv 2106.12639). What is
 *    ranked are estimates that borrow from near settings (smooth.ts) where few seeds do not tell.
 * 2. Around the best of them, steps along each axis, halved from round to round: each round is halved in the same way.
 *    No shape is assumed: what is far from the best so far has been sampled too, and comes back if it ranks well.
 * 3. What ranks best, the setting in use and the published ones are run again on seeds that the search has not seen, so
 *    that the figures printed are not those that made a setting look good.
 *
 * All settings have the same seeds. What comes next depends on results alone, never on time.
 */
import { sum } from '../stats/sums.ts';
import type { Evaluator, Seeds } from './evaluator.ts';
import { areNoisy, judgeValues, valuesOf } from './goal.ts';
import type { Goal } from './goal.ts';
import { ranked } from './pareto.ts';
import type { Judged } from './pareto.ts';
import { scoreOf } from './score.ts';
import { smoothed } from './smooth.ts';
import type { Sample } from './smooth.ts';
import { keyOf } from './setting.ts';
import type { Setting } from './setting.ts';
import { grid, neighbours, samples, settingAt } from './space.ts';
import type { Position, Space } from './space.ts';

/** A setting under test and where it lies. */
export interface Candidate {
  readonly setting: Setting;
  readonly position: Position;
}

export interface SearchOptions {
  readonly space: Space;
  readonly goal: Goal;
  /** As the workloads have it: judged in the first place, to know what a cell takes. */
  readonly present: Candidate;
  /** Published settings. */
  readonly references: readonly Candidate[];
  /** s of the reference machine. */
  readonly budget: number;
  readonly firstSeed: number;
  /** Of the sampling. */
  readonly seed: number;
  /** Values on each axis of a full grid; null: search. */
  readonly grid: number | null;
  /** Told when something new is known. */
  readonly told: (stage: string, best: Candidate) => void;
}

export interface Searched {
  /** Everything that was tried, in order. */
  readonly tried: readonly Candidate[];
  /** What was run on fresh seeds, best first; `seeds`: those. */
  readonly finalists: readonly Candidate[];
  readonly seeds: Seeds;
}

/** Shares of the budget: the first two steps, the rest is for the third. */
const SAMPLING_SHARE = 0.3;
const REFINING_SHARE = 0.15;
/** Seeds of the first rung: one says next to nothing about rare failures. */
const LEAST_SEEDS = 2;
const RUNGS = 3;
const LEAST_SAMPLES = 8;
const MOST_SAMPLES = 128;
/** With a larger budget than the most samples use up, each gets more seeds. */
const MOST_FIRST_SEEDS = 16;
/** Assumption: a quarter of an axis. */
const APART = 0.25;
/** How many of the best are looked around, and the first step, as a share of an axis. */
const CENTRES = 2;
const FIRST_STEP = 0.12;
const ROUNDS = 3;
const MOST_FINALISTS = 4;
/** One of them keeps so much of what the present setting saves, where one does: not everybody can do without. */
export const KEPT_SHARE = 0.9;
const LEAST_FINAL_SEEDS = 4;
const MOST_FINAL_SEEDS = 500;
/** Fresh seeds begin so far behind the first: beyond all that the search uses. */
const FRESH = 1000;

export async function search(evaluator: Evaluator, options: SearchOptions): Promise<Searched> {
  const race = new Race(evaluator, options);
  const cell = await race.costOfPresent();
  const sampled = options.budget * SAMPLING_SHARE;
  if (options.grid !== null) await race.grid(options.grid);
  else {
    await race.sample(sampled, cell);
    await race.refine(sampled + options.budget * REFINING_SHARE);
  }
  return race.verify(options.budget);
}

class Race {
  readonly #evaluator: Evaluator;
  readonly #options: SearchOptions;
  readonly #tried = new Map<string, Candidate>();
  readonly #samples = new Map<string, Sample>();
  #firstRung = LEAST_SEEDS;

  constructor(evaluator: Evaluator, options: SearchOptions) {
    this.#evaluator = evaluator;
    this.#options = options;
  }

  /** What one seed of a setting takes, s. */
  costOfPresent(): Promise<number> {
    const { present, firstSeed } = this.#options;
    this.#tried.set(keyOf(present.setting), present);
    return this.#evaluator.runPresent(present.setting, firstSeed);
  }

  /** Samples, halved rung by rung, for about `seconds`; one seed of a setting takes about `cell` s. */
  async sample(seconds: number, cell: number): Promise<void> {
    const { space, seed, present, references } = this.#options;
    // Every rung runs half the settings on twice the seeds, of which half are there already.
    const perSetting = (seeds: number): number => cell * seeds * (1 + (RUNGS - 1) / 2);
    let seeds = LEAST_SEEDS;
    while (seeds < MOST_FIRST_SEEDS && seconds / perSetting(2 * seeds) > MOST_SAMPLES) seeds *= 2;
    this.#firstRung = seeds;
    const count = Math.min(MOST_SAMPLES, Math.max(LEAST_SAMPLES, Math.floor(seconds / perSetting(seeds))));
    const known = [present, ...references];
    const fresh = samples(space, Math.max(LEAST_SAMPLES, count - known.length), seed);
    await this.#halve('sampling', [...known, ...fresh.map((position) => this.#candidate(position))]);
  }

  /** Looks around the best until `until` s are spent. */
  async refine(until: number): Promise<void> {
    const { space } = this.#options;
    let step = FIRST_STEP;
    for (let round = 0; round < ROUNDS && this.#evaluator.spent < until; round++, step /= 2) {
      const centres = apart(this.#best(), CENTRES);
      const around = centres.flatMap(({ position }) => neighbours(space, position, step));
      const fresh = around.map((position) => this.#candidate(position)).filter((one) => !this.#isTried(one));
      if (fresh.length === 0) continue;
      await this.#halve('refining', [...centres, ...fresh]);
    }
  }

  async grid(size: number): Promise<void> {
    const { space, present, references } = this.#options;
    const all = unique([present, ...references, ...grid(space, size).map((position) => this.#candidate(position))]);
    await this.#rung('grid', all, LEAST_SEEDS);
  }

  /** The best, the present setting and the published ones on fresh seeds, as many as the budget allows. */
  async verify(budget: number): Promise<Searched> {
    const { present, references, firstSeed } = this.#options;
    const best = this.#best();
    const chosen = [...apart(best, MOST_FINALISTS), ...this.#keeping(best), present, ...references];
    const finalists = unique(chosen).filter(({ setting }) => !this.#evaluator.hasFailed(setting));
    const first = firstSeed + FRESH;
    const seeds = await this.#freshSeeds(finalists, first, budget);
    return { tried: [...this.#tried.values()], finalists, seeds };
  }

  async #freshSeeds(finalists: readonly Candidate[], first: number, budget: number): Promise<Seeds> {
    const before = this.#evaluator.spent;
    await this.#run(finalists, LEAST_FINAL_SEEDS, first);
    const each = (this.#evaluator.spent - before) / LEAST_FINAL_SEEDS;
    const more = Math.floor((budget - this.#evaluator.spent) / Math.max(each, 1e-9));
    const count = Math.min(MOST_FINAL_SEEDS, LEAST_FINAL_SEEDS + Math.max(0, more));
    // Step by step, so that there is something to tell on the way.
    for (let done = LEAST_FINAL_SEEDS; done < count;) {
      done = Math.min(count, done + LEAST_FINAL_SEEDS);
      await this.#run(finalists, done, first);
      this.#tell(`fresh seeds ${done} of ${count}`, finalists);
    }
    return { first, count };
  }

  /** The best of them that keeps KEPT_SHARE of what the present setting saves, if one does. */
  #keeping(candidates: readonly Candidate[]): Candidate[] {
    const saved = ({ setting }: Candidate): number => scoreOf(this.#evaluator.of(setting)).savedBytes;
    const least = KEPT_SHARE * saved(this.#options.present);
    return candidates.filter((one) => saved(one) >= least).slice(0, 1);
  }

  async #halve(stage: string, candidates: readonly Candidate[]): Promise<void> {
    let left = unique(candidates);
    for (let rung = 1, seeds = this.#firstRung; ; rung++, seeds *= 2) {
      await this.#rung(stage, left, seeds);
      if (rung === RUNGS) return;
      const order = this.#ranked(left);
      left = order.slice(0, Math.ceil(order.length / 2));
    }
  }

  async #rung(stage: string, candidates: readonly Candidate[], seeds: number): Promise<void> {
    for (const one of candidates) if (!this.#isTried(one)) this.#tried.set(keyOf(one.setting), one);
    await this.#run(candidates, seeds);
    this.#tell(`${stage}, ${candidates.length} settings on ${seeds} seeds`, candidates);
  }

  #run(candidates: readonly Candidate[], count: number, first = this.#options.firstSeed): Promise<void> {
    return this.#evaluator.run(candidates.map(({ setting }) => ({ setting, seeds: { first, count } })));
  }

  #tell(stage: string, candidates: readonly Candidate[]): void {
    const best = this.#ranked(candidates).at(0);
    if (best !== undefined) this.#options.told(stage, best);
  }

  #candidate(position: Position): Candidate {
    const { space } = this.#options;
    return { position, setting: settingAt(space, position) };
  }

  #isTried({ setting }: Candidate): boolean {
    return this.#tried.has(keyOf(setting));
  }

  /** All that was tried, best first. */
  #best(): Candidate[] {
    return this.#ranked([...this.#tried.values()]);
  }

  /** Those with results, best first, each with the help of all that was tried. Of equals the one tried first. */
  #ranked(candidates: readonly Candidate[]): Candidate[] {
    const { goal } = this.#options;
    const samples = [...this.#tried.values()].flatMap((one) => this.#sampleOf(one));
    const isNoisy = areNoisy(goal);
    const judged = candidates.flatMap((candidate): (Candidate & Judged)[] =>
      this.#sampleOf(candidate).map(({ values }) => {
        const near = smoothed(samples, candidate.position);
        return {
          ...candidate,
          ...judgeValues(
            goal,
            values.map((own, at) => (isNoisy[at] ? near[at] : own)),
          ),
        };
      }),
    );
    return ranked(judged).map(({ setting, position }) => ({ setting, position }));
  }

  /** What it came to on the seeds of the search; none where it failed. */
  #sampleOf({ setting, position }: Candidate): Sample[] {
    const { goal, firstSeed } = this.#options;
    const cells = this.#evaluator.of(setting, { first: firstSeed, count: FRESH });
    if (cells.length === 0) return [];
    const key = `${keyOf(setting)} ${cells.length}`;
    const known = this.#samples.get(key);
    if (known !== undefined) return [known];
    const weight = sum(cells, ({ cma }) => cma.attempts);
    const sample: Sample = { position, weight, values: valuesOf(goal, cells) };
    this.#samples.set(key, sample);
    return [sample];
  }
}

/**
 * The first `count` that do not crowd each other, as in clearing (Petrowski, IEEE Int. Conf. Evol. Comp. 1996): few
 * seeds can be kind to a whole region, so what is looked at closely must not all lie in one.
 */
function apart(order: readonly Candidate[], count: number): Candidate[] {
  const chosen: Candidate[] = [];
  for (const one of order) {
    const isCrowded = chosen.some(
      ({ position }) => Math.hypot(...position.map((value, i) => value - one.position[i])) < APART,
    );
    if (!isCrowded && chosen.length < count) chosen.push(one);
  }
  return chosen;
}

function unique(candidates: readonly Candidate[]): Candidate[] {
  return [...new Map(candidates.map((one) => [keyOf(one.setting), one])).values()];
}
