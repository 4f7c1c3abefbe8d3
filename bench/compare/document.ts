/** The one JSON document of `cma-stress compare --json`, schema `cma-stress/compare/1`. */
import type { Crossing } from '../run/threshold.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import type { Warning } from '../stats/warnings.ts';
import type { Comparison, Row } from './compare.ts';
import type { Difference } from './differences.ts';

/** One side on one workload. */
export interface CompareRow extends Omit<SummaryEntry, 'workload' | 'strategy'> {
  readonly workload: string;
  /** null: the sides are strategies, or workloads under different ones. */
  readonly strategy: string | null;
  /** Name of the side. */
  readonly side: string;
  readonly p99Change: number | null;
  readonly cpuShare: number;
  readonly savedBytes: number;
}

/** What `cma-stress compare --json` prints. */
export interface CompareDocument {
  readonly schema: 'cma-stress/compare/1';
  readonly tool: string;
  readonly model: string;
  /** What the sides differ in: its value for each of them, in their order; null when they do not, or below the name. */
  readonly factor: { readonly name: string | null; readonly values: readonly string[] | null };
  /** Differences that `--force` let pass. */
  readonly further: readonly Difference[];
  /** The baseline first. */
  readonly runs: readonly {
    readonly name: string;
    readonly run: string;
    readonly strategies: readonly string[];
    readonly tool: string;
    readonly model: string;
    readonly digest: string;
  }[];
  readonly rows: readonly CompareRow[];
  readonly warnings: readonly Warning[];
  readonly crossings: readonly Crossing[];
}

export function compareDocument({ sides, factor, rows, warnings, crossed }: Comparison): CompareDocument {
  return {
    schema: 'cma-stress/compare/1',
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    factor: { name: factor.name, values: factor.values },
    further: factor.further,
    runs: sides.map(({ name, path, strategies, manifest }) => ({
      name,
      run: path,
      strategies,
      tool: manifest.tool,
      model: manifest.model,
      digest: manifest.digest!,
    })),
    rows: rows.map(rowDocument),
    warnings,
    crossings: crossed,
  };
}

function rowDocument({ group, entry, p99Change, cpuShare, savedBytes }: Row): CompareRow {
  const { workload, strategy } = group;
  return { ...entry, workload, strategy, side: entry.strategy, p99Change, cpuShare, savedBytes };
}
