/**
 * The heap of one cell over simulated time, in a process of its own (askProcess.ts) that was started with --expose-gc.
 */
import { Session, type HeapProfiler } from 'node:inspector';
import { memoryUsage } from 'node:process';
import { serialize } from 'node:v8';
import { runCellBySeconds } from '../../../sim/index.ts';
import { answerQuestion } from '../askProcess.ts';
import { cellOf } from './scenes.ts';

export interface AskedHeap {
  readonly workload: string;
  readonly set: readonly string[];
  readonly minutes: number;
}

/** Bytes. */
export interface HeapSeen {
  /** Heap in use after a full collection, at the end of each simulated minute. */
  readonly heap: readonly number[];
  /** Allocated on the heap in a simulated second of the last minute, collected since or not: estimated from samples. */
  readonly allocatedPerSecond: number;
  /** Results that the cell hands back, serialized: they are kept on the heap until it ends. */
  readonly results: number;
  /** Where most of it was, `#runActor clock/scheduler.js:180`. */
  readonly sites: readonly { readonly site: string; readonly bytesPerSecond: number }[];
}

const MINUTE = 60;
/** Mean bytes between two samples: some thousand samples in a minute. */
const SAMPLING_BYTES = 16_384;
const MOST_SITES = 8;
const MODEL = /^.*\/dist\/sim\//;
const session = new Session();
session.connect();

answerQuestion(({ workload, set, minutes }: AskedHeap): HeapSeen => {
  // A last second, in which the cell is still there when its heap is looked at.
  const seconds = runCellBySeconds(cellOf(workload, ['warm_up=0s', ...set], minutes * MINUTE + 1));
  let last = seconds.next();
  const heap: number[] = [];
  for (let minute = 1; minute <= minutes; minute++) {
    if (minute === minutes) startSampling();
    for (let second = 0; second < MINUTE; second++) last = seconds.next();
    if (minute < minutes) heap.push(collect());
  }
  const sites = stopSampling();
  heap.push(collect());
  while (last.done !== true) last = seconds.next();
  return {
    heap,
    results: serialize(last.value).byteLength,
    allocatedPerSecond: [...sites.values()].reduce((sum, bytes) => sum + bytes, 0) / MINUTE,
    sites: [...sites]
      .sort(([, one], [, other]) => other - one)
      .slice(0, MOST_SITES)
      .map(([site, bytes]) => ({ site, bytesPerSecond: bytes / MINUTE })),
  };
});

/** Heap in use after a full collection. */
function collect(): number {
  gc!();
  return memoryUsage().heapUsed;
}

function startSampling(): void {
  const collected = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true };
  session.post('HeapProfiler.startSampling', { samplingInterval: SAMPLING_BYTES, ...collected });
}

/** Bytes by function. */
function stopSampling(): Map<string, number> {
  const bytes = new Map<string, number>();
  const add = ({ callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode): void => {
    const { functionName, url, lineNumber } = callFrame;
    const site = `${functionName} ${url.replace(MODEL, '')}:${lineNumber + 1}`;
    if (selfSize > 0) bytes.set(site, (bytes.get(site) ?? 0) + selfSize);
    children.forEach(add);
  };
  session.post('HeapProfiler.stopSampling', (_error, { profile }) => {
    add(profile.head);
  });
  return bytes;
}
