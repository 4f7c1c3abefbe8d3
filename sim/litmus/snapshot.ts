/** The state that `check` compares, and the comparison: only the keys that an expectation gives, lists whole. */
import type { Kernel } from '../kernel.ts';
import { KIND, NONE } from '../memory/frames.ts';
import { LEAF_PAGES, PTE, PTE_SHIFT } from '../process/pageTables.ts';
import type { Names } from './names.ts';
import type { LitmusSnapshot } from './types.ts';

/** What stands behind the label of a page whose pte is a migration entry. */
export const MIGRATION_SUFFIX = '(migration)';

export function snapshot(kernel: Kernel, names: Names): LitmusSnapshot {
  const { objects, slots } = kernel;
  const { chains } = kernel.stable;
  const order: string[] = [];
  for (let mm = slots.next[slots.head]; mm !== slots.head; mm = slots.next[mm]) order.push(names.processName(mm));
  return {
    ptes: ptesOf(kernel, names),
    pages: pagesOf(kernel, names),
    counters: {
      pages_shared: objects.pagesShared,
      pages_sharing: objects.pagesSharing,
      pages_unshared: objects.pagesUnshared,
      pages_volatile: objects.pagesVolatile,
      full_scans: kernel.cursor.seqnr,
      ...(chains === null ? {} : { stable_node_chains: chains.chains, stable_node_dups: chains.dups }),
    },
    mm_slots: order,
    cursor: slots.cursor === slots.head ? null : names.processName(slots.cursor),
  };
}

function ptesOf(kernel: Kernel, names: Names): Record<string, string> {
  const { vmas, tables } = kernel;
  const ptes: Record<string, string> = {};
  for (const [, mm] of names.processes) {
    for (let vma = vmas.first[mm]; vma >= 0; vma = vmas.next[vma]) {
      for (let vpn = vmas.start[vma]; vpn < vmas.end[vma]; vpn++) {
        if (tables.slot(mm, vpn) < 0) {
          vpn |= LEAF_PAGES - 1;
          continue;
        }
        const entry = tables.get(mm, vpn);
        if (entry === 0 || (entry & PTE.zero) !== 0) continue;
        const suffix = (entry & PTE.migration) !== 0 ? MIGRATION_SUFFIX : '';
        ptes[names.address(mm, vpn)] = names.label(entry >> PTE_SHIFT) + suffix;
      }
    }
  }
  return ptes;
}

function pagesOf(kernel: Kernel, names: Names): LitmusSnapshot['pages'] {
  const { frames, objects } = kernel;
  const pages = new Map<string, LitmusSnapshot['pages'][string]>();
  for (const label of names.labels) {
    const pfn = names.page(label);
    if (pfn === NONE) continue;
    const mapcount = frames.mapcount[pfn];
    if (frames.kind[pfn] !== KIND.ksm) {
      pages.set(label, { mapcount, kind: 'anon' });
      continue;
    }
    const node = frames.mapping[pfn];
    if (node === NONE) {
      pages.set(label, { mapcount, kind: 'ksm-null' });
      continue;
    }
    const hlist: string[] = [];
    for (let item = objects.hlist[node]; item >= 0; item = objects.hlistNext[item]) {
      hlist.push(names.address(objects.itemMm[item], objects.itemAddress[item]));
    }
    pages.set(label, { mapcount, kind: 'ksm', hlist });
  }
  // Not by assignment, for which `__proto__` is no label like any other.
  return Object.fromEntries(pages);
}

export interface Difference {
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** What of `expected` does not hold in `actual`. An expected null also matches an absent key. */
export function differences(expected: unknown, actual: unknown, path: string): Difference[] {
  if (isObject(expected)) {
    if (!isObject(actual)) return [{ path, expected, actual: actual ?? null }];
    return Object.entries(expected).flatMap(([key, value]) =>
      differences(value, actual[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(expected)) {
    const isEqual =
      Array.isArray(actual) && actual.length === expected.length && expected.every((item, i) => item === actual[i]);
    return isEqual ? [] : [{ path, expected, actual: actual ?? null }];
  }
  return expected === (actual ?? null) ? [] : [{ path, expected, actual: actual ?? null }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
