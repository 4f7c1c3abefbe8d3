/** Areas of the workload for those that a trace names. */
import { PAGEBLOCK_PAGES } from '../../plan/layout.ts';
import { areaName } from '../trace/deriveClients.ts';
import { sizeText, type Context } from './context.ts';
import { pagesIn } from './room.ts';
import type { Traced } from './traced.ts';

export interface TracedArea {
  readonly name: string;
  readonly pages: number;
}

export class TracedAreas {
  readonly #context: Context;
  readonly #traced: Traced;
  readonly #known = new Map<string, TracedArea>();
  readonly #fallback: string;
  readonly #names: readonly string[];

  constructor(context: Context, traced: Traced) {
    const { draft } = context;
    this.#context = context;
    this.#traced = traced;
    this.#names = draft.names(['memory', 'cma']).filter((name) => draft.text(['memory', 'cma', name]) !== 'none');
    this.#fallback =
      this.#names.find((name) => draft.text(['memory', 'cma', name, 'default']) === 'true') ?? this.#names[0];
  }

  /** The area of that name; for one that is not known the default one, which a note says where there are others. */
  of(name: string): TracedArea {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const own = this.#names.includes(name) ? name : this.#fallback;
    const { draft } = this.#context;
    if (own !== name && this.#names.length > 1)
      draft.notes.push(`memory.cma: the trace's area ${name} is not among those of the capture; taken for ${own}`);
    const area = { name: own, pages: this.#grown(own, name) };
    this.#known.set(name, area);
    return area;
  }

  /** Pages of the area, made larger where its size is a guess and the trace saw more of it. */
  #grown(own: string, name: string): number {
    const { draft } = this.#context;
    const path = ['memory', 'cma', own, 'size'];
    const pages = pagesIn(draft, path, 0);
    if (!draft.isGuess(path)) return pages;
    const given = this.#traced.facts.requests.filter(
      (request) => request.ok === true && request.pfn !== null && areaName(request.area) === name,
    );
    let [first, end] = [Infinity, 0];
    for (const request of given) {
      first = Math.min(first, request.pfn ?? Infinity);
      end = Math.max(end, (request.pfn ?? 0) + request.pages);
    }
    const seen = blocksOf(end) - Math.floor(first / PAGEBLOCK_PAGES) * PAGEBLOCK_PAGES;
    // Frames of several areas lie apart: what would be half of the memory is not one area.
    if (!(seen > pages) || seen > pagesIn(draft, ['memory', 'size'], 0) / 2) return pages;
    const [{ line }] = given;
    const source = { file: this.#traced.derived.file, line, field: `frames ${first} to ${end - 1} were given out` };
    draft.guess(path, sizeText(seen), 'what the trace saw of it; it may be larger', source);
    return seen;
  }
}

function blocksOf(pages: number): number {
  return Math.ceil(pages / PAGEBLOCK_PAGES) * PAGEBLOCK_PAGES;
}
