/** What processes do, without a load around it: first touches, fork, copy-on-write, exit. */
import { FRAME_KIND } from '../../../sim/index.ts';
import type { IdleDevice } from '../../../sim/index.ts';
import { mustHold } from '../mustHold.ts';
import { measure, type Subject, type SuiteResult } from '../wall.ts';
import { CPU, frameOf, partDevice, scanPasses, startProcess, writePages } from './device.ts';

/** Ptes of a process: about what a child of zygote maps on the standard workloads' device. */
const PAGES = 10_000;
const QUICK_PAGES = 1000;
/** Children in one call, so that it takes long enough to be timed. */
const CHILDREN = 4;
/** Passes until the pages that are equal are merged: one for the checksums, one to merge, one more. */
const SETTLING = 3;

const own = (page: number): number => page;
const other = (page: number): number => 1_000_000 + page;

/** do_anonymous_page: the first write to each page of a mapping. */
function faults(pages: number): Subject {
  const device = partDevice();
  let mm = -1;
  return {
    name: 'anonymous fault',
    work: { unit: 'page', count: pages },
    before: () => (mm = startProcess(device, pages, false)),
    run: () => writePages(device, mm, pages, own),
    after: () => {
      mustHold(countKind(device, mm, pages, FRAME_KIND.anon) === pages, 'every page is an anonymous one of its own');
      device.kernel.spaces.exit(mm, CPU);
    },
  };
}

/** A parent, and what is done with children of it: `fork` and `exit` say which part is timed. */
function children(timed: 'fork' | 'exit', pages: number): Subject {
  const device = partDevice();
  const { spaces } = device.kernel;
  const parent = startProcess(device, pages, true);
  writePages(device, parent, pages, own);
  const frame = frameOf(device, parent, 0);
  let mms: number[] = [];
  let ptes = 0;
  const fork = () => {
    mms = Array.from({ length: CHILDREN }, () => spaces.fork(parent));
    ptes = CHILDREN * spaces.lastPtes;
  };
  const exit = () => {
    ptes = 0;
    for (const mm of mms) {
      spaces.exit(mm, CPU);
      ptes += spaces.lastPtes;
    }
  };
  const check = (mappers: number) => {
    mustHold(ptes === CHILDREN * pages, `${CHILDREN * pages} ptes, not ${ptes}`);
    mustHold(device.kernel.frames.mapcount[frame] === mappers, `${mappers} processes map the first page`);
  };
  const work = { unit: 'pte', count: CHILDREN * pages };
  if (timed === 'exit') {
    return { name: 'exit, pages shared by fork', work, before: fork, run: exit, after: () => check(1) };
  }
  const after = () => {
    check(1 + CHILDREN);
    exit();
  };
  return { name: 'fork', work, run: fork, after };
}

/** Exit of a process whose pages nobody else maps: each is freed. */
function lonelyExit(pages: number): Subject {
  const device = partDevice();
  const { spaces } = device.kernel;
  let mm = -1;
  let free = 0;
  return {
    name: 'exit, pages of its own',
    work: { unit: 'pte', count: pages },
    before: () => {
      free = freeFrames(device);
      mm = startProcess(device, pages, false);
      writePages(device, mm, pages, own);
      device.memory.lruAddDrainAll();
    },
    run: () => spaces.exit(mm, CPU),
    after: () => mustHold(freeFrames(device) === free, 'every frame is free again'),
  };
}

/** do_wp_page of pages that parent and child share. */
function breakFork(pages: number): Subject {
  const device = partDevice();
  const { spaces } = device.kernel;
  const parent = startProcess(device, pages, true);
  writePages(device, parent, pages, own);
  let child = -1;
  return {
    name: 'COW break, page shared by fork',
    work: { unit: 'page', count: pages },
    before: () => (child = spaces.fork(parent)),
    run: () => writePages(device, child, pages, other),
    after: () => {
      mustHold(frameOf(device, child, 0) !== frameOf(device, parent, 0), 'the child has a page of its own');
      mustHold(countSole(device, child, pages) === pages, 'every page of the child is its own');
      spaces.exit(child, CPU);
    },
  };
}

/** do_wp_page of KSM pages. */
function breakKsm(pages: number): Subject {
  const device = partDevice();
  for (let holder = 0; holder < 2; holder++) writePages(device, startProcess(device, pages, true), pages, own);
  const writer = startProcess(device, pages, true);
  return {
    name: 'COW break, KSM page',
    work: { unit: 'page', count: pages },
    before: () => {
      writePages(device, writer, pages, own);
      scanPasses(device, SETTLING);
      mustHold(countKind(device, writer, pages, FRAME_KIND.ksm) === pages, 'every page is a KSM page beforehand');
    },
    run: () => writePages(device, writer, pages, other),
    after: () => mustHold(countSole(device, writer, pages) === pages, 'every page of the writer is its own'),
  };
}

function countKind(device: IdleDevice, mm: number, pages: number, kind: number): number {
  const { kernel } = device;
  let count = 0;
  for (let page = 0; page < pages; page++) count += kernel.frames.kind[frameOf(device, mm, page)] === kind ? 1 : 0;
  return count;
}

/** Pages that nobody else maps. */
function countSole(device: IdleDevice, mm: number, pages: number): number {
  const { mapcount } = device.kernel.frames;
  let count = 0;
  for (let page = 0; page < pages; page++) count += mapcount[frameOf(device, mm, page)] === 1 ? 1 : 0;
  return count;
}

function freeFrames({ kernel }: IdleDevice): number {
  return kernel.frames.kind.reduce((count, kind) => count + (kind === FRAME_KIND.free ? 1 : 0), 0);
}

/** ns per pte or page of what processes do. */
export async function processes(iterations: number, quick: boolean): Promise<{ suite: SuiteResult }> {
  const pages = quick ? QUICK_PAGES : PAGES;
  const about = `processes of ${pages} pages; fork and exit of ${CHILDREN} children in a row, their fixed part included`;
  const subjects = [
    faults(pages),
    children('fork', pages),
    breakFork(pages),
    breakKsm(pages),
    children('exit', pages),
    lonelyExit(pages),
  ];
  return { suite: await measure('processes', about, subjects, iterations) };
}
