/** Things due at a time, in order of time and, among equals, of arrival. Short lists: linear insertion from the end. */
export class DueList<Item> {
  readonly #times: number[] = [];
  readonly #items: Item[] = [];

  /** Time of the first one, Infinity when there is none. */
  get nextAt(): number {
    return this.#times.length === 0 ? Infinity : this.#times[0];
  }

  add(at: number, item: Item): void {
    let place = this.#times.length;
    while (place > 0 && this.#times[place - 1] > at) place--;
    this.#times.splice(place, 0, at);
    this.#items.splice(place, 0, item);
  }

  /** Takes the first one out; there must be one. */
  shift(): Item {
    this.#times.shift();
    return this.#items.shift()!;
  }
}
