/**
 * One sitting of a search: its cells run, are kept, and it ends with a result, by Ctrl-C, or because nothing can be
 * run.
 */
import type { ResolvedWorkload } from '../plan/types.ts';
import type { Plugin } from '../plugin/index.ts';
import type { CellError } from '../run/cell.ts';
import type { CellLimits } from '../run/limits.ts';
import { CannotRun, Evaluator, Interrupted } from './evaluator.ts';
import type { SearchFolder } from './folder.ts';
import type { Setting } from './setting.ts';

/** What is searched. */
export interface Searchable {
  /** `budget`: s of the reference machine. */
  readonly question: { readonly budget: number };
  readonly plugins: readonly Plugin[];
  readonly load: (setting: Setting) => ResolvedWorkload[];
}

/** Shown while it runs. `share`: of the budget that is spent, 0..1 or a little more. */
export interface SearchProgress {
  cell(): void;
  stage(text: string, best: string, share: number): void;
}

export interface SessionOptions {
  readonly threads: number;
  readonly limits: CellLimits;
  /** Aborting lets running cells end and keeps them. */
  readonly signal: AbortSignal;
  readonly progress: SearchProgress;
}

export type Outcome<T> =
  /** `broken`: errors of cells that are no answer to anything. */
  | { readonly kind: 'done'; readonly result: T; readonly broken: readonly CellError[] }
  /** `best`: so far; null where nothing is known yet. */
  | { readonly kind: 'interrupted'; readonly best: string | null }
  /** The device as it is does not run. */
  | { readonly kind: 'failed'; readonly error: CellError };

/** Tells how far it is: what has just been done, and the best so far. */
export type Tell = (stage: string, best: string) => void;

/** A setting that cannot be (an area that does not fit) is an answer; a cell that broke is none. */
const ANSWERS = ['RangeError', 'UsageError', 'InputError'];

/** Runs `search`. What an interrupted one has finished is taken from its folder. */
export async function runSearch<T>(
  { question, plugins, load }: Searchable,
  folder: SearchFolder,
  { threads, limits, signal, progress }: SessionOptions,
  search: (evaluator: Evaluator, tell: Tell) => Promise<T>,
): Promise<Outcome<T>> {
  let best: string | null = null;
  const evaluator = new Evaluator({
    load,
    plugins,
    threads,
    limits,
    signal,
    known: folder.readCells(),
    keep: (record) => folder.append(record),
    progress: () => progress.cell(),
  });
  const tell: Tell = (stage, now) => {
    best = now;
    progress.stage(stage, now, evaluator.spent / question.budget);
  };
  try {
    const result = await search(evaluator, tell);
    const broken = [...evaluator.problems.values()].map(({ error }) => error);
    return { kind: 'done', result, broken: broken.filter(({ name }) => !ANSWERS.includes(name)) };
  } catch (thrown) {
    if (thrown instanceof Interrupted) return { kind: 'interrupted', best };
    if (thrown instanceof CannotRun) return { kind: 'failed', error: thrown.error };
    throw thrown;
  } finally {
    await evaluator.close();
    await folder.close();
  }
}
