/** A search from its question to its results. */
import { Evaluator, Interrupted } from './evaluator.ts';
import { applyLines } from './apply.ts';
import { beatenBy, conclude } from './conclude.ts';
import type { Tuning } from './open.ts';
import { REFERENCES } from './references.ts';
import { scoreOf } from './score.ts';
import type { Score } from './score.ts';
import { search } from './search.ts';
import type { Candidate } from './search.ts';
import { keyOf } from './setting.ts';
import type { Tuned } from './tuned.ts';

export interface TuneRunOptions {
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly progress: TuneProgress;
}

/** Shown while the search runs. `share`: of the budget that is spent, 0..1 or a little more. */
export interface TuneProgress {
  cell(): void;
  stage(text: string, best: BestSoFar, share: number): void;
}

export interface BestSoFar {
  readonly candidate: Candidate;
  readonly score: Score;
}

export type TuneOutcome =
  | {
      readonly kind: 'done';
      readonly tuned: Tuned;
      readonly failedCells: readonly { readonly name: string; readonly message: string }[];
    }
  | { readonly kind: 'interrupted'; readonly best: BestSoFar | null; readonly cells: number }
  /** The present setting itself does not run. */
  | {
      readonly kind: 'failed';
      readonly error: { readonly name: string; readonly message: string; readonly stack: string };
    };

/** Searches. What an interrupted search has finished is taken from its folder. */
export async function tune(tuning: Tuning, options: TuneRunOptions): Promise<TuneOutcome> {
  const { folder, question, goal, present, references, space, plugins, load } = tuning;
  let best: BestSoFar | null = null;
  const evaluator = new Evaluator({
    load,
    plugins,
    threads: options.threads,
    signal: options.signal,
    known: folder.readCells(),
    keep: (record) => folder.append(record),
    progress: () => options.progress.cell(),
  });
  const told = (stage: string, candidate: Candidate): void => {
    best = { candidate, score: scoreOf(evaluator.of(candidate.setting)) };
    options.progress.stage(stage, best, evaluator.spent / question.budget);
  };
  try {
    const { budget, seed, grid } = question;
    const found = await search(evaluator, {
      space,
      goal,
      present,
      references,
      budget,
      firstSeed: seed,
      seed,
      grid,
      told,
    });
    const failure = evaluator.problems.get(keyOf(present.setting));
    if (failure !== undefined) return { kind: 'failed', error: failure.error };
    const conclusion = conclude(evaluator, goal, found.finalists, present.setting, found.seeds);
    const isFinalist = new Set(found.finalists.map(({ setting }) => keyOf(setting)));
    const problems = [...evaluator.problems.values()];
    const tuned: Tuned = {
      question,
      conclusion,
      published: REFERENCES.flatMap((reference, i) => {
        const key = keyOf(references[i].setting);
        const finalist = conclusion.finalists.find(({ setting }) => keyOf(setting) === key);
        return finalist === undefined ? [] : [{ reference, finalist, beatenBy: beatenBy(finalist, conclusion.front) }];
      }),
      tried: found.tried
        .map(({ setting }) => ({
          setting,
          score: scoreOf(evaluator.of(setting, { first: seed, count: found.seeds.first - seed })),
          isFinalist: isFinalist.has(keyOf(setting)),
        }))
        .filter(({ score }) => score.seeds > 0),
      problems: problems.map(({ setting, error }) => ({ setting, message: error.message })),
      cells: evaluator.cells,
      spent: evaluator.spent,
      apply: applyLines(conclusion.recommended.setting, question.strategy),
    };
    // A setting that cannot be (an area that does not fit) is an answer, a cell that broke is none.
    const isAnswer = ['RangeError', 'UsageError', 'InputError'];
    return {
      kind: 'done',
      tuned,
      failedCells: problems.map(({ error }) => error).filter(({ name }) => !isAnswer.includes(name)),
    };
  } catch (thrown) {
    if (!(thrown instanceof Interrupted)) throw thrown;
    return { kind: 'interrupted', best, cells: evaluator.cells };
  }
}
