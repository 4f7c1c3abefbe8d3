/**
 * What a trace of kernel events tells, whatever form it came in: plain data between the parsers of traces and what is
 * derived from them.
 *
 * Times `t` are seconds since the first event of the trace, in the order of time; `line` is the line of the file (1 is
 * the first), or the number of the record in a form without lines. A pid is that of the process (the thread group)
 * where the trace says to which one a thread belongs, else that of the thread.
 */

/** Kernel threads, which kthreadd forks, are left out. */
export interface Fork {
  readonly t: number;
  readonly line: number;
  readonly pid: number;
  readonly comm: string;
  readonly childPid: number;
  readonly childComm: string;
  /** Whether the child is a thread of its parent (CLONE_THREAD); null: the trace does not say. */
  readonly thread: boolean | null;
}

/** A process replaced its memory (sched_process_exec), or only its name (task_rename, task_newtask's comm). */
export interface Exec {
  readonly t: number;
  readonly line: number;
  readonly pid: number;
  /** Base name of the file, or the new comm. */
  readonly name: string;
}

/** A process ended (sched_process_exit); of a thread only where the trace does not say that it is one. */
export interface Exit {
  readonly t: number;
  readonly line: number;
  readonly pid: number;
  readonly comm: string;
}

/** lowmemorykiller, lmkd or the OOM killer took a process. */
export interface Kill {
  readonly t: number;
  readonly line: number;
  readonly pid: number;
  readonly by: 'lowmemorykiller' | 'oom';
}

/** One request for contiguous memory. Whatever the trace does not say is null. */
export interface CmaRequest {
  readonly t: number;
  readonly line: number;
  /** s. */
  readonly latency: number | null;
  readonly pid: number;
  readonly comm: string;
  readonly area: string | null;
  readonly pages: number;
  readonly alignOrder: number | null;
  /** null: it was still under way when the trace ended. */
  readonly ok: boolean | null;
  /** A positive errno, 0 for success. */
  readonly errno: number | null;
  /** First frame of what was given. */
  readonly pfn: number | null;
  readonly busyRetries: number | null;
  /** s until it was freed (cma_release of the same frames); null: not seen. */
  readonly held: number | null;
  /** `ion`: told by ion_alloc_buffer_*, which has no area of CMA but a heap. */
  readonly via: 'cma' | 'ion';
}

/** /proc/PID/oom_score_adj was written. */
interface OomScoreAdj {
  readonly t: number;
  readonly line: number;
  readonly pid: number;
  readonly comm: string;
  readonly adj: number;
}

/** A process that was there already, as a list of processes in the trace has it. */
interface ListedProcess {
  readonly pid: number;
  readonly parent: number | null;
  readonly name: string;
}

export interface TraceFacts {
  /** Where it was read: the path as given. */
  readonly file: string;
  readonly form: 'ftrace' | 'chrome-json' | 'perfetto';
  /** Time of the first event on the trace's own clock, s. */
  readonly startedAt: number;
  /** From the first event to the last, or to where a limit was reached, s. */
  readonly seconds: number;
  /** Where measuring began, in a trace that `cma-stress trace` wrote; null in others. */
  readonly measuredFrom: number | null;
  /** CPUs that wrote events; 0 where the form does not tell. */
  readonly cpus: number;
  readonly processes: readonly ListedProcess[];
  readonly forks: readonly Fork[];
  readonly execs: readonly Exec[];
  readonly renames: readonly Exec[];
  readonly exits: readonly Exit[];
  readonly kills: readonly Kill[];
  readonly requests: readonly CmaRequest[];
  readonly oomScoreAdj: readonly OomScoreAdj[];
  /** Events by name, also those that nothing is derived from. */
  readonly counts: Readonly<Record<string, number>>;
  /** Events that the kernel says it lost. */
  readonly lost: number;
  /** What could not be read or was left out beyond a limit, as sentences with line numbers. */
  readonly partial: readonly string[];
}
