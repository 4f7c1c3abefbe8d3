/** Names in Redis. Everything begins with the root, and everything of a run with the root and the run's key. */
import { UsageError } from '../errors.ts';

export const DEFAULT_ROOT = 'cma-stress';

/** BullMQ's name of the one queue of a run; its keys are `<prefix of the run>:cells:...`. */
export const QUEUE = 'cells';

export interface RunKeys {
  /** What BullMQ puts before its own keys. */
  readonly prefix: string;
  /** String: the plan, as protocol.ts has it. */
  readonly plan: string;
  /** Stream: results that are not in the journal yet. */
  readonly results: string;
  /** String that expires: the run has a living coordinator. */
  readonly coordinator: string;
}

export interface Keys {
  readonly root: string;
  /** Hash of run key to RunInfo. */
  readonly runs: string;
  /** Set of ids of workers. */
  readonly workers: string;
  /** String that expires: WorkerInfo. */
  readonly worker: (id: string) => string;
  /** Channel: the key of a run that has new jobs. */
  readonly wake: string;
  readonly run: (key: string) => RunKeys;
}

/** Keys under `root`. Throws UsageError when it cannot be one. */
export function keysUnder(root: string = DEFAULT_ROOT): Keys {
  if (!/^[\w.-]{1,60}$/.test(root))
    throw new UsageError(`--prefix expects letters, digits, '.', '_' and '-', 60 at most, not '${root}'`);
  return {
    root,
    runs: `${root}:runs`,
    workers: `${root}:workers`,
    worker: (id) => `${root}:worker:${id}`,
    wake: `${root}:wake`,
    run: (key) => {
      const prefix = `${root}:${key}`;
      return { prefix, plan: `${prefix}:plan`, results: `${prefix}:results`, coordinator: `${prefix}:coordinator` };
    },
  };
}
