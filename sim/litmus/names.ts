/**
 * Names of a script and handles of the model: processes, page labels (which follow a page when it migrates) and
 * contents (numbered in plain byte order, the order of memcmp).
 */
import { KIND, NONE, type Frames } from '../memory/frames.ts';
import type { LitmusAction } from './types.ts';

export class Names {
  readonly #frames: Frames;
  readonly #mmOf = new Map<string, number>();
  readonly #nameOf = new Map<number, string>();
  readonly #pageOf = new Map<string, number>();
  readonly #labelOf = new Map<number, string>();
  readonly #contents: ReadonlyMap<string, number>;
  #unlabelled = 0;

  constructor(frames: Frames, actions: readonly LitmusAction[]) {
    this.#frames = frames;
    this.#contents = numberContents(actions);
  }

  addProcess(name: string, mm: number): void {
    this.#mmOf.set(name, mm);
    this.#nameOf.set(mm, name);
  }

  removeProcess(name: string): void {
    this.#mmOf.delete(name);
  }

  /** mm of a live process, NONE when there is none of that name. */
  process(name: string): number {
    return this.#mmOf.get(name) ?? NONE;
  }

  /** The mm that the name stood for last; it may be dead, and its handle another's by now. */
  lastMm(name: string): number {
    let last = NONE;
    for (const [mm, of] of this.#nameOf) if (of === name) last = mm;
    return last;
  }

  /** Name of an mm, dead ones included. */
  processName(mm: number): string {
    return this.#nameOf.get(mm) ?? `mm${mm}`;
  }

  get processes(): IterableIterator<[string, number]> {
    return this.#mmOf.entries();
  }

  content(data: string): number {
    return this.#contents.get(data) ?? NONE;
  }

  /** `P@16` of an address; kept items belong to no mm. */
  address(mm: number, vpn: number): string {
    return `${mm === NONE ? '(kept)' : this.processName(mm)}@${vpn}`;
  }

  /** A new page: `label`, or a name of its own where the script gives none. */
  addPage(pfn: number, mm: number, vpn: number, label: string | null): void {
    this.#drop(pfn);
    const name = label ?? `${this.address(mm, vpn)}#${++this.#unlabelled}`;
    this.#pageOf.set(name, pfn);
    this.#labelOf.set(pfn, name);
  }

  movePage(from: number, to: number): void {
    const label = this.#labelOf.get(from);
    this.#drop(to);
    if (label === undefined) return;
    this.#labelOf.delete(from);
    this.#labelOf.set(to, label);
    this.#pageOf.set(label, to);
  }

  /** Frame of a label, NONE when the page is free by now (its frame may be a migration target again) or never was. */
  page(label: string): number {
    const pfn = this.#pageOf.get(label);
    if (pfn === undefined) return NONE;
    const kind = this.#frames.kind[pfn];
    return kind === KIND.anon || kind === KIND.ksm ? pfn : NONE;
  }

  label(pfn: number): string {
    return this.#labelOf.get(pfn) ?? `pfn${pfn}`;
  }

  get labels(): IterableIterator<string> {
    return this.#pageOf.keys();
  }

  /** The frame is another page now. */
  #drop(pfn: number): void {
    const label = this.#labelOf.get(pfn);
    if (label === undefined) return;
    this.#labelOf.delete(pfn);
    this.#pageOf.delete(label);
  }
}

/** 1, 2, ... in byte order; 0 is the zero page's content. */
function numberContents(actions: readonly LitmusAction[]): Map<string, number> {
  const data = new Set<string>();
  for (const action of actions) if (typeof action['data'] === 'string') data.add(action['data']);
  const ordered = [...data].sort(compareBytes);
  return new Map(ordered.map((text, i) => [text, i + 1]));
}

/** Order of the UTF-8 bytes, which is that of the code points. */
function compareBytes(a: string, b: string): number {
  const left = Array.from(a, (char) => char.codePointAt(0) ?? 0);
  const right = Array.from(b, (char) => char.codePointAt(0) ?? 0);
  for (let i = 0; i < left.length && i < right.length; i++) if (left[i] !== right[i]) return left[i] - right[i];
  return left.length - right.length;
}
