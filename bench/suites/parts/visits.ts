/**
 * Page visits of ksmd by what it finds: each kind alone, one process after the other, as the kernel's cursor goes.
 *
 * Besides the process that is visited, two others share KSM pages, so that the stable tree has nodes to search.
 */
import type { IdleDevice } from '../../../sim/index.ts';
import { mustHold } from '../mustHold.ts';
import { measure, type Subject, type SuiteResult } from '../wall.ts';
import { partDevice, scanPasses, scanThrough, scanTo, startProcess, writePages } from './device.ts';

const PAGES = 10_000;
const QUICK_PAGES = 1000;
/** Contents that the two others share: about what the standard workloads' device has (pages_shared 1461). */
const SHARED = 1500;
/** Contents of a process's own begin here; those of SHARED are below. */
const OWN = 1_000_000;
/** Visits that may be missing at the beginning, and that may be too many at the end. */
const FEW = 2;
const SLICE_VISITS = 250;
/** Passes until nothing changes any more: one for the checksums, one to merge, one more. */
const SETTLING = 3;

interface Scene {
  readonly device: IdleDevice;
  /** Who is visited, in the order of the cursor. */
  readonly mms: readonly number[];
}

/** `visited` processes of `pages` pages behind the two others, which are merged. */
function scene(visited: number, pages: number, shared = SHARED): Scene {
  const device = partDevice();
  for (let other = 0; other < 2; other++)
    writePages(device, startProcess(device, shared, true), shared, (page) => page);
  scanPasses(device, SETTLING);
  mustHold(device.kernel.objects.pagesShared === shared, `${shared} pages are shared beforehand`);
  const mms = Array.from({ length: visited }, () => startProcess(device, pages, true));
  return { device, mms };
}

/** A subject whose call is ksmd's way through the visited processes. `merges`: how many pages are merged on it. */
function visiting(
  name: string,
  { device, mms }: Scene,
  pages: number,
  merges: number,
  prepare: () => void,
  work: Subject['work'] = { unit: 'visit', count: pages },
): Subject {
  const { kernel } = device;
  let before = { merges: 0, scanned: 0 };
  const counts = () => ({ merges: kernel.mergeItem.merges, scanned: kernel.ksmd.measures.pagesScanned });
  return {
    name,
    work,
    before: () => {
      prepare();
      scanTo(device, mms[0]);
      before = counts();
    },
    run: () => scanThrough(device, mms),
    after: () => {
      const now = counts();
      // ksmd is looked at now and then only: the first visits may lie before, and some of the next process behind.
      const merged = now.merges - before.merges;
      mustHold(merged <= merges && merged >= merges - FEW, `${merges} merges, not ${merged}`);
      const scanned = now.scanned - before.scanned;
      mustHold(scanned >= pages - FEW && scanned <= pages + SLICE_VISITS, `${pages} visits, not ${scanned}`);
    },
  };
}

/** All pages are mapped KSM pages whose rmap_items hang on their nodes. */
function linked(pages: number): Subject {
  const made = scene(1, pages);
  writePages(made.device, made.mms[0], pages, (page) => page % SHARED);
  scanPasses(made.device, SETTLING);
  return visiting('linked KSM page', made, pages, 0, () => undefined);
}

/** Contents nobody else has, which stay: into the unstable tree in each pass. */
function unchanged(pages: number): Subject {
  const made = scene(1, pages);
  writePages(made.device, made.mms[0], pages, (page) => OWN + page);
  scanPasses(made.device, SETTLING);
  return visiting('unchanged unique page', made, pages, 0, () => undefined);
}

/** Contents nobody else has, new ones before each visit: the checksum differs. */
function changing(pages: number): Subject {
  const made = scene(1, pages);
  let next = OWN;
  return visiting('volatile page', made, pages, 0, () => {
    writePages(made.device, made.mms[0], pages, (page) => next + page);
    next += pages;
  });
}

/** Two processes with the same new contents, seen once before: each pair becomes a KSM page. */
function pairs(pages: number): Subject {
  const made = scene(2, pages);
  let next = OWN;
  const prepare = () => {
    for (const mm of made.mms) writePages(made.device, mm, pages, (page) => next + page);
    next += pages;
    scanPasses(made.device, 1);
  };
  const work = { unit: 'merge', count: pages };
  return visiting('merge of two pages, both visits', made, 2 * pages, 2 * pages, prepare, work);
}

/** Contents that the two others have merged: found in the stable tree at the first visit. */
function known(pages: number): Subject {
  const made = scene(1, pages, pages);
  const prepare = () => writePages(made.device, made.mms[0], pages, (page) => page);
  return visiting('merge with a known KSM page', made, pages, pages, prepare, { unit: 'merge', count: pages });
}

/** ns per page visit of ksmd, by kind. */
export async function visits(iterations: number, quick: boolean): Promise<{ suite: SuiteResult }> {
  const pages = quick ? QUICK_PAGES : PAGES;
  const about = `ksmd going through ${pages} pages of one kind, ${SHARED} nodes in the stable tree`;
  const subjects = [linked, unchanged, changing, pairs, known].map((kind) => kind(pages));
  return { suite: await measure('page visits', about, subjects, iterations) };
}
