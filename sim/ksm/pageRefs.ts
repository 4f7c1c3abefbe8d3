/** References that ksmd takes: get_page and put_page (mm/swap.c), booked by holder so that an audit can prove them. */
import type { Frames } from '../memory/frames.ts';
import type { UserPages } from '../process/userPages.ts';

export class PageRefs {
  readonly #frames: Frames;
  readonly #pages: UserPages;

  constructor(frames: Frames, pages: UserPages) {
    this.#frames = frames;
    this.#pages = pages;
  }

  get(pfn: number): void {
    this.#frames.count[pfn]++;
    this.#frames.ksmdRefs[pfn]++;
  }

  put(pfn: number, cpu: number): void {
    this.#frames.ksmdRefs[pfn]--;
    this.#pages.put(cpu, pfn);
  }
}
