/**
 * The end of `npm run mutants`: mutants by room, and whether those that live are the ones that survivors.yaml has a reason
 * for. What is new there is printed as it would stand in that file.
 */
import { readFileSync } from 'node:fs';
import type { schema } from '@stryker-mutator/api/core';
import { stringify } from 'yaml';
import { EXIT } from '../../errors.ts';
import { left, right, table } from '../../report/table.ts';
import { terminalOf } from '../../report/terminal.ts';
import { groupBy } from '../../stats/summarize.ts';
import { listed, readGroups, survivorsOf, without, type Survivor } from './survivors.ts';

const REPORT = 'results/mutants/report.json';
/** Of Stryker's words for what became of a mutant: columns of the table. `Ignored` ones were not made. */
const COLUMNS = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'RuntimeError'] as const;
const TITLES = ['killed', 'timed out', 'survived', 'not run', 'broke down'];

const report = JSON.parse(readFileSync(REPORT, 'utf8')) as schema.MutationTestResult;
const groups = readGroups();
const alive = survivorsOf(report);
const files = new Set(Object.keys(report.files));
const unknown = without(alive, listed(groups));
const gone = without(listed(groups), alive).filter(({ file }) => files.has(file));

process.stdout.write(`${summary().join('\n')}\n`);
tell('live, and no reason is known:', unknown);
tell('have a reason to live, and were killed:', gone);
process.exitCode = unknown.length + gone.length === 0 ? EXIT.done : EXIT.checkFailed;

function summary(): string[] {
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
