/** The page that a run leaves in its folder: made once the results are safe, so that nothing is lost with it. */
import { join } from 'node:path';
import { EXIT } from '../errors.ts';
import { writeReport } from '../report/html/write.ts';
import type { ReportOutcome } from '../report/html/write.ts';
import { REPORT_FILE } from '../run/folder.ts';
import type { RunFolder } from '../run/folder.ts';
import { startProgress } from '../run/progress.ts';
import type { StoredRun } from '../run/readRun.ts';
import { commandLine } from '../report/commandLine.ts';
import { onInterrupt } from './interrupt.ts';

export function makeReport(folder: RunFolder, run: StoredRun, threads: number): Promise<ReportOutcome> {
  const interrupt = onInterrupt();
  return writeReport(folder, run, {
    threads,
    signal: interrupt.signal,
    progress: (total) => startProgress(total, Math.min(threads, total), process.stderr, 'frame map'),
  }).finally(() => interrupt.release());
}

/** Why there is no report, and how to make it. */
export function tellMissing(report: ReportOutcome, path: string, invoked: string): void {
  if (report.kind === 'written') return;
  const words = ['report', path, '--format', 'html', '-o', join(path, REPORT_FILE)];
  const debug = process.env['DEBUG'] !== undefined;
  const why =
    report.kind === 'interrupted'
      ? 'interrupted while the report was made'
      : `error: the report could not be written: ${debug ? (report.error.stack ?? '') : report.error.message}`;
  process.stderr.write(
    `${why}; the results in ${path} are complete\nwrite the report with: ${commandLine(invoked, words)}\n`,
  );
}

/** What the results say comes before a report that could not be written. */
export function exitCodeWith(report: ReportOutcome | null, ofResults: number): number {
  if (report?.kind === 'interrupted') return EXIT.interrupted;
  return report?.kind === 'failed' && ofResults === EXIT.done ? EXIT.checkFailed : ofResults;
}
