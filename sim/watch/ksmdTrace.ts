/** Batches and full scans of ksmd, read off it after each of its steps. */
import type { Kernel } from '../kernel.ts';
import type { Timeline } from './timeline.ts';

/** What ksmd had done when a span began. */
interface Done {
  readonly scanned: number;
  readonly merges: number;
}

export class KsmdTrace {
  #batch: Done | null = null;
  #scan: Done | null = null;
  /** The pass ended in this batch: the span ends with it, so that it holds whole batches. */
  #passIsOver = false;
  #batches: number;
  readonly #kernel: Kernel;
  readonly #timeline: Timeline;
  /** Items scanned since the start, and by ksmd's own measure at its last step, which begins anew with measuring. */
  #scanned = 0;
  #measured: number;
  #seqnr: number;

  constructor(kernel: Kernel, timeline: Timeline) {
    this.#kernel = kernel;
    this.#timeline = timeline;
    this.#batches = kernel.ksmd.batches;
    this.#measured = kernel.ksmd.measures.pagesScanned;
    this.#seqnr = kernel.cursor.seqnr;
  }

  /** ksmd's measures have been reset. */
  measuringBegins(): void {
    this.#measured = 0;
  }

  /** A step of ksmd at `at` is done, or several of one batch in a row, of which only the last may end a pass. */
  stepped(at: number): void {
    const { ksmd, cursor } = this.#kernel;
    const { pagesScanned } = ksmd.measures;
    this.#scanned += pagesScanned - this.#measured;
    this.#measured = pagesScanned;
    const isPassOver = cursor.seqnr > this.#seqnr;
    this.#seqnr = cursor.seqnr;
    if (ksmd.batches > this.#batches) return this.#beginBatch(at);
    if (this.#batch === null) return;
    if (!ksmd.isInBatch) return this.#endBatch(at);
    if (isPassOver) this.#passIsOver = true;
  }

  /** Time is over: what is open ends. */
  close(at: number): void {
    if (this.#batch !== null) this.#endBatch(at);
    this.#endScan(at);
  }

  #beginBatch(at: number): void {
    const { ksmd } = this.#kernel;
    this.#batches = ksmd.batches;
    if (this.#scan === null) {
      this.#scan = this.#done();
      const { number, items } = this.#pass();
      this.#timeline.tell({ kind: 'scan', edge: 'begin', track: 'ksmd', at, number, items });
    }
    this.#batch = this.#done();
    this.#timeline.tell({ kind: 'batch', edge: 'begin', track: 'ksmd', at, pages: ksmd.left });
  }

  #endBatch(at: number): void {
    this.#timeline.tell({ kind: 'batch', edge: 'end', track: 'ksmd', at, ...this.#since(this.#batch!) });
    this.#batch = null;
    if (this.#passIsOver) this.#endScan(at);
  }

  #endScan(at: number): void {
    if (this.#scan === null) return;
    const { number, items } = this.#pass();
    const ended = this.#passIsOver ? number - 1 : number;
    this.#timeline.tell({
      kind: 'scan',
      edge: 'end',
      track: 'ksmd',
      at,
      number: ended,
      items,
      ...this.#since(this.#scan),
    });
    this.#scan = null;
    this.#passIsOver = false;
  }

  /** The pass under way, or the next one. */
  #pass(): { number: number; items: number } {
    const { cursor, objects } = this.#kernel;
    return { number: cursor.seqnr, items: objects.rmapItems };
  }

  #done(): Done {
    return { scanned: this.#scanned, merges: this.#kernel.mergeItem.merges };
  }

  #since(before: Done): Done {
    const { scanned, merges } = this.#done();
    return { scanned: scanned - before.scanned, merges: merges - before.merges };
  }
}
