/** The one JSON document of `cma-stress run --json`, schema `cma-stress/run/1`. */
import type { PluginId } from '../plugin/types.ts';
import type { ClaimCheck } from '../stats/claims.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import type { Warning } from '../stats/warnings.ts';
import type { CellDocument, FailedCell } from './cell.ts';
import { documentOf } from './cell.ts';
import type { StoredRun } from './readRun.ts';
import type { UntilCiReport } from './rounds.ts';
import type { Crossing } from './threshold.ts';

/** What `cma-stress run --json` prints: docs/reference/results.md. */
export interface RunDocument {
  readonly schema: 'cma-stress/run/1';
  readonly tool: string;
  readonly model: string;
  /** The run's folder; null for one that the library kept in memory. */
  readonly run: string | null;
  readonly command: string;
  readonly reproduce: string;
  readonly digest: string;
  /** Absent without plug-ins. */
  readonly plugins?: readonly (PluginId & { readonly file: string })[];
  /** `wallSeconds` is information only: it is not part of the digest. */
  readonly cells: readonly (CellDocument & { readonly wallSeconds: number })[];
  readonly failedCells: readonly FailedCell[];
  readonly summary: readonly SummaryEntry[];
  readonly warnings: readonly Warning[];
  /** What the strategies claim, and whether it held. */
  readonly claims: readonly ClaimCheck[];
  /** How far `--until-ci` came; null without it. */
  readonly untilCi: UntilCiReport | null;
  readonly crossings: readonly Crossing[];
}

/** A finished run, in a folder or not. */
export type DocumentedRun = Omit<StoredRun, 'path'> & { readonly path: string | null };

/**
 * The document in pieces, a cell a piece: the whole of a long run would not fit into a text. `timings`: wall seconds by
 * id.
 */
export function* runDocument(run: DocumentedRun, timings: ReadonlyMap<string, number>): Generator<string> {
  const { manifest, path, digest, failed, summary, warnings, claims, untilCi, crossed } = run;
  const head: Partial<RunDocument> = {
    schema: 'cma-stress/run/1',
    tool: manifest.tool,
    model: manifest.model,
    run: path,
    command: manifest.command,
    reproduce: manifest.reproduce,
    digest,
    ...(manifest.plugins === undefined
      ? {}
      : { plugins: manifest.plugins.map(({ name, file, hash }) => ({ name, file, hash })) }),
  };
  const tail: Partial<RunDocument> = { failedCells: failed, summary, warnings, claims, untilCi, crossings: crossed };
  yield `${JSON.stringify(head).slice(0, -1)},"cells":[`;
  let separator = '';
  for (const record of run.records) {
    yield `${separator}${JSON.stringify({ ...documentOf(record), wallSeconds: timings.get(record.id) ?? 0 })}`;
    separator = ',';
  }
  yield `],${JSON.stringify(tail).slice(1)}\n`;
}
