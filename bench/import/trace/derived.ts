/** Parts of a workload as they are derived from a trace: plain data, each value with where it comes from. */

/** Place in a file: line, or number of the record in a form without lines. */
interface Source {
  readonly file: string;
  readonly line: number;
}

export interface Derived<Value> {
  readonly value: Value;
  readonly source: Source;
  /** How it comes about, as a comment says it: `40 forks in 18.1 s`. */
  readonly how: string;
  /** Not measured: what the trace says leaves it open. */
  readonly guess: boolean;
}

/** A process, from its birth or from where the trace begins. */
export interface LineageNode {
  /** Name in a plan: `p1042`, or `p1042-2` when the pid was used again. */
  readonly id: string;
  readonly pid: number;
  /** Index of the parent in the lineage; null for one that was there already. */
  readonly parent: number | null;
  /** s; null: it was there already. */
  readonly bornAt: number | null;
  readonly line: number;
  /** s; null: it was alive when the trace ended, as far as the trace says. */
  readonly diedAt: number | null;
  readonly diedLine: number | null;
  readonly killed: boolean;
  /** comm over time: `at` null for what it was called before the trace. */
  readonly names: readonly { readonly at: number | null; readonly name: string }[];
  /** First exec, s, with what was executed. */
  readonly exec: { readonly at: number; readonly line: number; readonly name: string } | null;
  readonly isZygote: boolean;
  /** Forked from a zygote, or from a process that was. */
  readonly fromZygote: boolean;
  /** Processes and threads that it made. */
  readonly forks: number;
  readonly threads: number;
  /**
   * Group of the workload: `app` for those that a zygote forks, else what they execute, or `PARENT-child` by the group
   * of who forks them. All processes of a group are born alike, from one parent group.
   */
  readonly group: string;
  /**
   * The group it was forked into, before any exec; the same as `group` without one, and for one that was there already.
   */
  readonly forkGroup: string;
}

/** Something that keeps starting processes: `spawners.NAME` of a workload. */
export interface DerivedSpawner {
  readonly name: string;
  readonly group: string;
  /** Index in the lineage of the first process that it made. */
  readonly first: number;
  /** comm and pid of the process that forks them. */
  readonly parent: { readonly comm: string; readonly pid: number };
  readonly start: Derived<'fork' | 'exec'>;
  /** 1/s. */
  readonly rate: Derived<number>;
  /** s; null: none of them ended. */
  readonly life: Derived<number | null>;
  readonly lifeKind: Derived<'exponential' | 'fixed'>;
  readonly startup: Derived<number>;
  readonly maxLive: Derived<number>;
  /** 0..1. */
  readonly grandchildren: Derived<number>;
}

export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** How requests ended, to be compared with those of a run. */
export interface Outcomes {
  readonly requests: number;
  readonly ok: number;
  readonly failed: number;
  /** Under way when the trace ended. */
  readonly open: number;
  /** Failures by errno; `unknown` where the kernel's event has none. */
  readonly errors: Readonly<Record<string, number>>;
  /** null: the trace has no such events. */
  readonly busyRetries: number | null;
  readonly latencyUs: Percentiles | null;
}

/** A driver that asks for contiguous memory: `cma_clients.NAME` of a workload. */
export interface DerivedClient {
  readonly name: string;
  /** Name of the area in the trace, made a name of a plan; `default` where the trace has none. */
  readonly area: Derived<string>;
  readonly comm: string;
  readonly rate: Derived<number>;
  readonly periodic: Derived<boolean>;
  readonly sizes: Derived<readonly { readonly pages: number; readonly weight: number }[]>;
  /** null: get_order(size), as dma_alloc_from_contiguous takes it. */
  readonly alignOrder: Derived<number | null>;
  /** s. */
  readonly hold: Derived<number>;
  /** s from the start of the trace. */
  readonly start: Derived<number>;
  readonly outcomes: Outcomes;
}

interface Replayed {
  /** s from the start of the trace, which is the start of measuring. */
  readonly at: number;
  readonly source: Source;
}

/** One line of `events:` in a workload. */
export type ReplayEvent = Replayed &
  /** `node`: index in the lineage of the process that is born. */
  (
    | {
        readonly kind: 'fork';
        readonly group: string;
        readonly from: string | null;
        readonly name: string;
        readonly node: number;
      }
    | { readonly kind: 'exec'; readonly group: string; readonly name: string; readonly node: number }
    /** kill: lowmemorykiller, lmkd or the OOM killer took it. */
    | { readonly kind: 'exit' | 'kill'; readonly name: string }
    | {
        readonly kind: 'cma';
        readonly client: string;
        readonly area: string;
        readonly pages: number;
        readonly alignOrder: number | null;
        /** s; null: to the end, as no release was seen. */
        readonly hold: number | null;
        /** It failed in the trace: as long as others of the client are held. */
        readonly holdIsGuess: boolean;
      }
  );

export interface DerivedTrace {
  readonly file: string;
  readonly seconds: number;
  readonly rates: {
    readonly forks: Derived<number>;
    readonly threads: Derived<number>;
    readonly execs: Derived<number>;
    readonly exits: Derived<number>;
    readonly kills: Derived<number>;
    /** Of the processes born in the trace. */
    readonly mostAlive: Derived<number>;
  };
  /** Zygotes first, then those that fork most. */
  readonly spawners: readonly DerivedSpawner[];
  readonly clients: readonly DerivedClient[];
  readonly outcomes: Outcomes;
  /** Parents stand before their children. */
  readonly lineage: readonly LineageNode[];
  readonly events: readonly ReplayEvent[];
  /** What the trace leaves open or what was left out. */
  readonly notes: readonly string[];
}
