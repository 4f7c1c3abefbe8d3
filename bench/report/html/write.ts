/** The report that a run leaves in its folder. The results are safe by then, and nothing that goes wrong here touches them. */
import type { RunFolder } from '../../run/folder.ts';
import type { StoredRun } from '../../run/readRun.ts';
import { htmlReport } from './page.ts';
import type { HtmlReportOptions } from './page.ts';

export type ReportOutcome =
  | { readonly kind: 'written'; readonly file: string }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly error: Error };

/** Writes `report.html` into the folder of the finished run. Errors are handed back, whatever they are. */
export async function writeReport(
  folder: RunFolder,
  run: StoredRun,
  options: HtmlReportOptions,
): Promise<ReportOutcome> {
  try {
    return { kind: 'written', file: folder.keepReport(await htmlReport(run, options)) };
  } catch (thrown) {
    if (options.signal.aborted) return { kind: 'interrupted' };
    return { kind: 'failed', error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }
}
