/** Which page is which: a number for each anonymous page that stays with it when it moves to another frame. */
import { NONE } from '../memory/frames.ts';
import type { World } from '../load/world.ts';

export class PageIds {
  #ids = new Int32Array(0);
  #made = 0;

  /** From before the boot on. `onNewPage` is told, too. */
  attach({ kernel }: World, onNewPage: (mm: number, vpn: number, pfn: number) => void): void {
    this.#ids = new Int32Array(kernel.frames.total).fill(NONE);
    kernel.faults.onNewPage = (mm, vpn, pfn) => {
      this.#ids[pfn] = ++this.#made;
      onNewPage(mm, vpn, pfn);
    };
  }

  moved(from: number, to: number): void {
    this.#ids[to] = this.#ids[from];
    this.#ids[from] = NONE;
  }

  /** NONE for a frame that has never held an anonymous page. */
  of(pfn: number): number {
    return this.#ids[pfn];
  }
}
