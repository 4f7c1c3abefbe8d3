/** What the generator of random scripts sees of the model, so that most of the actions it draws make sense. */
import type { Interpreter } from '../../../sim/litmus/interpreter.ts';
import type { LitmusAction } from '../../../sim/litmus/types.ts';
import { KIND } from '../../../sim/memory/frames.ts';
import { PTE, PTE_SHIFT } from '../../../sim/process/pageTables.ts';
import { VM } from '../../../sim/process/vmas.ts';

export interface ScenePlace {
  readonly at: number;
  /** First page behind its mapping. */
  readonly end: number;
  readonly isMergeable: boolean;
  readonly isPresent: boolean;
  readonly isMigrating: boolean;
}

export interface SceneProcess {
  readonly name: string;
  /** It has an mm_slot. */
  readonly isKnownToKsm: boolean;
  readonly isCursor: boolean;
  /** ksmd holds its mmap_sem. */
  readonly isRead: boolean;
  /** Mapped pages by address. */
  readonly places: readonly ScenePlace[];
}

export interface ScenePage {
  readonly label: string;
  readonly isKsm: boolean;
  readonly isPinned: boolean;
  readonly isLocked: boolean;
  /** The script itself holds the lock. */
  readonly isOurs: boolean;
}

export class Scene {
  readonly #interpreter: Interpreter;
  /** Labels of pages that the script has locked. */
  readonly #locked = new Set<string>();

  constructor(interpreter: Interpreter) {
    this.#interpreter = interpreter;
  }

  /** Keeps account of the locks that the script holds. */
  performed(action: LitmusAction): void {
    if (action.op === 'lock') this.#locked.add(String(action['page']));
    if (action.op === 'unlock') this.#locked.delete(String(action['page']));
  }

  get isScanning(): boolean {
    return this.#interpreter.kernel.ksmd.run === 1;
  }

  /** ksmd was stopped inside an item, or sleeps. */
  get isInsideItem(): boolean {
    return !this.#interpreter.kernel.ksmd.isBetweenItems;
  }

  /** The address that ksmd works on inside an item, and the page mapped there. */
  get work(): { readonly p: string; readonly at: number; readonly label: string } | null {
    const { kernel, names } = this.#interpreter;
    const { ksmd, objects } = kernel;
    if (kernel.mergeItem.isIdle) return null;
    const mm = objects.itemMm[ksmd.item];
    const at = objects.itemAddress[ksmd.item];
    const pfn = kernel.tables.get(mm, at) >> PTE_SHIFT;
    const p = names.processName(mm);
    return names.process(p) === mm && pfn > 0 ? { p, at, label: names.label(pfn) } : null;
  }

  /** ksmd sleeps on a page lock that is still held. */
  get isAsleep(): boolean {
    const { ksmd, locks } = this.#interpreter.kernel;
    return ksmd.waitingFor >= 0 && locks.isPageLocked(ksmd.waitingFor);
  }

  get isMigrating(): boolean {
    return !this.#interpreter.kernel.otherMove.isIdle;
  }

  get pages(): ScenePage[] {
    const { names, kernel } = this.#interpreter;
    return [...names.labels].flatMap((label) => {
      const pfn = names.page(label);
      if (pfn < 0) return [];
      const isKsm = kernel.frames.kind[pfn] === KIND.ksm;
      const isLocked = kernel.locks.isPageLocked(pfn);
      return [{ label, isKsm, isPinned: kernel.frames.pins[pfn] > 0, isLocked, isOurs: this.#locked.has(label) }];
    });
  }

  get processes(): SceneProcess[] {
    const { names, kernel } = this.#interpreter;
    return [...names.processes].map(([name, mm]) => ({
      name,
      isKnownToKsm: kernel.slots.present[mm] !== 0,
      isCursor: kernel.slots.cursor === mm,
      isRead: kernel.locks.isMmReadLocked(mm),
      places: this.#places(mm),
    }));
  }

  #places(mm: number): ScenePlace[] {
    const { vmas, tables } = this.#interpreter.kernel;
    const places: ScenePlace[] = [];
    for (let vma = vmas.first[mm]; vma >= 0; vma = vmas.next[vma]) {
      const end = vmas.end[vma];
      const isMergeable = (vmas.flags[vma] & VM.mergeable) !== 0;
      for (let at = vmas.start[vma]; at < end; at++) {
        const entry = tables.get(mm, at);
        const isPresent = (entry & PTE.present) !== 0;
        places.push({ at, end, isMergeable, isPresent, isMigrating: (entry & PTE.migration) !== 0 });
      }
    }
    return places;
  }
}
