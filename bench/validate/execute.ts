/** Runs the model for every group on worker threads; order and number of threads leave no trace in what comes out. */
import { createHash } from 'node:crypto';
import { InputError } from '../errors.ts';
import { canonicalJson } from '../plan/canonicalJson.ts';
import { entryModule } from '../plan/packageRoot.ts';
import type { Progress } from '../run/progress.ts';
import { runTasks } from '../run/tasks.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import { reduceRecorded } from './compared.ts';
import type { ComparedGroup } from './compared.ts';
import type { Group } from './groups.ts';
import type { Reduced } from './reduce.ts';
import type { ModelSource } from './source.ts';
import type { ValidationFolder } from './store.ts';
import type { ModelReply, ModelTask } from './worker.ts';

export interface ExecuteOptions {
  /** Modelled runs of each group. */
  readonly seeds: number;
  readonly source: ModelSource;
  readonly threads: number;
  /** s of wall time that a modelled run may take. */
  readonly runLimit: number;
  readonly signal: AbortSignal;
  /** Where finished runs are kept; null: nowhere. */
  readonly folder: ValidationFolder | null;
  /** Module that stands in for the model; null: the model. */
  readonly module: string | null;
  /** Shown while the model runs; asked for only when something has to run. */
  readonly progress: (total: number) => Progress;
}

/** A modelled run that broke down. */
export interface FailedRun {
  readonly group: string;
  readonly seed: number;
  readonly error: { readonly name: string; readonly message: string; readonly stack: string };
}

export interface Executed {
  /** In the order of the groups, runs in the order of their seeds. Groups whose runs are not all done are left out. */
  readonly groups: readonly ComparedGroup[];
  readonly failed: readonly FailedRun[];
  readonly interrupted: boolean;
  readonly done: number;
  readonly total: number;
}

export async function runModels(groups: readonly Group[], options: ExecuteOptions): Promise<Executed> {
  const plan = groups.map((group) => ({ group, tasks: tasksOf(group, options) }));
  const tasks = plan.flatMap((entry) => entry.tasks);
  const results = options.folder?.readRuns() ?? new Map<string, Reduced>();
  const failures = new Map<string, FailedRun>();
  const left = tasks.filter((task) => !results.has(task.id));
  if (left.length > 0) {
    const progress = options.progress(left.length);
    const onDone = (task: ModelTask, reply: ModelReply): void => {
      if (reply.ok) {
        results.set(task.id, reply.reduced);
        options.folder?.append(task.id, reply.reduced);
      } else {
        failures.set(task.id, { group: task.group, seed: task.input.seed, error: reply.error });
        const group = groups.find(({ name }) => name === task.group)!;
        refuseParameters([...failures.values()], group, options);
      }
      progress.step(!reply.ok);
    };
    try {
      await runTasks<ModelTask, ModelReply>(left, {
        worker: entryModule('bench/validate/worker'),
        threads: options.threads,
        signal: options.signal,
        onDone,
        limit: { seconds: options.runLimit, whenOver: () => overLimit(options.runLimit) },
        whenLost: ({ name, message, stack }) => ({
          ok: false,
          error: { name, message: `worker thread: ${message}`, stack: stack ?? '' },
        }),
      });
    } finally {
      progress.stop();
    }
  }
  const isDone = (task: ModelTask): boolean => results.has(task.id) || failures.has(task.id);
  const finished = plan.filter((entry) => entry.tasks.every(isDone));
  const done = tasks.filter(isDone).length;
  return {
    groups: finished.map(({ group, tasks: runs }) => ({
      group,
      recorded: reduceRecorded(group),
      modelled: runs.flatMap((task) => results.get(task.id) ?? []),
    })),
    failed: tasks.flatMap((task) => failures.get(task.id) ?? []),
    interrupted: done < tasks.length,
    done,
    total: tasks.length,
  };
}

/** The run was ended: a loop without end, or a machine too slow for it. */
function overLimit(seconds: number): ModelReply {
  const message = `ended after ${seconds} s of wall time (--run-limit)`;
  return { ok: false, error: { name: 'TimeoutError', message, stack: '' } };
}

/**
 * The model complains of parameters with a RangeError, and then every run of the group does: they are bad input.
 * Throws InputError.
 */
function refuseParameters(failures: readonly FailedRun[], group: Group, { seeds, source }: ExecuteOptions): void {
  const ofGroup = failures.filter((run) => run.group === group.name && run.error.name === 'RangeError');
  if (ofGroup.length < seeds) return;
  const message = `the recorded program cannot be run with these: ${ofGroup[0].error.message}`;
  throw new InputError([{ ...source.placeOf(group), line: null, column: null, message }]);
}

function tasksOf(group: Group, { seeds, source, module }: ExecuteOptions): ModelTask[] {
  const pattern = group.recordings[0].record;
  const { name } = pattern;
  return source.runsOf(group, seeds).map((input) => {
    const identity = canonicalJson({ tool: TOOL_VERSION, model: MODEL_HASH, module, pattern: name, input });
    const id = createHash('sha256').update(identity).digest('hex').slice(0, 16);
    return { id, group: group.name, input, pattern, module };
  });
}
