/** The events that something is derived from, by what they tell. docs/reference/import-traces.md describes them. */

const UNDERSTOOD = {
  sched_process_fork: 'fork',
  task_newtask: 'newtask',
  sched_process_exec: 'exec',
  task_rename: 'rename',
  sched_process_exit: 'exit',
  sched_process_free: 'free',
  cma_alloc: 'cma',
  cma_alloc_start: 'cmaStart',
  cma_alloc_finish: 'cmaFinish',
  cma_alloc_info: 'cmaInfo',
  cma_alloc_busy_retry: 'retry',
  dma_alloc_contiguous_retry: 'msmRetry',
  cma_release: 'release',
  ion_alloc_buffer_start: 'ionStart',
  ion_alloc_buffer_end: 'ionEnd',
  ion_alloc_buffer_fail: 'ionFail',
  oom_score_adj_update: 'adj',
  mark_victim: 'oomKill',
  lowmemory_kill: 'lowmemoryKill',
  tracing_mark_write: 'mark',
  print: 'mark',
} as const;

/** cma: the one event of kernels that have no start and finish. */
export type EventKind = (typeof UNDERSTOOD)[keyof typeof UNDERSTOOD];

/** The kind of an event by its name; null for one that is only counted. */
export function kindOf(name: string): EventKind | null {
  return Object.hasOwn(UNDERSTOOD, name) ? UNDERSTOOD[name as keyof typeof UNDERSTOOD] : null;
}
