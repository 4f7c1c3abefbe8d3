/** The one JSON document of `cma-stress run --json`, schema `cma-stress/run/1`. */
import type { PluginId } from '../plugin/types.ts';
import type { ClaimCheck } from '../stats/claims.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import type { Warning } from '../stats/warnings.ts';
import type { CellDocument, FailedCell } from './cell.ts';
import { documentOf, isFailed } from './cell.ts';
import type { FinishedRun } from './execute.ts';
import type { RunManifest } from './folder.ts';
import type { UntilCiReport } from './rounds.ts';
import type { Crossing } from './threshold.ts';

export interface RunDocument {
  readonly schema: 'cma-stress/run/1';
  readonly tool: string;
  readonly model: string;
  /** The run's folder. */
  readonly run: string;
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

/** Puts the document together. `lines` are in plan order. */
export function runDocument(
  path: string,
  manifest: RunManifest,
  digest: string,
  outcome: Pick<FinishedRun, 'lines' | 'timings' | 'summary' | 'warnings' | 'claims' | 'untilCi' | 'crossed'>,
): RunDocument {
  const { lines, timings, summary, warnings, claims, untilCi, crossed } = outcome;
  return {
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
    cells: lines.flatMap((line) =>
      isFailed(line) ? [] : [{ ...documentOf(line), wallSeconds: timings.get(line.id) ?? 0 }],
    ),
    failedCells: lines.filter(isFailed),
    summary,
    warnings,
    claims,
    untilCi,
    crossings: crossed,
  };
}
