/** A row a cell and moment: its state over time. */
import type { Sample } from '../../../sim/index.ts';
import { identityColumns } from './identity.ts';
import type { OfCell } from './identity.ts';
import { column, tableOf } from './table.ts';
import type { ColumnOf } from './table.ts';

interface SampleRow extends OfCell {
  readonly sample: Sample;
}

const counter = (name: string, field: keyof Sample, about: string): ColumnOf<SampleRow> =>
  // Runs of earlier versions have fewer fields.
  column(name, 'whole', about, ({ sample }) => (sample[field] as number | undefined) ?? null, true);

export const samplesTable = tableOf<SampleRow>(
  'samples',
  'the state of a cell at a moment, up to 31 of them at equal distances',
  [
    ...identityColumns<SampleRow>(),
    column('at_s', 'number', 'the moment, after measuring began', ({ sample }) => sample.at / 1e9),
    counter('pages_shared', 'pages_shared', 'counter of `/sys/kernel/mm/ksm`'),
    counter('pages_sharing', 'pages_sharing', 'counter of `/sys/kernel/mm/ksm`'),
    counter('pages_unshared', 'pages_unshared', 'counter of `/sys/kernel/mm/ksm`'),
    counter('pages_volatile', 'pages_volatile', 'counter of `/sys/kernel/mm/ksm`'),
    counter('full_scans', 'full_scans', 'counter of `/sys/kernel/mm/ksm`'),
    counter('rmap_items', 'rmapItems', 'live rmap_items'),
    counter('ksm_pages', 'ksmPages', 'KSM pages'),
    counter('ksm_ptes', 'ksmPtes', 'ptes that map KSM pages'),
    counter('unfindable_ptes', 'unfindablePtes', 'those of them that the reverse walk does not find'),
    counter('free_pages', 'freePages', 'free pages'),
    counter('free_cma_pages', 'freeCmaPages', 'free pages of CMA areas'),
    counter('unusable_cma_pages', 'unusableCmaPages', 'pages of CMA areas that anonymous memory may not use'),
    counter('processes', 'processes', 'live processes'),
  ],
  function* ({ records }) {
    for (const cell of records) for (const sample of cell.samples) yield { cell, sample };
  },
);
