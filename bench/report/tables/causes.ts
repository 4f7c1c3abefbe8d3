/** A row a cell, cause and kind of count: why pages could not be migrated, and why mappings became unfindable. */
import { CAUSES } from '../../../sim/index.ts';
import type { Cause, CauseCounts } from '../../../sim/index.ts';
import type { CellRecord } from '../../run/cell.ts';
import { identityColumns } from './identity.ts';
import type { OfCell } from './identity.ts';
import { column, tableOf } from './table.ts';

interface CauseRow extends OfCell {
  readonly cause: Cause;
  readonly kind: string;
  readonly count: number;
}

const KINDS: readonly (readonly [kind: string, of: (cell: CellRecord) => CauseCounts])[] = [
  ['failed_pages', ({ migration }) => migration.failedByCause],
  ['blocking_pages', ({ cma }) => cma.blockedByCause],
  ['opened_gaps', ({ unfindable }) => unfindable.openedByCause],
];

export const causesTable = tableOf<CauseRow>(
  'causes',
  'a count of a cell by cause and kind, zeros too',
  [
    ...identityColumns<CauseRow>(),
    column('cause', 'text', '[cause](metrics.md#causes)', ({ cause }) => cause),
    column(
      'kind',
      'text',
      '`failed_pages`: distinct pages of a request that could not be migrated, over all requests; `blocking_pages`: of requests that failed, pages in the way in the last round; `opened_gaps`: mappings that became unfindable',
      ({ kind }) => kind,
    ),
    column('n', 'whole', 'how many', ({ count }) => count),
  ],
  function* ({ records }) {
    for (const cell of records)
      for (const [kind, of] of KINDS)
        // Earlier versions knew fewer causes.
        for (const cause of CAUSES) yield { cell, cause, kind, count: (of(cell) as Partial<CauseCounts>)[cause] ?? 0 };
  },
);
