/** `tune`: a search for scan settings from its question to its results. */
import { applyLines } from './apply.ts';
import type { Tuning } from './ask.ts';
import { beatenBy, conclude } from './conclude.ts';
import type { Conclusion } from './conclude.ts';
import type { Evaluator } from './evaluator.ts';
import { REFERENCES } from './references.ts';
import { scoreOf, scoreText } from './score.ts';
import { search } from './search.ts';
import type { Searched } from './search.ts';
import type { Tell } from './session.ts';
import { keyOf, labelOf } from './setting.ts';
import type { Published, Tried, Tuned } from './tuned.ts';

/** Searches. Throws Interrupted and CannotRun. */
export async function tune(tuning: Tuning, evaluator: Evaluator, tell: Tell): Promise<Tuned> {
  const { question, goal, present, references, space } = tuning;
  const { budget, seed, grid, strategy } = question;
  const found = await search(evaluator, {
    space,
    goal,
    present,
    references,
    budget,
    firstSeed: seed,
    seed,
    grid,
    told: (stage, { setting }) =>
      tell(stage, `${labelOf(setting, strategy)}: ${scoreText(scoreOf(evaluator.of(setting)))}`),
  });
  const conclusion = conclude(evaluator, goal, found.finalists, present.setting, found.seeds);
  return {
    question,
    conclusion,
    published: publishedOf(tuning, conclusion),
    tried: triedOf(evaluator, found, seed),
    problems: [...evaluator.problems.values()].map(({ setting, error }) => ({ setting, message: error.message })),
    cells: evaluator.cells,
    spent: evaluator.spent,
    apply: applyLines(conclusion.recommended.setting, strategy),
  };
}

function publishedOf({ references }: Tuning, { finalists, front }: Conclusion): Published[] {
  return REFERENCES.flatMap((reference, i) => {
    const key = keyOf(references[i].setting);
    const finalist = finalists.find(({ setting }) => keyOf(setting) === key);
    return finalist === undefined ? [] : [{ reference, finalist, beatenBy: beatenBy(finalist, front) }];
  });
}

/** As they looked on the seeds of the search. */
function triedOf(evaluator: Evaluator, { tried, finalists, seeds }: Searched, firstSeed: number): Tried[] {
  const isFinalist = new Set(finalists.map(({ setting }) => keyOf(setting)));
  const all = tried.map(({ setting }) => ({
    setting,
    score: scoreOf(evaluator.of(setting, { first: firstSeed, count: seeds.first - firstSeed })),
    isFinalist: isFinalist.has(keyOf(setting)),
  }));
  return all.filter(({ score }) => score.seeds > 0);
}
