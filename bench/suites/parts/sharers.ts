/** Reverse walks and migrations of pages by how many processes map them. */
import { FRAME_KIND, PageList } from '../../../sim/index.ts';
import type { IdleDevice } from '../../../sim/index.ts';
import { mustHold } from '../mustHold.ts';
import { measure, type Subject, type SuiteResult } from '../wall.ts';
import { CPU, frameOf, NOBODY, partDevice, scanPasses, startProcess, writePages } from './device.ts';

const SHARERS = [1, 10, 100] as const;
/** Mappings in one call: pages times sharers, so that every call takes about as long. */
const MAPPINGS = 10_000;
const QUICK_MAPPINGS = 1000;
const SETTLING = 3;
/** Pages that alloc_contig_range gives to one migrate_pages. */
const CLUSTER = 32;

/** Pages that `sharers` processes map each. */
interface Shared {
  readonly device: IdleDevice;
  readonly pages: number;
  readonly sharers: number;
  /** Frames that hold them now. */
  readonly frames: () => number[];
}

/** Anonymous pages of a process and the children it forked. */
function forked(sharers: number, mappings: number): Shared {
  const device = partDevice();
  const pages = mappings / sharers;
  const parent = startProcess(device, pages, false);
  writePages(device, parent, pages, (page) => page);
  for (let child = 1; child < sharers; child++) device.kernel.spaces.fork(parent);
  return sharedPages(device, parent, pages, sharers, FRAME_KIND.anon);
}

/** KSM pages that strangers share: each process has an rmap_item a page. One sharer: what is left of two. */
function merged(sharers: number, mappings: number): Shared {
  const device = partDevice();
  const pages = mappings / sharers;
  const mms = Array.from({ length: Math.max(2, sharers) }, () => startProcess(device, pages, true));
  for (const mm of mms) writePages(device, mm, pages, (page) => page);
  scanPasses(device, SETTLING);
  if (sharers === 1) device.kernel.spaces.exit(mms[1], CPU);
  return sharedPages(device, mms[0], pages, sharers, FRAME_KIND.ksm);
}

function sharedPages(device: IdleDevice, mm: number, pages: number, sharers: number, kind: number): Shared {
  const { frames } = device.kernel;
  const held = () => Array.from({ length: pages }, (_, page) => frameOf(device, mm, page));
  for (const pfn of held()) {
    mustHold(frames.kind[pfn] === kind && frames.mapcount[pfn] === sharers, `${sharers} processes map each page`);
  }
  return { device, pages, sharers, frames: held };
}

/** try_to_unmap and remove_migration_ptes of each page, which stays where it is. */
function walk(name: string, { device, pages, sharers, frames: held }: Shared): Subject {
  const { kernel } = device;
  const pfns = held();
  let left = 0;
  return {
    name: `reverse walk, ${name}, ${sharers} mapping${sharers === 1 ? '' : 's'}`,
    work: { unit: 'mapping', count: pages * sharers },
    before: () => (left = 0),
    run: () => {
      for (const pfn of pfns) {
        kernel.ksmRmap.tryToUnmap(pfn);
        left += kernel.frames.mapcount[pfn];
        kernel.ksmRmap.removeMigrationPtes(pfn, pfn);
      }
    },
    after: () => {
      mustHold(left === 0, 'every pte was found');
      for (const pfn of pfns) mustHold(kernel.frames.mapcount[pfn] === sharers, 'every pte was put back');
    },
  };
}

/**
 * migrate_pages of all of them, in clusters: target, unmap, copy, restore, the old frame's way back; isolation outside.
 */
function migrate(name: string, { device, pages, sharers, frames: held }: Shared): Subject {
  const { kernel, memory } = device;
  const migration = kernel.newMigration(memory);
  let before: number[] = [];
  let clusters: PageList[] = [];
  let migrated = 0;
  return {
    name: `migrate, ${name}, ${sharers} mapping${sharers === 1 ? '' : 's'}`,
    work: { unit: 'page', count: pages },
    before: () => {
      memory.lruAddDrainAll();
      before = held();
      migrated = 0;
      for (const pfn of before) mustHold(memory.isolate(pfn), 'every page can be isolated');
      clusters = [];
      for (let first = 0; first < pages; first += CLUSTER)
        clusters.push(PageList.of(before.slice(first, first + CLUSTER)));
    },
    run: () => {
      for (const cluster of clusters) {
        migration.begin(cluster);
        while (!migration.isIdle) migration.step(NOBODY, CPU);
        migrated += migration.migrated;
      }
    },
    after: () => {
      mustHold(migrated === pages, `${pages} pages, not ${migrated}`);
      const { mapcount } = kernel.frames;
      mustHold(
        held().every((pfn, page) => pfn !== before[page] && mapcount[pfn] === sharers),
        'every page moved',
      );
    },
  };
}

/** ns per mapping of a reverse walk, there and back, and per page of a migration. */
export async function sharers(iterations: number, quick: boolean): Promise<{ suite: SuiteResult }> {
  const mappings = quick ? QUICK_MAPPINGS : MAPPINGS;
  const about = `${mappings} mappings in all; a walk unmaps and restores each, a migration moves the pages`;
  const subjects = [walk, migrate].flatMap((act) =>
    SHARERS.flatMap((count) => [act('anonymous', forked(count, mappings)), act('KSM', merged(count, mappings))]),
  );
  return { suite: await measure('reverse walks and migration', about, subjects, iterations) };
}
