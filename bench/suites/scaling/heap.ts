/** Whether the heap of a cell stays the same over ten simulated minutes, and what is allocated on the way. */
import { fileURLToPath } from 'node:url';
import { askProcess } from '../askProcess.ts';
import type { Report } from '../registry.ts';
import type { Figure } from '../wall.ts';
import { straightLine } from './fit.ts';
import type { AskedHeap, HeapSeen } from './heapAlone.ts';

const ALONE = fileURLToPath(new URL('heapAlone.js', import.meta.url));
const MINUTES = 10;
const QUICK_MINUTES = 4;
/** Minutes before the heap is expected to stay: spawned processes become as many as they may, code is compiled. */
const WARM_UP = 1;
const CELLS: readonly Omit<AskedHeap, 'minutes'>[] = [
  { workload: 'zygote-launch', set: [] },
  { workload: 'zygote-launch', set: ['ksm.pages_to_scan=1000'] },
  { workload: 'fork-heavy', set: ['ksm.pages_to_scan=1000'] },
];
const KB = 1e3;

/** The suite of `npm run bench`. */
export async function heapSuite(quick: boolean): Promise<Report> {
  const minutes = quick ? QUICK_MINUTES : MINUTES;
  const figures: Figure[] = [];
  const notes: string[] = [];
  const heap: Record<string, HeapSeen> = {};
  for (const cell of CELLS) {
    const name = [cell.workload, ...cell.set].join(' ');
    const asked: AskedHeap = { ...cell, minutes };
    const seen = await askProcess<HeapSeen>(ALONE, asked, ['--expose-gc']);
    heap[name] = seen;
    const later = seen.heap.map((bytes, minute) => ({ x: minute, y: bytes / KB })).slice(WARM_UP);
    const { slope, low, high } = straightLine(later);
    const figure = (what: string, value: number, unit: string): Figure => {
      return { name: `${name}, ${what}`, value, unit, better: 'less', samples: minutes };
    };
    figures.push(
      { ...figure('growth', slope, 'kB/simulated min'), low, high },
      figure('results it hands back', seen.results / minutes / KB, 'kB/simulated min'),
      figure('allocated', seen.allocatedPerSecond / KB, 'kB/simulated s'),
    );
    const most = seen.sites
      .slice(0, 3)
      .map(({ site, bytesPerSecond }) => `${site} ${Math.round(bytesPerSecond / KB)} kB/s`);
    notes.push(`${name} allocates most in ${most.join(', ')}.`);
  }
  const about = `one cell in a process of its own: heap after a full collection each of ${minutes} simulated minutes`;
  return { suite: { name: 'heap', about, timings: [], figures }, heap, notes };
}
