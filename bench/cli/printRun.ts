/**
 * A finished run on stdout, as `run` ends with it and `show` shows it again: the summary, or with --json the document.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toStdout } from './stdout.ts';
import { crossingText, warningLines } from '../report/closing.ts';
import { commandLine, invokedAs } from '../report/commandLine.ts';
import { summaryOf, summaryText } from '../report/summary.ts';
import { PLAIN, terminalOf } from '../report/terminal.ts';
import { runDocument } from '../run/document.ts';
import type { FinishedRun } from '../run/execute.ts';
import { REPORT_FILE, RunFolder } from '../run/folder.ts';
import { MODEL_HASH } from '../run/tool.ts';
import type { StoredRun } from '../run/readRun.ts';
import { say } from './stderr.ts';

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

/** The command that says why a request failed; null where none did, or none can be watched once more by this model. */
export function explainCommand({ path, manifest, summary }: StoredRun): string | null {
  const programs = manifest.workloads.filter(({ description }) => description.program !== undefined);
  const names = new Set(programs.map(({ name }) => name));
  const isThere =
    manifest.model === MODEL_HASH && summary.some(({ workload, failures }) => failures > 0 && !names.has(workload));
  return isThere ? commandLine(invokedAs(process.argv), ['explain', path]) : null;
}

/** What the text summary says by itself and a reader of --json should not miss. */
function reportTrouble({ failed, warnings, crossed }: FinishedRun): void {
  for (const { workload, strategy, seed, error } of failed) {
    say(`cell failed: ${workload}/${strategy} seed ${seed}: ${error.name}: ${error.message}`);
  }
  for (const line of warningLines(warnings, PLAIN)) if (line !== '') say(line);
  for (const crossing of crossed) say(crossingText(crossing));
}
