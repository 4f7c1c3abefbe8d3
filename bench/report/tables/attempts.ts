/** A row a request for contiguous memory, and a row a CMA client. */
import { CAUSES } from '../../../sim/index.ts';
import { attemptsOf } from '../../run/attemptLog.ts';
import type { LoggedAttempt } from '../../run/attemptLog.ts';
import type { ClientCounts } from '../../run/cell.ts';
import { snakeCase } from '../../run/metrics.ts';
import { outcomeOf } from '../outcome.ts';
import { identityColumns } from './identity.ts';
import type { OfCell } from './identity.ts';
import { column, tableOf } from './table.ts';

interface AttemptRow extends OfCell {
  readonly attempt: LoggedAttempt;
}

export const attemptsTable = tableOf<AttemptRow>(
  'attempts',
  'a request for contiguous memory, in the order in which they ended; at most 20,000 of a cell, none of runs from before there was a log',
  [
    ...identityColumns<AttemptRow>(),
    column('number', 'whole', 'counts the requests of the cell from 1', ({ attempt }) => attempt.number),
    column('client', 'text', 'the CMA client that asked', ({ attempt }) => attempt.client),
    column('at_s', 'number', 'start, after measuring began', ({ attempt }) => attempt.at / 1e9),
    column('latency_us', 'number', 'from the call to its return', ({ attempt }) => attempt.latency / 1e3),
    column('cpu_us', 'number', 'CPU time of the caller', ({ attempt }) => attempt.cpu / 1e3),
    column('pages', 'whole', 'pages asked for', ({ attempt }) => attempt.pages),
    column('errno', 'whole', '0, -16 (EBUSY), -12 (ENOMEM) or -4 (EINTR)', ({ attempt }) => attempt.errno),
    column('outcome', 'text', '`ok`, `EBUSY`, `ENOMEM` or `EINTR`', ({ attempt }) => outcomeOf(attempt.errno)),
    column(
      'retries_migrate_passes',
      'whole',
      'passes of `migrate_pages` after the first',
      ({ attempt }) => attempt.migratePasses,
    ),
    column(
      'retries_contig_tries',
      'whole',
      'calls of `migrate_pages` after the first for a cluster',
      ({ attempt }) => attempt.contigTries,
    ),
    column('retries_ranges', 'whole', 'ranges of the area after the first', ({ attempt }) => attempt.ranges),
    column('retries_caller', 'whole', 'rounds of the caller after the first', ({ attempt }) => attempt.caller),
    column('migrated_pages', 'whole', 'distinct pages migrated', ({ attempt }) => attempt.migrated),
    column('failed_pages', 'whole', 'distinct pages that failed to migrate', ({ attempt }) => attempt.failed),
    ...CAUSES.map((cause) =>
      column<AttemptRow>(
        `blocked_by_${snakeCase(cause)}`,
        'whole',
        `pages in the way in the last round because of \`${cause}\`; 0 of a request that got memory`,
        ({ attempt }) => attempt.blocked[cause] ?? 0,
      ),
    ),
  ],
  function* ({ records }) {
    for (const cell of records) for (const attempt of attemptsOf(cell.attemptLog)) yield { cell, attempt };
  },
);

interface ClientRow extends OfCell {
  readonly client: string;
  readonly counts: ClientCounts;
}

export const clientsTable = tableOf<ClientRow>(
  'clients',
  'what a CMA client of a cell asked for and got',
  [
    ...identityColumns<ClientRow>(),
    column('client', 'text', 'the CMA client', ({ client }) => client),
    column('attempts', 'whole', 'requests of it', ({ counts }) => counts.attempts),
    column('failures', 'whole', 'those that returned no memory', ({ counts }) => counts.failures),
    column('pages', 'whole', 'pages asked for, over all requests', ({ counts }) => counts.pages),
  ],
  function* ({ records }) {
    for (const cell of records)
      for (const [client, counts] of Object.entries(cell.cma.byClient)) yield { cell, client, counts };
  },
);
