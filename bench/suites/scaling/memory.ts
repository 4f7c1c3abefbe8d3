/** Memory of a cell: whether it stays the same over ten simulated minutes, what is allocated on the way, and all of it. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Report } from '../registry.ts';
import type { Figure } from '../wall.ts';
import { straightLine } from './fit.ts';
import type { MemoryAsked, MemorySeen } from './memoryAlone.ts';

const ALONE = fileURLToPath(new URL('memoryAlone.js', import.meta.url));
const MINUTES = 10;
const QUICK_MINUTES = 4;
/** Minutes before the heap is expected to stay: spawned processes become as many as they may, code is compiled. */
const WARM_UP = 1;
const CELLS: readonly Omit<MemoryAsked, 'minutes'>[] = [
  { workload: 'zygote-launch', set: [] },
  { workload: 'zygote-launch', set: ['ksm.pages_to_scan=1000'] },
  { workload: 'fork-heavy', set: ['ksm.pages_to_scan=1000'] },
];
const MB = 1e6;

function memoryOf(asked: MemoryAsked): MemorySeen {
  const flags = ['--expose-gc', ALONE, JSON.stringify(asked)];
  return JSON.parse(execFileSync(process.execPath, flags, { encoding: 'utf8' })) as MemorySeen;
}

/** The suite of `npm run bench`. */
export function memorySuite(quick: boolean): Promise<Report> {
  const minutes = quick ? QUICK_MINUTES : MINUTES;
  const memory = CELLS.map((cell) => ({ ...cell, ...memoryOf({ ...cell, minutes }) }));
  const figures = memory.flatMap((seen): Figure[] => {
    const name = [seen.workload, ...seen.set].join(' ');
    const later = seen.heap.map((bytes, minute) => ({ x: minute, y: bytes / 1e3 })).slice(WARM_UP);
    const { slope, low, high } = straightLine(later);
    const last = seen.heap[seen.heap.length - 1];
    const less = { better: 'less' } as const;
    return [
      { name: `${name}: heap growth`, value: slope, low, high, unit: 'kB/simulated min', ...less },
      { name: '  results that it hands back', value: seen.results / minutes / 1e3, unit: 'kB/simulated min', ...less },
      { name: '  allocated and dropped', value: seen.allocatedPerSecond / 1e3, unit: 'kB/simulated s', ...less },
      { name: '  heap and arrays of the device', value: (last + seen.arrayBuffers) / MB, unit: 'MB', ...less },
      { name: '  resident above an idle process', value: (seen.peakRss - seen.idleRss) / MB, unit: 'MB', ...less },
    ];
  });
  const about = `one cell in a process of its own, heap after a full collection each of ${minutes} simulated minutes`;
  const notes = memory.map(({ workload, set, sites }) => {
    const where = sites
      .slice(0, 3)
      .map(({ site, bytesPerSecond }) => `${site} ${Math.round(bytesPerSecond / 1e3)} kB/s`);
    return `${[workload, ...set].join(' ')} allocates most in ${where.join(', ')}.`;
  });
  return Promise.resolve({ suite: { name: 'memory', about, timings: [], figures }, memory, notes });
}
