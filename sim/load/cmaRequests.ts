/** What a CMA client asks for and when: drawn from its description, or as it was recorded. */
import { Stream } from '../clock/random.ts';
import { SECOND } from '../clock/units.ts';
import type { CmaArea } from '../cma/cmaArea.ts';
import type { CmaClient as ClientDescription, ReplayedRequest } from '../description.ts';

/** Requests one after the other. `next` takes the first, and the fields below it are then its. */
export interface CmaRequests {
  readonly client: string;
  /** When the next one is due, ns; Infinity: never. One of a round that was begun follows at once. */
  readonly nextAt: number;
  next(): void;
  readonly area: CmaArea;
  readonly pages: number;
  readonly alignOrder: number | null;
  /** How long the buffers of a round are held when the last one is there, ns; Infinity: to the end. */
  readonly holdNs: number;
  /** Requests of the round after this one. */
  readonly left: number;
}

/** Rounds at drawn or equal distances, each of as many buffers of drawn sizes. */
export class DrawnRequests implements CmaRequests {
  readonly client: string;
  nextAt: number;
  readonly area: CmaArea;
  pages = 0;
  readonly alignOrder: number | null;
  readonly holdNs: number;
  left = 0;
  readonly #description: ClientDescription;
  readonly #stream: Stream;
  readonly #weights: readonly number[];
  readonly #weightSum: number;

  /** `start`: of the measured time, ns. */
  constructor(description: ClientDescription, area: CmaArea, seed: number, start: number) {
    this.client = description.name;
    this.area = area;
    this.alignOrder = description.alignOrder;
    this.holdNs = description.holdNs;
    this.#description = description;
    this.#stream = new Stream(seed, `cma client ${description.name}`);
    this.#weights = description.sizes.map((size) => size.weight);
    this.#weightSum = this.#weights.reduce((sum, weight) => sum + weight, 0);
    const first = start + description.startNs;
    this.nextAt = description.periodic ? first : first + this.#interval();
  }

  next(): void {
    if (this.left === 0) {
      this.nextAt += this.#interval();
      this.left = this.#description.buffers;
    }
    this.left--;
    this.pages = this.#description.sizes[this.#stream.weighted(this.#weights, this.#weightSum)].pages;
  }

  #interval(): number {
    const { perSecond, periodic } = this.#description;
    const mean = SECOND / perSecond;
    return Math.round(periodic ? mean : this.#stream.exponential(mean));
  }
}

/** Requests of one client as they were recorded, each held by itself. */
export class RecordedRequests implements CmaRequests {
  readonly client: string;
  area: CmaArea;
  pages = 0;
  alignOrder: number | null = null;
  holdNs = 0;
  readonly left = 0;
  #taken = 0;
  readonly #requests: readonly ReplayedRequest[];
  readonly #areas: ReadonlyMap<string, CmaArea>;
  readonly #start: number;

  /** `requests`: at least one, in the order of time. `start`: of the measured time, ns. */
  constructor(requests: readonly ReplayedRequest[], areas: ReadonlyMap<string, CmaArea>, start: number) {
    this.client = requests[0].client;
    this.area = areas.get(requests[0].area)!;
    this.#requests = requests;
    this.#areas = areas;
    this.#start = start;
  }

  get nextAt(): number {
    return this.#taken === this.#requests.length ? Infinity : this.#start + this.#requests[this.#taken].at;
  }

  next(): void {
    const request = this.#requests[this.#taken++];
    this.area = this.#areas.get(request.area)!;
    this.pages = request.pages;
    this.alignOrder = request.alignOrder;
    this.holdNs = request.holdNs ?? Infinity;
  }
}
