/** The state of the reference in the terms of `check`. */
import type { LitmusSnapshot } from '../../../../sim/litmus/types.ts';
import { nodeOf } from './ksmTrees.ts';
import { isKsm } from './faults.ts';
import type { ReferenceMachine } from './machine.ts';

export function snapshot({ ksm, memory, processes }: ReferenceMachine): LitmusSnapshot {
  const ptes: Record<string, string> = {};
  for (const mm of processes.values()) {
    for (const [at, { page, isMigration }] of mm.ptes) {
      ptes[`${mm.name}@${at}`] = `${page.label ?? '?'}${isMigration ? '(migration)' : ''}`;
    }
  }
  const pages: Record<string, { mapcount: number; kind: string; hlist?: string[] }> = {};
  for (const [label, page] of memory.labelled) {
    const { mapcount } = page;
    const node = nodeOf(page);
    if (node !== null) {
      pages[label] = { mapcount, kind: 'ksm', hlist: node.hlist.map(({ mm, at }) => `${mm.name}@${at}`) };
    } else pages[label] = { mapcount, kind: isKsm(page) ? 'ksm-null' : 'anon' };
  }
  return {
    ptes,
    pages,
    counters: {
      pages_shared: ksm.shared,
      pages_sharing: ksm.sharing,
      pages_unshared: ksm.unshared,
      pages_volatile: ksm.volatile,
      full_scans: ksm.seqnr,
    },
    mm_slots: ksm.slots.map(({ mm }) => mm.name),
    cursor: ksm.cursor?.mm.name ?? null,
  };
}
