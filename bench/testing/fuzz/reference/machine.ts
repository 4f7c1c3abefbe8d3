/**
 * The reference: a second, slow model of Linux 3.10 for litmus scripts, written from the kernel-3.10 notes
 * (docs/reference/sources.md) and not from sim/, in plain objects. It does each action, reports what the action
 * reports, and shows the state.
 *
 * Difference: vmas are not merged again (as docs/model.md has it for sim/).
 */
import type { LitmusAction, LitmusSnapshot, LitmusTest } from '../../../../sim/litmus/types.ts';
import { Senseless } from './errors.ts';
import { Faults } from './faults.ts';
import { KsmControl } from './ksmControl.ts';
import { KsmdRun } from './ksmdRun.ts';
import { Merger } from './ksmMerge.ts';
import { KsmObjects } from './ksmObjects.ts';
import { Scanner } from './ksmScan.ts';
import { Memory, type Page } from './memory.ts';
import { Migration } from './migration.ts';
import { MigrationRun } from './migrationRun.ts';
import { copyMm, map, move, newMm, unmap, vmaAt, zap, type Mm } from './mm.ts';
import { walk } from './rmap.ts';
import { snapshot } from './snapshot.ts';

export type Report = Record<string, unknown>;

export class ReferenceMachine {
  readonly memory: Memory;
  readonly ksm: KsmObjects;
  /** Processes that live. */
  readonly processes = new Map<string, Mm>();
  readonly #pins = new Map<Page, number>();
  readonly #locks = new Set<Page>();
  readonly #faults: Faults;
  readonly #control: KsmControl;
  readonly #ksmd: KsmdRun;
  readonly #migration: Migration;
  readonly #move: MigrationRun;

  constructor(config: LitmusTest['config']) {
    this.memory = new Memory(config.cma ?? [256, 320], config.pagevec !== false);
    this.ksm = new KsmObjects(this.memory);
    this.#faults = new Faults(this.memory);
    this.#control = new KsmControl(this.ksm, this.#faults);
    this.#ksmd = new KsmdRun(new Scanner(this.ksm, new Merger(this.ksm, this.#faults)), () => this.ksm.run === 1);
    this.#migration = new Migration(this.memory);
    this.#move = new MigrationRun(this.memory, this.#migration, () => this.processes.values());
  }

  /** Performs one action; throws Senseless (nothing is changed), NotPassed, Sleeps or Unsound (the script is over). */
  perform(action: LitmusAction): Report {
    switch (action.op) {
      case 'proc':
        return this.#born(text(action, 'p'));
      case 'fork':
        return this.#fork(this.#writable(action, 'parent'), text(action, 'child'));
      case 'exit':
        return this.#exit(this.#writable(action));
      case 'ksm_run':
        return this.#setRun(number(action, 'value'));
      case 'scan':
        return { processed: this.#ksmd.scan(number(action, 'count', 1)) };
      case 'scan_until':
        return this.#ksmd.scanUntil(`${text(action, 'p')}@${number(action, 'at')}`, 1);
      case 'pass':
        return this.#ksmd.scanUntil('end', number(action, 'count', 1));
      case 'ksmd_to':
        return this.#ksmd.stopAt(text(action, 'point'));
      case 'ksmd_finish':
        return this.#ksmd.finish();
      case 'migrate_to':
        return this.#move.runTo(text(action, 'point'));
      case 'migrate_finish':
        return this.#move.runTo(null);
      case 'drain':
        this.memory.drain();
        return {};
      case 'check':
        return { ...this.state(), absent: this.#stillThere(action) };
      case 'cma':
        return this.#cma(number(action, 'start'), number(action, 'n'));
      case 'mmap':
      case 'munmap':
      case 'mremap':
      case 'madvise':
      case 'write':
        this.#onMemory(action, this.#mm(action));
        return {};
      default:
        return this.#onPage(action, this.#page(action));
    }
  }

  state(): LitmusSnapshot {
    return snapshot(this);
  }

  isPinned(page: Page): boolean {
    return this.#pins.has(page);
  }

  #setRun(value: number): Report {
    if (!this.#ksmd.isBetweenItems) throw new Senseless('the writer would sleep on ksm_thread_mutex');
    this.#control.setRun(value);
    return {};
  }

  #born(name: string): Report {
    this.#newProcess(name);
    return {};
  }

  #newProcess(name: string): Mm {
    if (this.processes.has(name)) throw new Senseless(`process ${name} exists already`);
    const mm = newMm(name);
    this.processes.set(name, mm);
    return mm;
  }

  #fork(parent: Mm, name: string): Report {
    const child = this.#newProcess(name);
    if (parent.isKnownToKsm) this.#control.enter(child);
    copyMm(this.memory, parent, child);
    return {};
  }

  /** mmput: KSM first, then the mappings; in scripts no pagevec is drained. */
  #exit(mm: Mm): Report {
    if (mm.isKnownToKsm) this.#control.exit(mm);
    mm.isExiting = true;
    for (const vma of [...mm.vmas]) unmap(this.memory, mm, vma.start, vma.end - vma.start);
    this.processes.delete(mm.name);
    return {};
  }

  #onMemory(action: LitmusAction, mm: Mm): void {
    const start = number(action, 'start');
    const pages = number(action, 'n');
    // A fault and MADV_DONTNEED take mmap_sem for reading, as ksmd does.
    if (action.op !== 'write' && action['advice'] !== 'DONTNEED') this.#writable(action);
    switch (action.op) {
      case 'mmap':
        unmap(this.memory, mm, start, pages);
        map(mm, start, pages);
        if (action['mergeable'] !== false) this.#control.madviseMergeable(mm, start, start + pages);
        return;
      case 'munmap':
        return unmap(this.memory, mm, start, pages);
      case 'mremap':
        return this.#mremap(mm, number(action, 'from'), pages, number(action, 'to'));
      case 'madvise':
        return this.#madvise(mm, start, start + pages, text(action, 'advice'));
      default: {
        const label = typeof action['page'] === 'string' ? action['page'] : null;
        this.#faults.write(mm, number(action, 'at'), text(action, 'data'), label, action['cma'] === true);
      }
    }
  }

  #mremap(mm: Mm, from: number, pages: number, to: number): void {
    if (Math.abs(from - to) < pages) throw new Senseless('the old and the new range overlap');
    const vma = vmaAt(mm, from);
    if (vma === undefined || vma.end < from + pages) throw new Senseless('the old range is not inside one mapping');
    this.#control.requireNoMigration(mm, from, from + pages);
    unmap(this.memory, mm, to, pages);
    // Unmapping may have split it.
    const old = vmaAt(mm, from)!;
    this.#control.unmerge(old, from, from + pages);
    move(this.memory, old, from, pages, to);
  }

  #madvise(mm: Mm, start: number, end: number, advice: string): void {
    if (advice === 'MERGEABLE') this.#control.madviseMergeable(mm, start, end);
    else if (advice === 'UNMERGEABLE') this.#control.madviseUnmergeable(mm, start, end);
    else zap(this.memory, mm, start, end);
  }

  #cma(start: number, pages: number): Report {
    if (start < this.memory.cmaFirst || start + pages > this.memory.cmaEnd) throw new Senseless('outside the area');
    return this.#migration.allocContigRange(start, start + pages);
  }

  #onPage(action: LitmusAction, page: Page): Report {
    switch (action.op) {
      case 'probe': {
        const { result, found, left } = walk(page);
        return { result, found: found.map(({ name }) => name), left };
      }
      case 'migrate':
        this.#move.start(page, action['force'] === true);
        return this.#move.runTo(null);
      case 'migrate_start':
        this.#move.start(page, action['force'] === true);
        return {};
      case 'pin':
        this.#pins.set(page, (this.#pins.get(page) ?? 0) + 1);
        this.memory.get(page);
        return {};
      case 'unpin':
        return this.#unpin(page);
      case 'lock':
        if (page.isLocked) throw new Senseless('somebody holds the page lock');
        page.isLocked = true;
        this.#locks.add(page);
        return {};
      case 'unlock':
        if (!this.#locks.delete(page)) throw new Senseless('the script does not hold the page lock');
        page.isLocked = false;
        return {};
      default:
        throw new Senseless(`unknown op ${action.op}`);
    }
  }

  #unpin(page: Page): Report {
    const pins = this.#pins.get(page);
    if (pins === undefined) throw new Senseless('nobody pins the page');
    if (pins === 1) this.#pins.delete(page);
    else this.#pins.set(page, pins - 1);
    this.memory.put(page);
    return {};
  }

  #stillThere(action: LitmusAction): string[] {
    const labels = Array.isArray(action['absent']) ? (action['absent'] as string[]) : [];
    return labels.filter((label) => this.memory.labelled.has(label));
  }

  #mm(action: LitmusAction, key = 'p'): Mm {
    const mm = this.processes.get(text(action, key));
    if (mm === undefined) throw new Senseless(`there is no process ${text(action, key)}`);
    return mm;
  }

  /** ksmd does not hold its mmap_sem. */
  #writable(action: LitmusAction, key = 'p'): Mm {
    const mm = this.#mm(action, key);
    if (this.ksm.reading === mm) throw new Senseless(`${mm.name} would sleep on its mmap_sem`);
    return mm;
  }

  #page(action: LitmusAction): Page {
    const page = this.memory.labelled.get(text(action, 'page'));
    if (page === undefined) throw new Senseless(`there is no page ${text(action, 'page')}`);
    return page;
  }
}

function text(action: LitmusAction, key: string): string {
  return String(action[key]);
}

function number(action: LitmusAction, key: string, otherwise = 0): number {
  const value = action[key];
  return typeof value === 'number' ? value : otherwise;
}
