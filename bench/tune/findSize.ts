/** `size`: a search for a size from its question to its results. */
import { cmaParameter } from './apply.ts';
import { megabytes } from './areas.ts';
import type { SizeQuestion, SizeSearch } from './askSize.ts';
import type { Evaluator } from './evaluator.ts';
import { scoreText } from './score.ts';
import type { Tell } from './session.ts';
import { searchSize } from './size.ts';
import type { Sized } from './size.ts';

export interface FoundSize {
  readonly question: SizeQuestion;
  readonly sized: Sized;
  /** Sizes that could not be run, as a workload file has them, and why. */
  readonly problems: readonly { readonly size: string; readonly message: string }[];
  readonly cells: number;
  /** s of the reference machine. */
  readonly spent: number;
  /** For the kernel's command line. */
  readonly apply: readonly string[];
}

/** Searches. Throws Interrupted and CannotRun. */
export async function findSize({ question }: SizeSearch, evaluator: Evaluator, tell: Tell): Promise<FoundSize> {
  const { area, strategy, success, budget, seed } = question;
  const sized = await searchSize(evaluator, {
    area,
    strategy,
    success,
    budget,
    firstSeed: seed,
    told: (stage, pages, score) => tell(stage, `${megabytes(pages)}: ${scoreText(score)}`),
  });
  return {
    question,
    sized,
    problems: [...evaluator.problems.values()].map(({ setting, error }) => ({
      size: String(setting.values[area.path]),
      message: error.message,
    })),
    cells: evaluator.cells,
    spent: evaluator.spent,
    apply: [cmaParameter(megabytes(sized.nearest.pages))],
  };
}
