/**
 * The smallest CMA area with which enough requests succeed.
 *
 * A ladder of sizes first, then halving between the largest that fails and the smallest from which on all meet the
 * target, down to one pageblock; all on the same seeds. A larger area need not do better (it begins elsewhere, and
 * takes its frames from the rest), so every size tried counts. What was found is run again on seeds that the search has
 * not seen, with the size below it; where it fails there, the next larger one is taken.
 */
import { failureRate } from '../stats/failureRate.ts';
import { sum } from '../stats/sums.ts';
import { megabytes, BLOCK } from './areas.ts';
import type { AreaSizes } from './areas.ts';
import type { Evaluator, Seeds } from './evaluator.ts';
import { scoreOf, seedCountsOf } from './score.ts';
import type { Score } from './score.ts';
import type { Setting } from './setting.ts';

export interface SizeSearchOptions {
  readonly area: AreaSizes;
  readonly strategy: string;
  /** Share of the requests that shall succeed, below 1 or 1. */
  readonly success: number;
  /** s of the reference machine. */
  readonly budget: number;
  readonly firstSeed: number;
  readonly told: (stage: string, pages: number, score: Score) => void;
}

/** One size on some seeds. */
export interface SizePoint {
  readonly pages: number;
  readonly score: Score;
  /** Share of the requests that succeed, with its 95 % interval. */
  readonly success: { readonly mean: number; readonly low: number; readonly high: number };
  readonly errors: { readonly EBUSY: number; readonly ENOMEM: number };
}

export interface Sized {
  /** By size, on the seeds of the search. */
  readonly tried: readonly SizePoint[];
  /** By size, on fresh seeds: those that were checked. */
  readonly checked: readonly SizePoint[];
  readonly seeds: Seeds;
  /** On fresh seeds; null: none of those tried does. */
  readonly smallest: SizePoint | null;
  /** On fresh seeds: `smallest`, or the one that comes nearest. */
  readonly nearest: SizePoint;
}

const RUNGS = 6;
/** Sizes that are looked at between two rungs, about. */
const HALVINGS = 4;
const SEARCH_SHARE = 0.5;
const LEAST_SEEDS = 2;
const MOST_SEEDS = 400;
const FRESH = 1000;
/** The size found, the one below, and the next ones where it fails. */
const CHECKS = 3;

export async function searchSize(evaluator: Evaluator, options: SizeSearchOptions): Promise<Sized> {
  const { area, budget, firstSeed } = options;
  const sizes = new Sizes(evaluator, options);
  const cell = await evaluator.runPresent(settingOfSize(area, area.now, options.strategy), firstSeed);
  const ladder = rungs(area);
  const each = (share: number, count: number): number =>
    Math.min(MOST_SEEDS, Math.max(LEAST_SEEDS, Math.floor((budget * share) / (cell * count))));
  const seeds: Seeds = { first: firstSeed, count: each(SEARCH_SHARE, ladder.length + HALVINGS) };
  await sizes.run(ladder, seeds);
  const found = await sizes.narrow(seeds);
  const fresh: Seeds = { first: firstSeed + FRESH, count: each(1 - SEARCH_SHARE, CHECKS) };
  const checked = await sizes.check(found ?? sizes.best(seeds), fresh);
  const meeting = checked.filter(({ success }) => success.mean >= options.success);
  const order = [...checked].sort((a, b) => b.success.mean - a.success.mean || a.pages - b.pages);
  return {
    tried: sizes.points(seeds),
    checked,
    seeds: fresh,
    smallest: meeting.at(0) ?? null,
    nearest: meeting.at(0) ?? order[0],
  };
}

/** Sizes at equal ratios from the least to the most, the present one among them. */
function rungs({ least, most, now }: AreaSizes): number[] {
  const ratio = (most / least) ** (1 / (RUNGS - 1));
  const even = Array.from({ length: RUNGS }, (_, i) => Math.round((least * ratio ** i) / BLOCK) * BLOCK);
  return [...new Set([...even, now])].filter((pages) => pages >= least && pages <= most).sort((a, b) => a - b);
}

function settingOfSize({ path }: AreaSizes, pages: number, strategy: string): Setting {
  return { values: { [path]: megabytes(pages) }, strategy };
}

class Sizes {
  readonly #evaluator: Evaluator;
  readonly #options: SizeSearchOptions;
  readonly #sizes = new Set<number>();

  constructor(evaluator: Evaluator, options: SizeSearchOptions) {
    this.#evaluator = evaluator;
    this.#options = options;
  }

  async run(sizes: readonly number[], seeds: Seeds): Promise<void> {
    for (const pages of sizes) this.#sizes.add(pages);
    await this.#evaluator.run(sizes.map((pages) => ({ setting: this.#setting(pages), seeds })));
    for (const pages of sizes) {
      const point = this.points(seeds).find((one) => one.pages === pages);
      if (point !== undefined) this.#options.told(`${megabytes(pages)} on ${seeds.count} seeds`, pages, point.score);
    }
  }

  /** The smallest size found from which on all that were tried meet the target; null: not even the largest does. */
  async narrow(seeds: Seeds): Promise<number | null> {
    for (;;) {
      const points = this.points(seeds);
      const failing = points.findLastIndex((point) => !this.#meets(point));
      if (failing === points.length - 1) return null;
      const smallest = points[failing + 1].pages;
      const below = failing < 0 ? smallest : points[failing].pages;
      const middle = Math.round((below + smallest) / 2 / BLOCK) * BLOCK;
      if (middle <= below || middle >= smallest) return smallest;
      await this.run([middle], seeds);
      if (!this.points(seeds).some(({ pages }) => pages === middle)) return smallest;
    }
  }

  /** With the highest success. */
  best(seeds: Seeds): number {
    return [...this.points(seeds)].sort((a, b) => b.success.mean - a.success.mean || a.pages - b.pages)[0].pages;
  }

  /** Runs `pages` and the size below on fresh seeds; then larger ones until one meets the target. By size. */
  async check(pages: number, seeds: Seeds): Promise<readonly SizePoint[]> {
    const { least, most } = this.#options.area;
    await this.run(
      [pages - BLOCK, pages].filter((size) => size >= least),
      seeds,
    );
    for (let size = pages; size <= most && size < pages + CHECKS * BLOCK; size += BLOCK) {
      await this.run([size], seeds);
      const last = this.points(seeds).at(-1);
      if (last?.pages === size && this.#meets(last)) break;
    }
    return this.points(seeds);
  }

  /** Those with results on all these seeds, by size. */
  points(seeds: Seeds): SizePoint[] {
    const cells = [...this.#sizes]
      .sort((a, b) => a - b)
      .map((pages) => ({ pages, cells: this.#evaluator.of(this.#setting(pages), seeds) }))
      .filter((one) => new Set(one.cells.map(({ seed }) => seed)).size === seeds.count);
    const designEffect = Math.max(1, ...cells.map((one) => failureRate(seedCountsOf(one.cells)).designEffect ?? 1));
    return cells.map(({ pages, cells: own }) => {
      const { mean, low, high } = failureRate(seedCountsOf(own), designEffect);
      return {
        pages,
        score: scoreOf(own),
        success: { mean: 1 - mean, low: 1 - high, high: 1 - low },
        errors: {
          EBUSY: sum(own, ({ cma }) => cma.errors.EBUSY),
          ENOMEM: sum(own, ({ cma }) => cma.errors.ENOMEM),
        },
      };
    });
  }

  #meets({ success }: SizePoint): boolean {
    return success.mean >= this.#options.success;
  }

  #setting(pages: number): Setting {
    return settingOfSize(this.#options.area, pages, this.#options.strategy);
  }
}
