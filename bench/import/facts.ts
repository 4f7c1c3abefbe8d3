/**
 * What was read from the inputs of an import, before anything is derived: plain data, each number with the place it
 * was read from.
 */
import type { Recording } from '../validate/recording.ts';
import type { TraceFacts } from './traceFacts.ts';

/** Where something was read. */
export interface ReadPlace {
  /** The path as given; inside an archive `capture.tar.gz:proc/meminfo`. */
  readonly file: string;
  /** From 1; null: the file as a whole. */
  readonly line: number | null;
}

/** `file:line`. */
export function placeText({ file, line }: ReadPlace): string {
  return line === null ? file : `${file}:${line}`;
}

/** One number of a capture. Its unit is that of the file it stood in: kB in meminfo, pages in vmstat. */
export interface Reading {
  readonly value: number;
  readonly place: ReadPlace;
  /** What the file calls it: `MemTotal`, `pages_sharing`. */
  readonly field: string;
}

/** The numbers of one file, or of one directory of small files, by name. */
export type Table = Map<string, Reading>;

/** One mapping of smaps or maps. Sizes in kB; null where the file does not say (maps says sizes only). */
export interface Mapping {
  /** First address, hex without leading zeros: with `name`, what tells a mapping that a fork copied. */
  readonly start: string;
  readonly perms: string;
  /** Path, `[heap]`, `[anon:...]`, or '' for none. */
  readonly name: string;
  readonly line: number;
  readonly size: number;
  readonly rss: number | null;
  readonly pss: number | null;
  /** Private_Clean + Private_Dirty. */
  readonly priv: number | null;
  readonly anonymous: number | null;
  readonly swap: number | null;
  /** VmFlags; null: the kernel does not print them. */
  readonly flags: string | null;
}

export interface ProcessFacts {
  readonly pid: number | null;
  /** Where it was met first. */
  readonly place: ReadPlace;
  /** The most telling name known; null: none. As the file has it, so never print it unquoted. */
  name: string | null;
  /** How telling `name` is: a later, better one replaces it. */
  nameRank: number;
  parent: Reading | null;
  oomScoreAdj: Reading | null;
  /** dumpsys meminfo's class of it: `Cached`, `Native`; null: not said. */
  oomLabel: string | null;
  /** kB, by the names of smaps_rollup: Vss, Rss, Pss, Uss, Anonymous, Swap; `Uss` is Private_Clean + Private_Dirty. */
  readonly totals: Table;
  /** kB of private dirty memory by dumpsys category (`Native Heap`, `.so mmap`). */
  readonly categories: Table;
  readonly mappings: Mapping[];
  /** The file that `mappings` came from: smaps rather than maps. */
  mappingsFile: string | null;
}

/** One CMA area of debugfs, sysfs, dmesg or the kernel's command line. */
export interface AreaFacts {
  readonly name: string;
  /** First frame; of debugfs. */
  basePfn: Reading | null;
  /** Pages. */
  count: Reading | null;
  /** Counters of sysfs. */
  readonly counters: Table;
}

export interface ZoneFacts {
  readonly name: string;
  /** spanned, present, managed, cma, min, start_pfn: pages. */
  readonly values: Table;
}

/** What belongs to one moment: the files of one directory of a capture. */
export interface Snapshot {
  /** What messages call it: the directory, or '' for files that were given one by one. */
  readonly label: string;
  readonly meminfo: Table;
  readonly vmstat: Table;
  /** /sys/kernel/mm/ksm. */
  readonly ksm: Table;
  readonly zones: ZoneFacts[];
  /** /proc/pagetypeinfo: pageblocks by migratetype, `CMA`; `Pages per block`. */
  readonly pageblocks: Table;
  readonly areas: AreaFacts[];
  /**
   * Single numbers: uptime (s), min_free_kbytes, extra_free_kbytes, cpus, hz, and dumpsys' and dmesg's own totals (kB).
   */
  readonly system: Table;
  /** Of lowmemorykiller, in order: oom_adj or oom_score_adj, and pages. */
  readonly lowmemorykiller: { adj: readonly Reading[]; minfree: readonly Reading[] };
  readonly processes: ProcessFacts[];
}

/** One text that is no number. */
interface TextReading {
  readonly text: string;
  readonly place: ReadPlace;
}

/** A failed allocation as dmesg has it. */
interface BusyRange extends ReadPlace {
  readonly start: number;
  readonly end: number;
}

/** Everything that was read. Importers add to it; derivation only reads it. */
export interface Facts {
  /** Every file read, with what it was taken for. */
  readonly inputs: { readonly path: string; readonly kind: string }[];
  /** What could not be read or was left out, one sentence each. */
  readonly partial: string[];
  /** In the order of the inputs. */
  readonly snapshots: Snapshot[];
  readonly traces: TraceFacts[];
  /** Runs of the test program: each says everything itself. */
  readonly recordings: Recording[];
  /** The kernel's command line, /proc/version, and properties of Android by name. */
  commandLine: TextReading | null;
  version: TextReading | null;
  readonly properties: Map<string, TextReading>;
  /** `alloc_contig_range: [x, y) PFNs busy` of dmesg. */
  readonly busy: { count: number; readonly first: BusyRange[] };
}

export function noFacts(): Facts {
  return {
    inputs: [],
    partial: [],
    snapshots: [],
    traces: [],
    recordings: [],
    commandLine: null,
    version: null,
    properties: new Map(),
    busy: { count: 0, first: [] },
  };
}

export function noSnapshot(label: string): Snapshot {
  return {
    label,
    meminfo: new Map(),
    vmstat: new Map(),
    ksm: new Map(),
    zones: [],
    pageblocks: new Map(),
    areas: [],
    system: new Map(),
    lowmemorykiller: { adj: [], minfree: [] },
    processes: [],
  };
}
