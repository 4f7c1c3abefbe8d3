/**
 * `npm run mutants`: Stryker, then mutants by room, and whether those that live are the ones that survivors.yaml has a
 * reason for. What is new there is printed as it would stand in that file. Options are Stryker's: `--mutate FILE` for a
 * part, `--force` to try again what an earlier run has tried.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { schema } from '@stryker-mutator/api/core';
import { stringify } from 'yaml';
import { EXIT } from '../../errors.ts';
import { left, right, table } from '../../report/table.ts';
import { terminalOf } from '../../report/terminal.ts';
import { groupBy } from '../../stats/sums.ts';
import { listed, readGroups, survivorsOf, without, type Survivor } from './survivors.ts';

const CONFIG = '.stryker.config.json';
const REPORT = 'results/mutants/report.json';
/** Of Stryker's words for what became of a mutant: columns of the table. `Ignored` ones were not made. */
const COLUMNS = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'RuntimeError'] as const;
const TITLES = ['killed', 'timed out', 'survived', 'not run', 'broke down'];

process.exitCode = mutate() ? judge() : EXIT.checkFailed;

function mutate(): boolean {
  const { status } = spawnSync('npx', ['stryker', 'run', CONFIG, ...process.argv.slice(2)], { stdio: 'inherit' });
  return status === 0;
}

function judge(): number {
  const report = JSON.parse(readFileSync(REPORT, 'utf8')) as schema.MutationTestResult;
  const known = listed(readGroups());
  const alive = survivorsOf(report);
  const unknown = without(alive, known);
  const gone = without(known, alive).filter(({ file }) => file in report.files);
  process.stdout.write(`${summary(report).join('\n')}\n`);
  tell('live, and no reason is known:', unknown);
  tell('have a reason to live, and were killed:', gone);
  return unknown.length + gone.length === 0 ? EXIT.done : EXIT.checkFailed;
}

function summary(report: schema.MutationTestResult): string[] {
  const rooms = groupBy(Object.entries(report.files), ([file]) => file.split('/').slice(0, 2).join('/'));
  const rows = [...rooms].map(([room, members]) => [room, members.flatMap(([, { mutants }]) => mutants)] as const);
  const all = ['all', rows.flatMap(([, mutants]) => mutants)] as const;
  return table(
    terminalOf(process.stdout),
    [left('room'), right('mutants'), ...TITLES.map(right), right('score')],
    [...rows, all].map(([room, mutants]) => {
      const count = (status: string): number => mutants.filter((one) => one.status === status).length;
      const counts = COLUMNS.map(count);
      const made = mutants.length - count('Ignored');
      const score = ((counts[0] + counts[1]) / made) * 100;
      return [room, made, ...counts, `${score.toFixed(1)} %`].map(String);
    }),
  );
}

function tell(what: string, survivors: readonly Survivor[]): void {
  if (survivors.length === 0) return;
  const lines: Record<string, Record<string, string[]>> = {};
  for (const { file, line, change } of survivors) ((lines[file] ??= {})[line] ??= []).push(change);
  process.stdout.write(`\n${survivors.length} ${what}\n${stringify(lines, { lineWidth: 0 })}`);
}
