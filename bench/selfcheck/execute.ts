/** What all checks need, each run once on worker threads, handed back check by check. */
import { entryModule } from '../plan/packageRoot.ts';
import { runTasks } from '../run/tasks.ts';
import type { Progress } from '../run/progress.ts';
import type { CellResult, Check, Mode, Needs, Results, ScriptResult, ScriptTask } from './check.ts';
import type { Reply, Task, TaskError } from './worker.ts';

export interface ExecuteOptions {
  readonly mode: Mode;
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly progress: (total: number) => Progress;
}

export type Outcome =
  | { readonly kind: 'interrupted' }
  /** Runs that broke down; nothing can be said then. */
  | { readonly kind: 'broken'; readonly errors: readonly TaskError[] }
  | { readonly kind: 'done'; readonly results: ReadonlyMap<Check, Results>; readonly runs: number };

/** Runs what `checks` need. Cells that several of them share are run once. */
export async function execute(checks: readonly Check[], options: ExecuteOptions): Promise<Outcome> {
  const needs = new Map(checks.map((check) => [check, check.needs(options.mode)]));
  const tasks = [...new Map([...needs.values()].flatMap(tasksOf).map((task) => [task.id, task])).values()];
  const done = new Map<string, Reply>();
  const progress = options.progress(tasks.length);
  try {
    await runTasks<Task, Reply>(tasks, {
      worker: entryModule('bench/selfcheck/worker'),
      threads: options.threads,
      signal: options.signal,
      onDone: (task, reply) => {
        done.set(task.id, reply);
        progress.step(!reply.ok);
      },
      whenLost: ({ name, message }) => ({ ok: false, error: { name, message: `worker thread: ${message}` } }),
    });
  } finally {
    progress.stop();
  }
  if (done.size < tasks.length) return { kind: 'interrupted' };
  const errors = [...done.values()].flatMap((reply) => (reply.ok ? [] : [reply.error]));
  if (errors.length > 0) return { kind: 'broken', errors };
  return {
    kind: 'done',
    runs: tasks.length,
    results: new Map([...needs].map(([check, wanted]) => [check, pick(wanted, done)])),
  };
}

function tasksOf({ cells, scripts }: Needs): Task[] {
  return [
    ...[...cells.values()].flat().map((cell) => ({ kind: 'cell', id: cell.id, cell }) as const),
    ...scripts.map((script) => ({ kind: 'script', id: idOf(script), script }) as const),
  ];
}

function idOf({ file, strategy }: ScriptTask): string {
  return `${strategy} ${file}`;
}

function pick({ cells, scripts }: Needs, done: ReadonlyMap<string, Reply>): Results {
  const cellOf = (id: string): CellResult => {
    const reply = done.get(id)!;
    return reply.ok ? reply.cell! : missing(id);
  };
  const scriptsOf = (id: string): readonly ScriptResult[] => {
    const reply = done.get(id)!;
    return reply.ok ? reply.scripts : missing(id);
  };
  return {
    cells: new Map([...cells].map(([name, of]) => [name, of.map(({ id }) => cellOf(id))])),
    scripts: scripts.flatMap((script) => scriptsOf(idOf(script))),
  };
}

function missing(id: string): never {
  throw new Error(`no result of ${id}`);
}
