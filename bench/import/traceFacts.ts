/**
 * What a trace of kernel events tells, whatever form it came in: plain data between the parsers of traces and what is
 * derived from them.
 *
 * Times `t` are seconds since the first event of the trace, in the order of time; `line` is the line of the file (1 is
 * the first), or the number of the record in a form without lines.
 */

export interface Fork {
  readonly t: number;
  readonly line: number;
  readonly pid: number;
  readonly comm: string;
  readonly childPid: number;
}

/** A process replaced its memory (sched_process_exec), or only its name (task_rename, task_newtask's comm). */
export interface Exec {
  readonly t: number;
  readonly line: number;
  readonly pid: number;
  /** Base name of the file, or the new comm. */
  readonly name: string;
}

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
  readonly ok: boolean | null;
  /** A positive errno, 0 for success. */
  readonly errno: number | null;
  /** First frame of what was given. */
  readonly pfn: number | null;
  readonly busyRetries: number | null;
  /** s until it was freed (cma_release of the same frames); null: not seen. */
  readonly held: number | null;
}

export interface TraceFacts {
  /** Where it was read: the path as given. */
  readonly file: string;
  /** From the first event to the last, s. */
  readonly seconds: number;
  readonly forks: readonly Fork[];
  readonly execs: readonly Exec[];
  readonly renames: readonly Exec[];
  readonly exits: readonly Exit[];
  readonly kills: readonly Kill[];
  readonly requests: readonly CmaRequest[];
  /** First MADV_MERGEABLE of an mm (ksm_enter), in the context of that task. */
  readonly ksmEnters: readonly { readonly t: number; readonly pid: number }[];
  /** Pages that migrate_pages moved and did not. */
  readonly migrated: number;
  readonly failedMigrations: number;
  /** Events by name, also those that nothing is derived from. */
  readonly counts: Readonly<Record<string, number>>;
  /** Events that the kernel says it lost. */
  readonly lost: number;
  /** What could not be read or was left out beyond a limit, as sentences with line numbers. */
  readonly partial: readonly string[];
}
