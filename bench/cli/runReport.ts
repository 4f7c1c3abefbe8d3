/**
 * The page that a run or a search leaves in its folder: made once the results are safe, so that nothing is lost with
 * it.
 */
import { EXIT } from '../errors.ts';
import { htmlReport } from '../report/html/page.ts';
import { writeReport } from '../report/html/write.ts';
import type { ReportOutcome } from '../report/html/write.ts';
import { REPORT_FILE } from '../run/folder.ts';
import type { RunFolder } from '../run/folder.ts';
import { startProgress } from '../run/progress.ts';
import type { Progress } from '../run/progress.ts';
import type { StoredRun } from '../run/readRun.ts';
import type { StartThreads } from '../run/threads.ts';
import { commandLine } from '../report/commandLine.ts';
import { onInterrupt } from './interrupt.ts';

/** Cells of the longest run that has a page: each is a point in some plot, and a browser has to draw them. */
const MOST_CELLS = 10_000;

/** Whether the run is too long for a page; then it says what there is instead. */
export function isTooLong({ count, path }: StoredRun, invoked: string): boolean {
  if (count <= MOST_CELLS) return false;
  const query = commandLine(invoked, ['query', path]);
  const tables = commandLine(invoked, ['report', path, '--format', 'parquet', '-o', 'tables/']);
  process.stderr.write(
    `no ${REPORT_FILE} of more than ${MOST_CELLS} cells; look into the run with: ${query}\nor take its tables: ${tables}\n`,
  );
  return true;
}

export function makeReport(
  folder: RunFolder,
  run: StoredRun,
  threads: number,
  start: StartThreads,
): Promise<ReportOutcome> {
  const interrupt = onInterrupt();
  const { signal } = interrupt;
  const progress = (total: number): Progress =>
    startProgress(total, Math.min(threads, total), process.stderr, 'frame map');
  const write = async (): Promise<string> =>
    folder.keepReport(await htmlReport(run, { threads, start, signal, progress }));
  return writeReport(write, signal).finally(() => interrupt.release());
}

/** Why there is no report, and how to make it: the words of the command that does. */
export function tellMissing(report: ReportOutcome, path: string, invoked: string, words: readonly string[]): void {
  if (report.kind === 'written') return;
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
