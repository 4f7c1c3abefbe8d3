/** alloc_contig_range by the size of the range and what lies in it. */
import { FRAME_KIND } from '../../../sim/index.ts';
import type { IdleDevice } from '../../../sim/index.ts';
import { mustHold } from '../mustHold.ts';
import { measure, type Subject, type SuiteResult } from '../wall.ts';
import { CPU, frameOf, NOBODY, partDevice, scanPasses, startProcess, writePages } from './device.ts';

const SIZES = [1, 16, 256, 1024, 4096] as const;
const QUICK_SIZES = [1, 256] as const;
/** Ranges in one call, at most: one after the other through the area. */
const MOST_RANGES = 64;
const SETTLING = 3;
/** Pages beyond those of the area: the per-cpu list, which pages come from first, holds others. */
const SPARE = 512;

/** Puts pages of a kind on every frame of the CMA area. */
type Fill = (device: IdleDevice, pages: number) => void;

interface Filling {
  readonly name: string;
  readonly kind: number;
  /** Called before each call; what the call before left is there still. */
  readonly prepare: (device: IdleDevice) => Fill;
}

const FREE: Filling = { name: 'free', kind: FRAME_KIND.free, prepare: () => () => undefined };

/** Anonymous pages of one process: they take the pages of the area first. */
const MOVABLE: Filling = {
  name: 'full of movable pages',
  kind: FRAME_KIND.anon,
  prepare: () => {
    let mm: number | null = null;
    return (device, pages) => {
      if (mm !== null) device.kernel.spaces.exit(mm, CPU);
      mm = startProcess(device, pages, false);
      writePages(device, mm, pages, (page) => page);
    };
  },
};

/**
 * KSM pages that two processes share. Of two equal pages the one that ksmd meets second stays, so that process is the
 * first to write.
 */
const KSM: Filling = {
  name: 'full of KSM pages',
  kind: FRAME_KIND.ksm,
  prepare: () => {
    let mms: number[] = [];
    let next = 0;
    return (device, pages) => {
      for (const mm of mms) device.kernel.spaces.exit(mm, CPU);
      scanPasses(device, mms.length === 0 ? 0 : 1);
      mms = [startProcess(device, pages, true), startProcess(device, pages, true)];
      for (const mm of mms.toReversed()) writePages(device, mm, pages, (page) => next + page);
      next += pages;
      scanPasses(device, SETTLING);
      mustHold(frameOf(device, mms[0], 0) === frameOf(device, mms[1], 0), 'both processes map the KSM pages');
    };
  },
};

/** Ranges of `size` pages from the area's beginning on, each taken while all of it is as it was filled. */
function allocations(size: number, filling: Filling): Subject {
  const device = partDevice();
  const { kernel, memory } = device;
  const [area] = memory.memory.options.cma;
  const fill = filling.prepare(device);
  const ranges = Math.min(MOST_RANGES, Math.floor(area.pages / size));
  const span = ranges * size;
  let taken = 0;
  const countKind = (kind: number): number => {
    let count = 0;
    for (let pfn = area.first; pfn < area.first + span; pfn++) count += kernel.frames.kind[pfn] === kind ? 1 : 0;
    return count;
  };
  return {
    name: `${size} page${size === 1 ? '' : 's'}, ${filling.name}`,
    work: { unit: 'range', count: ranges },
    before: () => {
      taken = 0;
      fill(device, area.pages + SPARE);
      memory.lruAddDrainAll();
      const filled = countKind(filling.kind);
      mustHold(filled === span, `${span} frames are ${filling.name} beforehand, not ${filled}`);
    },
    run: () => {
      const { range } = kernel;
      for (let first = area.first; first < area.first + span; first += size) {
        range.begin(first, first + size);
        while (!range.isIdle) range.step(NOBODY, CPU);
        if (range.rc === 0) taken++;
      }
    },
    after: () => {
      mustHold(taken === ranges, `${ranges} ranges of ${size} pages, ${filling.name}, not ${taken}`);
      for (let first = area.first; first < area.first + span; first += size) memory.freeRange(CPU, first, size);
      memory.drainAllPages();
    },
  };
}

/** ns per alloc_contig_range that succeeds. */
export async function contiguous(iterations: number, quick: boolean): Promise<{ suite: SuiteResult }> {
  const about = `alloc_contig_range that succeeds, up to ${MOST_RANGES} ranges in a row through an area of 4096 pages`;
  const subjects = (quick ? QUICK_SIZES : SIZES).flatMap((size) =>
    [FREE, MOVABLE, KSM].map((filling) => allocations(size, filling)),
  );
  return { suite: await measure('contiguous ranges', about, subjects, iterations) };
}
