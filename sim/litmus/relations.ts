/**
 * Who leads to whom after an action of a script: ptes and rmap_items of each process, anon_vmas and the vmas in their
 * trees, and for each page the way of its reverse walk with what that finds and misses. For pictures; changes nothing.
 */
import type { Kernel } from '../kernel.ts';
import { ITEM } from '../ksm/objects.ts';
import { KIND, NONE, PG } from '../memory/frames.ts';
import { PTE_SHIFT } from '../process/pageTables.ts';
import { eachMappedPte } from '../truth/mappedPtes.ts';
import { tryUnmap } from '../truth/triedUnmap.ts';
import type { Names } from './names.ts';
import { MIGRATION_SUFFIX } from './snapshot.ts';
import type {
  LitmusLead,
  LitmusPlace,
  LitmusProcess,
  LitmusRelations,
  LitmusSnapshot,
  LitmusVma,
  LitmusWalk,
} from './types.ts';

/** Remembers names of anon_vmas from action to action: one outlives the process that made it. */
export class Relations {
  readonly #kernel: Kernel;
  readonly #names: Names;
  readonly #anonVmaNames = new Map<number, string>();

  constructor(kernel: Kernel, names: Names) {
    this.#kernel = kernel;
    this.#names = names;
  }

  /** Called after each action, with the snapshot taken then. */
  after(snapshot: LitmusSnapshot): LitmusRelations {
    const { ksmd, objects } = this.#kernel;
    this.#nameAnonVmas();
    const item = ksmd.item === NONE ? null : this.#itemName(ksmd.item);
    return {
      processes: this.#processes(snapshot),
      anonVmas: [...this.#anonVmaNames].map(([anonVma, name]) => ({
        name,
        vmas: this.#tree(anonVma).map((vma) => this.#vma(vma)),
      })),
      walks: Object.fromEntries(Object.keys(snapshot.pages).map((label) => [label, this.#walk(label)])),
      ksmd: { item: item !== null && objects.itemMm[ksmd.item] !== NONE ? item : null, point: ksmd.point },
    };
  }

  /** After the process whose own it is; a second one of a process gets a number. */
  #nameAnonVmas(): void {
    const { vmas } = this.#kernel;
    const names = this.#anonVmaNames;
    for (const anonVma of names.keys()) if (vmas.anonVmas.refcount[anonVma] <= 0) names.delete(anonVma);
    for (const [process, mm] of this.#names.processes) {
      for (let vma = vmas.first[mm]; vma >= 0; vma = vmas.next[vma]) {
        const anonVma = vmas.anonVma[vma];
        if (anonVma < 0 || names.has(anonVma)) continue;
        const taken = new Set(names.values());
        let name = process;
        for (let number = 2; taken.has(name); number++) name = `${process}#${number}`;
        names.set(anonVma, name);
      }
    }
  }

  #processes({ ptes, mm_slots }: LitmusSnapshot): LitmusProcess[] {
    const { slots } = this.#kernel;
    const processes: LitmusProcess[] = [];
    for (let mm = slots.next[slots.head]; mm !== slots.head; mm = slots.next[mm]) {
      const name = this.#names.processName(mm);
      const isAlive = this.#names.process(name) === mm;
      processes.push({ name, isAlive, hasSlot: true, places: this.#places(mm, isAlive ? ptes : {}) });
    }
    for (const [name, mm] of this.#names.processes) {
      if (mm_slots.includes(name)) continue;
      processes.push({ name, isAlive: true, hasSlot: false, places: this.#places(mm, ptes) });
    }
    return processes;
  }

  #places(mm: number, ptes: LitmusSnapshot['ptes']): LitmusPlace[] {
    const { slots, objects } = this.#kernel;
    const items = new Map<number, number>();
    if (slots.present[mm] !== 0) {
      for (let item = slots.rmapList[mm]; item >= 0; item = objects.itemNext[item]) {
        items.set(objects.itemAddress[item], item);
      }
    }
    const prefix = this.#names.address(mm, 0).slice(0, -1);
    const mapped = Object.keys(ptes).filter((at) => at.startsWith(prefix));
    const vpns = new Set([...mapped.map((at) => Number(at.slice(prefix.length))), ...items.keys()]);
    return [...vpns]
      .sort((a, b) => a - b)
      .map((vpn) => {
        const at = this.#names.address(mm, vpn);
        const held = (ptes as Readonly<Record<string, string | undefined>>)[at] ?? null;
        const isMigrationEntry = held?.endsWith(MIGRATION_SUFFIX) === true;
        const page = isMigrationEntry ? held.slice(0, -MIGRATION_SUFFIX.length) : held;
        return { at, page, isMigrationEntry, ...this.#itemState(items.get(vpn) ?? NONE) };
      });
  }

  #itemState(item: number): Pick<LitmusPlace, 'item' | 'itemPage'> {
    const { objects } = this.#kernel;
    if (item === NONE) return { item: null, itemPage: null };
    const flags = objects.itemFlags[item];
    if ((flags & ITEM.stable) !== 0) {
      return { item: 'stable', itemPage: this.#names.label(objects.kpfn[objects.itemHead[item]]) };
    }
    return { item: (flags & ITEM.unstable) !== 0 ? 'unstable' : 'volatile', itemPage: null };
  }

  #walk(label: string): LitmusWalk {
    const { frames, ledger } = this.#kernel;
    const pfn = this.#names.page(label);
    const found = tryUnmap(this.#kernel, pfn).found.map(({ mm, vpn }) => this.#names.address(mm, vpn));
    const missed: { at: string; cause: string }[] = [];
    eachMappedPte(this.#kernel, (mm, _vma, vpn, entry) => {
      if (entry >> PTE_SHIFT !== pfn) return;
      const at = this.#names.address(mm, vpn);
      if (found.includes(at)) return;
      missed.push({ at, cause: ledger.gaps.at(mm, vpn, pfn)?.cause ?? 'unknown' });
    });
    const references = {
      pagevec: frames.pagevecRefs[pfn],
      pin: frames.pins[pfn],
      ksmd: frames.ksmdRefs[pfn],
      waiter: frames.waiters[pfn],
      isolated: (frames.flags[pfn] & PG.isolated) === 0 ? 0 : 1,
    };
    return {
      leads: this.#leads(pfn),
      found,
      missed,
      references: Object.fromEntries(Object.entries(references).filter(([, held]) => held > 0)),
      isLocked: (frames.flags[pfn] & PG.locked) !== 0,
    };
  }

  #leads(pfn: number): LitmusLead[] {
    const { frames, objects, vmas } = this.#kernel;
    const mapping = frames.mapping[pfn];
    if (mapping === NONE) return [];
    if (frames.kind[pfn] !== KIND.ksm) {
      const reaches = this.#tree(mapping).flatMap((vma) => {
        const vpn = vmas.addressOf(vma, frames.index[pfn]);
        return vpn === NONE ? [] : [this.#names.address(vmas.mm[vma], vpn)];
      });
      return [{ item: null, anonVma: this.#anonVmaName(mapping), reaches }];
    }
    const leads: LitmusLead[] = [];
    for (let item = objects.hlist[mapping]; item >= 0; item = objects.hlistNext[item]) {
      const reaches = this.#reachedBy(item).map((vma) => this.#names.address(vmas.mm[vma], objects.itemAddress[item]));
      leads.push({ item: this.#itemName(item), anonVma: this.#anonVmaName(objects.itemAnonVma[item]), reaches });
    }
    return leads;
  }

  /**
   * vmas around the item's address: those of its anon_vma's tree, then those that a strategy looks at because of it.
   */
  #reachedBy(item: number): number[] {
    const { hooks, objects, vmas } = this.#kernel;
    const address = objects.itemAddress[item];
    const inTree = this.#tree(objects.itemAnonVma[item]);
    const others: number[] = [];
    if (hooks.reaches !== undefined) {
      for (const [, mm] of this.#names.processes) {
        const vma = vmas.covering(mm, address);
        if (vma >= 0 && !inTree.includes(vma) && hooks.reaches(item, vma)) others.push(vma);
      }
    }
    return [...inTree, ...others].filter((vma) => vmas.start[vma] <= address && address < vmas.end[vma]);
  }

  #tree(anonVma: number): number[] {
    const { anonVmas } = this.#kernel.vmas;
    const found: number[] = [];
    for (let avc = anonVmas.treeHead[anonVma]; avc >= 0; avc = anonVmas.avcNextInTree[avc]) {
      found.push(anonVmas.avcVma[avc]);
    }
    return found;
  }

  #vma(vma: number): LitmusVma {
    const { vmas } = this.#kernel;
    return { process: this.#names.processName(vmas.mm[vma]), first: vmas.start[vma], last: vmas.end[vma] - 1 };
  }

  #anonVmaName(anonVma: number): string {
    return this.#anonVmaNames.get(anonVma) ?? `anon_vma ${anonVma}`;
  }

  #itemName(item: number): string {
    const { itemMm, itemAddress } = this.#kernel.objects;
    return this.#names.address(itemMm[item], itemAddress[item]);
  }
}
