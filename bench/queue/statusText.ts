/** `cma-stress status` as text: tables of runs and workers, totals, warnings. */
import { withoutControls } from '../plan/quote.ts';
import { left, right, table, wrap } from '../report/table.ts';
import type { Terminal } from '../report/terminal.ts';
import { count, counted, digits3, duration } from '../report/units.ts';
import { failedText } from '../run/progress.ts';
import { isThisVersion, type Version } from './registry.ts';
import type { RunStatus, StatusDocument, WorkerStatus } from './statusDocument.ts';

/** Names of runs and hosts in a table, letters: more is cut. */
const LONGEST_NAME = 24;

/** Lines without the last newline. What others wrote into Redis cannot steer the terminal. */
export function statusLines(status: StatusDocument, terminal: Terminal): string[] {
  const { runs, workers, warnings, redis } = status;
  const { paint, width } = terminal;
  return [
    ...(runs.length === 0 ? [`no runs at ${redis}`] : runTable(runs, terminal)),
    ...runs.flatMap(oddities).flatMap((line) => wrap(line, width, '  ')),
    '',
    ...(workers.length === 0 ? ['no workers'] : workerTable(workers, terminal)),
    '',
    ...wrap(totalsText(status), width, '  '),
    ...warnings.flatMap((text) => wrap(`warning: ${withoutControls(text)}`, width, '  ').map(paint.yellow)),
  ];
}

/** The same in a sentence, for where lines cannot be redrawn. */
export function totalsText({ totals, measured }: StatusDocument): string {
  const rate = totals.workers === 0 ? '' : `, ${digits3(totals.cellsPerSecond)} cells/s${measured ? '' : ' (mean)'}`;
  return (
    `${counted(totals.runs, 'run')}, ${counted(totals.workers, 'worker')} with ${counted(totals.threads, 'thread')}${rate}; ` +
    `queue: ${counted(totals.jobsWaiting, 'job')} waiting, ${totals.jobsActive} running; ` +
    `${count(totals.done)} of ${count(totals.cells)} cells done${failedText(totals.failed)}`
  );
}

function runTable(runs: readonly RunStatus[], terminal: Terminal): string[] {
  const hasVersions = !runs.every(isThisVersion);
  const columns = [
    left('run'),
    left('name'),
    right('priority'),
    right('cells'),
    right('jobs'),
    right('workers'),
    right('cells/s'),
    right('left'),
    left('coordinator'),
    ...(hasVersions ? [left('version')] : []),
  ];
  const rows = runs.map((run) => [
    run.key,
    shortened(run.name),
    `${run.priority}`,
    `${count(run.done)}/${count(run.cells)}${run.failed === 0 ? '' : ` (${run.failed} failed)`}`,
    `${run.jobs.waiting}+${run.jobs.active}`,
    `${run.workers}`,
    run.cellsPerSecond === null ? '-' : digits3(run.cellsPerSecond),
    run.secondsLeft === null ? '-' : duration(run.secondsLeft),
    run.coordinated ? 'lives' : 'gone',
    ...(hasVersions ? [versionText(run)] : []),
  ]);
  return table(terminal, columns, rows);
}

function workerTable(workers: readonly WorkerStatus[], terminal: Terminal): string[] {
  const hasVersions = !workers.every(isThisVersion);
  const columns = [
    left('worker'),
    left('host'),
    right('pid'),
    right('threads'),
    right('running'),
    right('cells'),
    right('cells/s'),
    right('age'),
    left('plug-ins'),
    ...(hasVersions ? [left('version')] : []),
  ];
  const rows = workers.map((worker) => [
    worker.id,
    shortened(worker.host),
    `${worker.pid}`,
    `${worker.threads}`,
    `${worker.running}`,
    `${count(worker.done + worker.failed)}${worker.failed === 0 ? '' : ` (${worker.failed} failed)`}`,
    digits3(worker.cellsPerSecond),
    duration(worker.age),
    worker.allowPlugins ? 'allowed' : 'no',
    ...(hasVersions ? [versionText(worker)] : []),
  ]);
  return table(terminal, columns, rows);
}

/** What did not go smoothly with a run; nothing when all did. */
function oddities({ key, duplicates, refused, lost, again, results }: RunStatus): string[] {
  const told = [
    results > 0 ? `${results} packets of results not in the journal yet` : '',
    duplicates > 0 ? `${duplicates} results twice and equal` : '',
    refused > 0 ? `${refused} refused` : '',
    lost > 0 ? `${counted(lost, 'job')} lost with their worker` : '',
    again > 0 ? `${counted(again, 'cell')} handed out again` : '',
  ].filter((part) => part !== '');
  return told.length === 0 ? [] : [`${key}: ${told.join(', ')}`];
}

function versionText({ tool, model }: Version): string {
  return shortened(`${tool} ${model}`);
}

function shortened(text: string): string {
  const shown = withoutControls(text);
  return shown.length <= LONGEST_NAME ? shown : `${shown.slice(0, LONGEST_NAME - 3)}...`;
}
