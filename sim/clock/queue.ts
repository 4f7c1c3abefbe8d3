/**
 * The event queue: a binary heap in typed arrays, ordered by (time, sequence), with at most one entry for each id.
 *
 * Entries of equal time leave in the order they came. An entry can be taken back by its id, so that a killed or woken
 * actor leaves nothing behind and the capacity is the number of ids. Nothing is allocated after construction.
 */

export class EventQueue {
  /** Number of entries. */
  size = 0;
  #sequence = 0;
  readonly #time: Float64Array;
  readonly #order: Float64Array;
  readonly #heap: Int32Array;
  /** Place of each id in the heap, -1 when it is not queued. */
  readonly #place: Int32Array;

  /** Ids are 0 .. capacity - 1. */
  constructor(capacity: number) {
    this.#time = new Float64Array(capacity);
    this.#order = new Float64Array(capacity);
    this.#heap = new Int32Array(capacity);
    this.#place = new Int32Array(capacity).fill(-1);
  }

  /** Time of the first entry, Infinity when there is none. */
  get nextTime(): number {
    return this.size === 0 ? Infinity : this.#time[this.#heap[0]];
  }

  /** Queues `id` for `time`; it must not be queued. */
  push(id: number, time: number): void {
    this.#time[id] = time;
    this.#order[id] = this.#sequence++;
    this.#up(id, this.size++);
  }

  /** Takes the first entry out and returns its id. The queue must not be empty. */
  pop(): number {
    const id = this.#heap[0];
    this.#takeOut(0);
    return id;
  }

  /** Time of a queued id. */
  timeOf(id: number): number {
    return this.#time[id];
  }

  /** Takes the entry of `id` out, if it has one. */
  remove(id: number): void {
    if (this.#place[id] >= 0) this.#takeOut(this.#place[id]);
  }

  #takeOut(at: number): void {
    this.#place[this.#heap[at]] = -1;
    const last = this.#heap[--this.size];
    if (at === this.size) return;
    if (at > 0 && this.#isBefore(last, this.#heap[(at - 1) >> 1])) this.#up(last, at);
    else this.#down(last, at);
  }

  #up(id: number, from: number): void {
    const heap = this.#heap;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const other = heap[parent];
      if (!this.#isBefore(id, other)) break;
      heap[at] = other;
      this.#place[other] = at;
      at = parent;
    }
    heap[at] = id;
    this.#place[id] = at;
  }

  #down(id: number, from: number): void {
    const heap = this.#heap;
    const { size } = this;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#isBefore(heap[child + 1], heap[child])) child++;
      const other = heap[child];
      if (!this.#isBefore(other, id)) break;
      heap[at] = other;
      this.#place[other] = at;
      at = child;
    }
    heap[at] = id;
    this.#place[id] = at;
  }

  #isBefore(a: number, b: number): boolean {
    const time = this.#time;
    return time[a] < time[b] || (time[a] === time[b] && this.#order[a] < this.#order[b]);
  }
}
