/**
 * What one run of the testbed's program leaves behind: the recorded real kernel and the model write the same, so that
 * both are read by the same code. Names and units are those of the recordings' JSON; only what is compared is listed.
 *
 * Times: `t` and `s` in seconds since the program began, `lat_us` in microseconds of the machine's own clock.
 */

/** One look at the sysfs counters, every 200 ms: the columns of `series_cols`. */
export type TestbedSample = readonly number[];

/** The CMA area by what its frames hold, in frames; `ksm_maps` and `ksm_all` are 0 where they were not counted. */
export interface TestbedOccupancy {
  readonly t: number;
  readonly anon: number;
  readonly ksm: number;
  /** ptes that map the area's KSM pages. */
  readonly ksm_maps: number;
  /** KSM pages in all memory. */
  readonly ksm_all: number;
  readonly buddy: number;
  readonly file: number;
  readonly other: number;
  readonly cma_used: number;
}

/** A walk of the stable tree: its pages, their rmap_items, the ptes that map them, and those the reverse walk finds. */
export interface TestbedCensus {
  readonly t: number;
  readonly nodes: number;
  readonly stale: number;
  readonly pages: number;
  readonly items: number;
  readonly maps: number;
  readonly found: number;
  /** Pages with a pte that the walk misses, and those ptes. */
  readonly pages_missing: number;
  readonly maps_missing: number;
  /** Of them pages without any rmap_item, and their ptes. */
  readonly orphan: number;
  readonly orphan_maps: number;
  /** The same inside the CMA area. */
  readonly cma_pages: number;
  readonly cma_maps: number;
  readonly cma_pages_missing: number;
  readonly cma_maps_missing: number;
  readonly max_mapcount: number;
}

/** One cma_alloc. */
export interface TestbedAttempt {
  readonly t: number;
  /** Pages asked for, and the order of their alignment. */
  readonly size: number;
  readonly align: number;
  /** Pages held by earlier requests. */
  readonly hold: number;
  readonly outcome: 'ok' | 'fail' | 'timeout';
  readonly errno: number;
  readonly lat_us: number;
  /** Ranges that were busy. */
  readonly busy_retry: number;
  /** Calls of migrate_pages, and the sums of what they say: a page that fails counts once per call. */
  readonly mig_calls: number;
  readonly mig_ok: number;
  readonly mig_fail: number;
  readonly iso_fail: number;
  /** Distinct pages that failed, and why. */
  readonly bad_pages: number;
  readonly bad_ksm_unfound: number;
  readonly bad_ksm_null_node: number;
  readonly bad_anon_unfound: number;
  readonly bad_extra_ref: number;
}

/** ptes that the walk misses, by what their process's parent maps at the same address. */
export interface TestbedCauses {
  readonly t: number;
  readonly pages: number;
  readonly orphan_pages: number;
  readonly declared_missing: number;
  readonly classified: number;
  readonly parent_itself: number;
  readonly child_parent_has_other_page: number;
  readonly child_parent_same_page: number;
  readonly child_parent_gone: number;
}

/** /sys/kernel/mm/ksm at one moment. */
export type TestbedSysfs = Readonly<Record<string, number>>;

export interface TestbedRecord {
  readonly name: string;
  /** Every key given to the program. */
  readonly params: Readonly<Record<string, string>>;
  readonly cma: { readonly base_pfn: number; readonly count: number };
  readonly settle: { readonly ok: number; readonly s: number };
  /** When measuring began, s. */
  readonly t_measure: number;
  /** null where the program does not read it. */
  readonly ksm_before: TestbedSysfs | null;
  readonly ksm_after: TestbedSysfs;
  readonly workload: {
    readonly forks: number;
    readonly exits: number;
    readonly fork_fail: number;
    readonly fork_s: number;
    readonly parent_writes: number;
    readonly child_writes: number;
    readonly max_live: number;
  };
  /** Stages with their indexes into census, attempts and occupancy, costs, and other remarks of the scenario. */
  readonly notes: readonly Readonly<Record<string, unknown>>[];
  readonly series_cols: readonly string[];
  readonly series: readonly TestbedSample[];
  readonly occupancy: readonly TestbedOccupancy[];
  readonly census: readonly TestbedCensus[];
  readonly attempts: readonly TestbedAttempt[];
  readonly causes: readonly TestbedCauses[];
  readonly vmstat_delta: Readonly<Record<string, number>>;
}
