/** A finished run on stdout, as `run` ends with it and `show` shows it again: the summary, or with --json the document. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toStdout } from './stdout.ts';
import { crossingText, warningLines } from '../report/closing.ts';
import { summaryOf, summaryText } from '../report/summary.ts';
import { PLAIN, terminalOf } from '../report/terminal.ts';
import { runDocument } from '../run/document.ts';
import type { FinishedRun } from '../run/execute.ts';
import { REPORT_FILE, RunFolder } from '../run/folder.ts';
import type { StoredRun } from '../run/readRun.ts';

export async function printRun(run: StoredRun, asJson: boolean): Promise<void> {
  if (asJson) {
    await toStdout(runDocument(run, RunFolder.open(run.path).readTimings()));
    reportTrouble(run);
    return;
  }
  process.stdout.write(summaryText(summaryOf(run), terminalOf(process.stdout)));
  const report = join(run.path, REPORT_FILE);
  if (existsSync(report)) process.stdout.write(`report     ${report}\n`);
}

/** What the text summary says by itself and a reader of --json should not miss. */
function reportTrouble({ failed, warnings, crossed }: FinishedRun): void {
  for (const { workload, strategy, seed, error } of failed) {
    process.stderr.write(`cell failed: ${workload}/${strategy} seed ${seed}: ${error.name}: ${error.message}\n`);
  }
  for (const line of warningLines(warnings, PLAIN)) if (line !== '') process.stderr.write(`${line}\n`);
  for (const crossing of crossed) process.stderr.write(`${crossingText(crossing)}\n`);
}
