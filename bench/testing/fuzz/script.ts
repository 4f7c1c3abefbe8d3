/**
 * Random litmus actions. A draw is a kind and four numbers; what they stand for depends on the processes and pages that
 * there are by then, so that most actions make sense and shrinking may leave out any of them.
 */
import fc from 'fast-check';
import { KSMD_POINTS } from '../../../sim/ksm/ksmd.ts';
import type { LitmusAction } from '../../../sim/litmus/types.ts';
import { MIGRATE_POINTS } from '../../../sim/migrate/unmapAndMove.ts';
import { FIRST_ADDRESS } from './prologues.ts';
import type { Scene, SceneProcess } from './scene.ts';

export type Draw = readonly [kind: string, number, number, number, number];

/** Enough to merge, and not in the order in which trees would be filled by counting. */
export const CONTENTS = ['D', 'B', 'F', 'A', 'E', 'C', 'H', 'G'];

const MAX_PROCESSES = 7;
/** Ranges of cma start low, where the frames in use are. */
const CMA = { first: 256, pages: 64, starts: 16 };
/** Items that ksmd may do on its way to a point. */
const SEEK_ITEMS = 12;

/** Kinds with their weights, so that scripts merge, fork, migrate and overtake ksmd a lot. */
const KINDS: Readonly<Record<string, number>> = {
  proc: 3,
  mmap: 5,
  write: 30,
  fork: 9,
  exit: 6,
  munmap: 3,
  madvise: 5,
  mremap: 3,
  scan: 16,
  pass: 5,
  overtake: 10,
  scan_until: 2,
  ksmd_to: 9,
  ksmd_finish: 3,
  cma: 4,
  migrate: 3,
  migrate_start: 5,
  migrate_to: 6,
  migrate_finish: 2,
  probe: 6,
  drain: 2,
  ksm_run: 1,
  pin: 1,
  unpin: 2,
  lock: 2,
  unlock: 6,
};

const number = fc.nat(1023);

export const draw: fc.Arbitrary<Draw> = fc.tuple(
  fc.oneof(...Object.entries(KINDS).map(([kind, weight]) => ({ weight, arbitrary: fc.constant(kind) }))),
  number,
  number,
  number,
  number,
);

/** How often ksmd may be sent to the point of a draw, an item each. */
export function triesOf([kind, , b]: Draw): number {
  return kind === 'ksmd_to' ? 1 + (b % SEEK_ITEMS) : 1;
}

/** The action that a draw stands for in the present state, or null when it has none. `step` makes names unique. */
export function actionOf(draw: Draw, step: number, scene: Scene): LitmusAction | null {
  const [kind, a, b, , d] = draw;
  switch (kind) {
    case 'proc':
      return scene.processes.length < MAX_PROCESSES ? { op: kind, p: `p${step}` } : null;
    case 'scan':
    case 'pass':
    case 'ksmd_to':
      // A ksmd that was stopped is soon started again.
      if (!scene.isScanning) return a % 4 > 0 || kind === 'ksmd_to' ? { op: 'ksm_run', value: 1 } : { op: 'scan' };
      if (kind === 'ksmd_to') return { op: kind, point: KSMD_POINTS[a % KSMD_POINTS.length] };
      if (kind === 'pass' && scene.isAsleep) return null;
      return { op: kind, count: 1 + (b % (kind === 'scan' ? 3 : 2)) };
    case 'overtake':
      return (
        (d % 2 > 0 ? onWork(draw, step, scene) : null) ??
        actionOf([overtaking(scene, d), ...draw.slice(1)] as unknown as Draw, step, scene)
      );
    case 'ksmd_finish':
      return scene.isInsideItem ? { op: kind } : null;
    case 'ksm_run':
      if (scene.isInsideItem) return null;
      return { op: kind, value: (isAnythingHeld(scene) ? [1, 0] : [1, 2, 2, 0])[a % 4] ?? 1 };
    case 'cma': {
      // It would sleep on the first locked page, and end the script.
      if (b % 8 > 0 && scene.pages.some(({ isLocked }) => isLocked)) return null;
      const start = a % CMA.starts;
      return { op: kind, start: CMA.first + start, n: 1 + (b % (CMA.pages - start)) };
    }
    case 'drain':
      return { op: kind };
    case 'migrate_to':
      return scene.isMigrating ? { op: kind, point: MIGRATE_POINTS[a % MIGRATE_POINTS.length] } : null;
    case 'migrate_finish':
      return scene.isMigrating ? { op: kind } : null;
    case 'migrate':
    case 'migrate_start':
      return scene.isMigrating ? null : onPage(draw, scene);
    case 'probe':
    case 'pin':
    case 'unpin':
    case 'lock':
    case 'unlock':
      return onPage(draw, scene);
    default:
      return onProcess(draw, step, scene);
  }
}

/** Somebody acts while another is in the middle of something; else a migration is begun. */
function overtaking(scene: Scene, choice: number): string {
  if (scene.isAsleep) return scene.isMigrating ? 'migrate_finish' : 'unlock';
  if (scene.isMigrating) return ['scan', 'scan', 'ksmd_to', 'fork'][choice % 4] ?? 'scan';
  return scene.isInsideItem ? (['migrate', 'write', 'exit', 'fork'][choice % 4] ?? 'migrate') : 'migrate_start';
}

/** On the very page that ksmd works on: it is written, its migration begun and brought to where its ptes are gone. */
function onWork([, a, b, c]: Draw, step: number, scene: Scene): LitmusAction | null {
  const { work } = scene;
  if (work === null || scene.isAsleep) return null;
  if (scene.isMigrating) return { op: 'migrate_to', point: 'mig_unmapped' };
  const { p, at, label } = work;
  if (a % 2 > 0) return { op: 'write', p, at, data: CONTENTS[c % 3], page: `L${step}` };
  return { op: 'migrate_start', page: label, force: b % 2 === 0 };
}

/** Writing 2 to `run` then sleeps in the kernel, for as long as that lasts. */
function isAnythingHeld(scene: Scene): boolean {
  return scene.isMigrating || scene.pages.some(({ isLocked }) => isLocked);
}

/** An action on one page, three times in four on a KSM page if there is one. */
function onPage([op, a, b, c]: Draw, scene: Scene): LitmusAction | null {
  const all = scene.pages.filter(({ isOurs, isLocked, isPinned }) => {
    if (op === 'lock') return !isLocked;
    return op === 'unlock' ? isOurs : op !== 'unpin' || isPinned;
  });
  const ksm = all.filter(({ isKsm }) => isKsm);
  const pages = ksm.length > 0 && c % 4 > 0 ? ksm : all;
  if (pages.length === 0) return null;
  const page = pages[a % pages.length].label;
  return op.startsWith('migrate') ? { op, page, force: b % 2 === 0 } : { op, page };
}

function onProcess(draw: Draw, step: number, scene: Scene): LitmusAction | null {
  const [op, a, b, c, d] = draw;
  const { processes } = scene;
  if (processes.length === 0) return null;
  const process = processes[a % processes.length];
  const p = process.name;
  const n = 1 + (c % 3);
  if (op === 'scan_until') return scanUntil(process, b, scene);
  if (op === 'write') return write(draw, step, process);
  const advice = ['MERGEABLE', 'UNMERGEABLE', 'DONTNEED'][d % 3];
  if (op === 'madvise' && advice === 'DONTNEED') return { op, p, start: mappedAddress(process, b), n, advice };
  // The rest would sleep on mmap_sem.
  if (process.isRead) return null;
  switch (op) {
    case 'fork':
      return processes.length < MAX_PROCESSES ? { op, parent: p, child: `p${step}` } : null;
    case 'exit':
      return { op, p };
    case 'mmap':
      return { op, p, start: FIRST_ADDRESS + (b % 5), n: 1 + (c % 3), mergeable: d % 5 > 0 };
    case 'munmap':
      return { op, p, start: mappedAddress(process, b), n };
    case 'mremap':
      return mremap(draw, process);
    default:
      return { op, p, start: mappedAddress(process, b), n, advice };
  }
}

function write([op, , b, c, d]: Draw, step: number, process: SceneProcess): LitmusAction | null {
  const at = mappedAddress(process, b);
  const place = process.places.find((one) => one.at === at);
  if (place === undefined || place.isMigrating) return null;
  const data = CONTENTS[c % (d % 3 === 0 ? 8 : 3)];
  const written = { op, p: process.name, at, data, cma: d % 2 > 0 };
  return d % 4 < 2 ? { ...written, page: `L${step}` } : written;
}

function mremap([op, , b, c, d]: Draw, process: SceneProcess): LitmusAction | null {
  const from = mappedAddress(process, b);
  const to = FIRST_ADDRESS + (c % 10);
  const n = 1 + (d % 2);
  const end = process.places.find(({ at }) => at === from)?.end ?? 0;
  return end < from + n || Math.abs(from - to) < n ? null : { op, p: process.name, from, n, to };
}

/** An address that is mapped, 15 times in 16 and if there is one. */
function mappedAddress({ places }: SceneProcess, choice: number): number {
  if (places.length === 0 || choice % 16 === 0) return FIRST_ADDRESS + (choice % 7);
  return places[choice % places.length].at;
}

/** Waits for a page that ksmd is going to visit. */
function scanUntil({ name, isKnownToKsm, places }: SceneProcess, choice: number, scene: Scene): LitmusAction | null {
  if (!scene.isScanning || scene.isAsleep || !isKnownToKsm) return null;
  const visited = places.filter(({ isPresent, isMergeable }) => isPresent && isMergeable);
  return visited.length > 0 ? { op: 'scan_until', p: name, at: visited[choice % visited.length].at } : null;
}
