/**
 * Random litmus actions. A draw is a kind and four numbers; what they stand for depends on the processes and pages that
 * there are by then, so that most actions make sense and shrinking may leave out any of them.
 */
import fc from 'fast-check';
import type { LitmusAction } from '../../sim/litmus/types.ts';
import { isKsm } from './reference/faults.ts';
import type { ReferenceMachine } from './reference/machine.ts';
import type { Mm } from './reference/mm.ts';

export type Draw = readonly [kind: string, number, number, number, number];

/** Enough to merge, and not in the order in which trees would be filled by counting. */
export const CONTENTS = ['D', 'B', 'F', 'A', 'E', 'C', 'H', 'G'];

const MAX_PROCESSES = 8;
const FIRST_ADDRESS = 16;
/** Ranges of cma start low, where the frames in use are. */
const CMA = { first: 256, pages: 64, starts: 16 };

/** Every script begins with two processes that map something; shortening leaves out what is not needed. */
export const PROLOGUE: readonly LitmusAction[] = ['P', 'Q'].flatMap((p) => [
  { op: 'proc', p },
  { op: 'mmap', p, start: FIRST_ADDRESS, n: 4 },
]);

/** Kinds with their weights, so that scripts merge, fork and migrate a lot. */
const KINDS: Readonly<Record<string, number>> = {
  proc: 3,
  mmap: 5,
  write: 36,
  fork: 8,
  exit: 3,
  munmap: 3,
  madvise: 5,
  mremap: 3,
  scan: 20,
  pass: 5,
  scan_until: 2,
  cma: 4,
  migrate: 3,
  probe: 6,
  drain: 2,
  ksm_run: 1,
  pin: 1,
  unpin: 2,
  lock: 1,
  unlock: 5,
};

const number = fc.nat(1023);

export const draw: fc.Arbitrary<Draw> = fc.tuple(
  fc.oneof(...Object.entries(KINDS).map(([kind, weight]) => ({ weight, arbitrary: fc.constant(kind) }))),
  number,
  number,
  number,
  number,
);

/** The action that a draw stands for in the present state, or null when it has none. `step` makes names unique. */
export function actionOf(draw: Draw, step: number, machine: ReferenceMachine): LitmusAction | null {
  const [kind, a, b] = draw;
  switch (kind) {
    case 'proc':
      return machine.processes.size < MAX_PROCESSES ? { op: kind, p: `p${step}` } : null;
    case 'scan':
    case 'pass':
      // A ksmd that was stopped is soon started again.
      if (machine.ksm.run !== 1 && a % 4 > 0) return { op: 'ksm_run', value: 1 };
      return { op: kind, count: 1 + (b % (kind === 'scan' ? 3 : 2)) };
    case 'ksm_run':
      return { op: kind, value: (isAnyLocked(machine) ? [1, 0] : [1, 2, 2, 0])[a % 4] ?? 1 };
    case 'cma': {
      const start = a % CMA.starts;
      return { op: kind, start: CMA.first + start, n: 1 + (b % (CMA.pages - start)) };
    }
    case 'drain':
      return { op: kind };
    case 'probe':
    case 'migrate':
    case 'pin':
    case 'unpin':
    case 'lock':
    case 'unlock':
      return onPage(draw, machine);
    default:
      return onProcess(draw, step, machine);
  }
}

/** Writing 2 to `run` then sleeps in the kernel, for as long as the lock is held. */
function isAnyLocked({ memory }: ReferenceMachine): boolean {
  return [...memory.labelled.values()].some(({ isLocked }) => isLocked);
}

/** An action on one page, three times in four on a KSM page if there is one. */
function onPage([op, a, b, c]: Draw, machine: ReferenceMachine): LitmusAction | null {
  const all = [...machine.memory.labelled.entries()].filter(([, page]) => {
    if (op === 'unlock') return page.isLocked;
    return op !== 'unpin' || machine.isPinned(page);
  });
  const ksm = all.filter(([, page]) => isKsm(page));
  const pages = ksm.length > 0 && c % 4 > 0 ? ksm : all;
  if (pages.length === 0) return null;
  const [page] = pages[a % pages.length];
  return op === 'migrate' ? { op, page, force: b % 2 === 0 } : { op, page };
}

function onProcess([op, a, b, c, d]: Draw, step: number, machine: ReferenceMachine): LitmusAction | null {
  const mms = [...machine.processes.values()];
  if (mms.length === 0) return null;
  const mm = mms[a % mms.length];
  const p = mm.name;
  const n = 1 + (c % 3);
  switch (op) {
    case 'fork':
      return mms.length < MAX_PROCESSES ? { op, parent: p, child: `p${step}` } : null;
    case 'exit':
      return { op, p };
    case 'mmap':
      return { op, p, start: FIRST_ADDRESS + (b % 6), n: 1 + (c % 4), mergeable: d % 5 > 0 };
    case 'write': {
      const data = CONTENTS[c % (d % 3 === 0 ? 8 : 3)];
      const written = { op, p, at: mappedAddress(mm, b), data, cma: d % 2 > 0 };
      return d % 4 < 2 ? { ...written, page: `L${step}` } : written;
    }
    case 'munmap':
      return { op, p, start: mappedAddress(mm, b), n };
    case 'mremap':
      return { op, p, from: mappedAddress(mm, b), n: 1 + (d % 2), to: FIRST_ADDRESS + (c % 10) };
    case 'scan_until':
      return scanUntil(mm, b, machine);
    default:
      return { op, p, start: mappedAddress(mm, b), n, advice: ['MERGEABLE', 'UNMERGEABLE', 'DONTNEED'][d % 3] };
  }
}

/** An address that is mapped, 15 times in 16 and if there is one. */
function mappedAddress({ vmas }: Mm, choice: number): number {
  const mapped = vmas.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i));
  if (mapped.length === 0 || choice % 16 === 0) return FIRST_ADDRESS + (choice % 7);
  return mapped[choice % mapped.length];
}

/** Waits for a page that ksmd is going to visit. */
function scanUntil(mm: Mm, choice: number, { ksm }: ReferenceMachine): LitmusAction | null {
  if (ksm.run !== 1 || !mm.isKnownToKsm) return null;
  const visited = [...mm.ptes.keys()].filter((at) =>
    mm.vmas.some((vma) => vma.isMergeable && vma.start <= at && at < vma.end),
  );
  return visited.length > 0 ? { op: 'scan_until', p: mm.name, at: visited[choice % visited.length] } : null;
}
