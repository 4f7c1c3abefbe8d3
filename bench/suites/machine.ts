/** What the measurements were made on: wall-clock numbers mean nothing without it. */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { bytes, digits3 } from '../report/units.ts';

export interface Machine {
  readonly cpu: string;
  readonly processors: number;
  readonly memoryBytes: number;
  /** Of the first processor, smallest first; empty where the system does not say. */
  readonly caches: readonly Cache[];
  readonly system: string;
  readonly node: string;
  readonly v8: string;
  /** Load average of the last minute when measuring began: runnable tasks. */
  readonly loadAverage: number;
}

export interface Cache {
  /** `L1d`, `L1i`, `L2`, `L3`. */
  readonly name: string;
  readonly bytes: number;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus().at(0)?.model ?? 'unknown',
    processors: availableParallelism(),
    memoryBytes: totalmem(),
    caches: readCaches('/sys/devices/system/cpu/cpu0/cache'),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    v8: process.versions.v8,
    loadAverage: loadavg()[0],
  };
}

export function machineLines(machine: Machine): string[] {
  const { cpu, processors, memoryBytes, caches, system, node, v8, loadAverage } = machine;
  const known = caches.map(({ name, bytes: size }) => `${name} ${bytes(size)}`);
  return [
    [`${cpu}, ${processors} processors`, ...known, `${bytes(memoryBytes)} of memory`].join(', '),
    `${system}, Node ${node}, V8 ${v8}, load average ${digits3(loadAverage)}`,
  ];
}

/** Tells what to expect of figures that are measured while others work. */
export function warnIfBusy({ loadAverage, processors }: Machine, say: (text: string) => void): void {
  // A suite keeps one processor busy: with less than one free it waits for others.
  if (loadAverage <= processors - 1) return;
  const load = `the load average is ${digits3(loadAverage)} on ${processors} processors`;
  say(`warning: ${load}: wall times will be too long; ratios of --compare suffer less`);
}

/** Linux only: one folder a cache with its level, type and size. */
function readCaches(folder: string): Cache[] {
  try {
    return readdirSync(folder)
      .filter((entry) => /^index\d+$/.test(entry))
      .sort()
      .map((entry) => {
        const read = (file: string): string => readFileSync(join(folder, entry, file), 'utf8').trim();
        const letter = { Data: 'd', Instruction: 'i' }[read('type')] ?? '';
        return { name: `L${read('level')}${letter}`, bytes: Number.parseInt(read('size'), 10) * 1024 };
      });
  } catch {
    // No such folder: another system, or a container that hides it.
    return [];
  }
}
