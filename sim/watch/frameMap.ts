/**
 * A cell run once more with a watch that takes pictures of physical memory: what each frame holds, at moments at equal
 * distances and as requests fail, and which pages stood in the way of those.
 *
 * The picture of a failed request is taken just before the last range of its last round is given up, while the
 * pageblocks and the pages are isolated still.
 */
import type { ReusedArena } from '../arena.ts';
import { CONTIG_PHASE, TRIES, type ContigRange } from '../cma/contigRange.ts';
import type { CellInput } from '../description.ts';
import { runCell } from '../device.ts';
import { CmaClient } from '../load/cmaClient.ts';
import type { World } from '../load/world.ts';
import { SAMPLE_NS, type Cause, type CmaAttempt, type Observations } from '../observations.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { FRAME_KINDS, frameKind, groupKind } from './frameKinds.ts';
import type { Watch } from './watch.ts';

/** Which requests are looked at: by who asks and when, ns after measuring began. */
export interface WantedRequest {
  readonly client: string;
  readonly at: number;
}

export interface FrameMapOptions {
  /** Moments at equal distances, at least 2; the start and the end of measuring are the first and the last. */
  readonly moments: number;
  /** Failed requests to look at. */
  readonly requests: readonly WantedRequest[];
  /** Most cells of a picture: frames are taken together, a power of two of them a cell, until it has no more. */
  readonly cells: number;
}

/** A part of memory: frames [first, first + frames), of which `perCell` share a cell. */
export interface FrameSpace {
  /** A CMA area's name; null: all memory. */
  readonly area: string | null;
  readonly first: number;
  readonly frames: number;
  readonly perCell: number;
}

/** One space at one moment. */
export interface FramePicture {
  /** Index in FRAME_KINDS a cell. */
  readonly cells: Uint8Array;
  /** Frames by kind, in the order of FRAME_KINDS. */
  readonly counts: readonly number[];
}

export interface FrameMoment {
  /** ns after measuring began. */
  readonly at: number;
  /** In the order of the spaces. */
  readonly pictures: readonly FramePicture[];
  /** Number of the request whose failure this is, null for a moment at equal distances. */
  readonly request: number | null;
}

/** A page in the way. */
export interface BlockingFrame {
  readonly pfn: number;
  readonly cause: Cause;
  /** What the frame held: index in FRAME_KINDS. */
  readonly kind: number;
  /** The range that it kept from being had last: index in `ranges`. */
  readonly range: number;
}

/** A failed request. `number` counts requests from 1 in the order in which they ended. */
export interface PicturedFailure {
  readonly number: number;
  readonly attempt: CmaAttempt;
  /** Ranges of the last round, frames [first, end), each time one was given up. */
  readonly ranges: readonly (readonly [first: number, end: number])[];
  /** Distinct pages, by frame. */
  readonly blockers: readonly BlockingFrame[];
}

export interface FrameMap {
  /** Frames of a pageblock. */
  readonly pageblock: number;
  /** The CMA areas, and all memory behind them. */
  readonly spaces: readonly FrameSpace[];
  /** In order of time. */
  readonly moments: readonly FrameMoment[];
  /** The failed ones among the wanted, in the order of their numbers. */
  readonly failures: readonly PicturedFailure[];
  /** Of the whole run, as an unwatched one gives them. */
  readonly observations: Observations;
}

/** Runs the cell and takes pictures. Arguments and errors as of `runCell`. */
export function frameMapOf(
  input: CellInput,
  plugins: readonly Strategy[],
  options: FrameMapOptions,
  memory: ReusedArena | null = null,
): FrameMap {
  const camera = new Camera(input, options);
  const observations = runCell(input, plugins, camera, memory);
  return { ...camera.result(), observations };
}

/** What is known of a wanted request that is under way. */
interface Underway {
  readonly began: number;
  round: number;
  readonly ranges: [first: number, end: number][];
  readonly blockers: Map<number, BlockingFrame>;
  picture: Shot | null;
}

interface Shot {
  readonly now: number;
  readonly pictures: readonly FramePicture[];
}

class Camera implements Watch {
  /** Steps of ksmd are of no interest, so it may take many at a time. */
  readonly joinsSteps = true;
  readonly #moments: FrameMoment[] = [];
  readonly #failures: PicturedFailure[] = [];
  readonly #wanted: ReadonlySet<string>;
  readonly #underway = new Map<string, Underway>();
  readonly #cellsWanted: number;
  /** Samples that are pictures, by their number. */
  readonly #chosen: ReadonlySet<number>;
  #spaces: readonly FrameSpace[] = [];
  #world!: World;
  #range!: ContigRange;
  #samples = 0;
  #answered = 0;
  /** Of the range in work, just before it is given up. */
  #lastShot: Shot | null = null;

  constructor({ description }: CellInput, { moments, requests, cells }: FrameMapOptions) {
    const last = Math.floor(description.durationNs / SAMPLE_NS);
    this.#chosen = new Set(Array.from({ length: moments }, (_, i) => Math.round((i * last) / (moments - 1))));
    this.#wanted = new Set(requests.map(({ client, at }) => key(client, at)));
    this.#cellsWanted = cells;
  }

  result(): Omit<FrameMap, 'observations'> {
    const moments = [...this.#moments].sort((a, b) => a.at - b.at || (a.request ?? 0) - (b.request ?? 0));
    const pageblock = this.#world.memory.memory.blocks.pages;
    return { pageblock, spaces: this.#spaces, moments, failures: this.#failures };
  }

  readonly booted = (world: World): void => {
    this.#world = world;
    this.#range = world.kernel.range;
    const { frames, cma } = world.description.memory;
    const areas = cma.map(({ name, first, pages }) => ({ area: name, first, frames: pages }));
    this.#spaces = [...areas, { area: null, first: 0, frames }].map((space) => ({
      ...space,
      perCell: perCell(space.frames, this.#cellsWanted),
    }));
  };

  readonly sampled = (): void => {
    if (this.#chosen.has(this.#samples++)) this.#keep(this.#shoot(), null);
  };

  readonly requested: NonNullable<Watch['requested']> = (client, _pages, _alloc, now) => {
    if (!this.#wanted.has(key(client, now - this.#since()))) return;
    this.#underway.set(client, { began: now, round: 0, ranges: [], blockers: new Map(), picture: null });
  };

  readonly stepped: NonNullable<Watch['stepped']> = (_who, actor) => {
    if (this.#underway.size === 0 || !(actor instanceof CmaClient)) return;
    if (this.#range.isIdle) this.#lastShot = null;
    else if (isAboutToFail(this.#range)) this.#lastShot = this.#shoot();
  };

  readonly rangeFailed: NonNullable<Watch['rangeFailed']> = (client, alloc) => {
    const shot = this.#lastShot;
    const request = this.#underway.get(client);
    if (request === undefined) return;
    if (alloc.caller > request.round) {
      request.round = alloc.caller;
      request.ranges.length = 0;
      request.blockers.clear();
    }
    const { first, end, leftover } = this.#range;
    const { frames, blocks } = this.#world.memory.memory;
    const { ledger } = this.#world.kernel;
    const stuck = this.#stuck();
    for (const pfn of leftover) {
      const kind = frameKind(frames, blocks, stuck, pfn);
      request.blockers.set(pfn, { pfn, cause: ledger.failureOf(pfn), kind, range: request.ranges.length });
    }
    request.ranges.push([first, end]);
    request.picture = shot ?? this.#shoot();
  };

  readonly answered = (attempt: CmaAttempt, began: number): void => {
    this.#answered++;
    const request = this.#underway.get(attempt.client);
    if (request?.began !== began) return;
    this.#underway.delete(attempt.client);
    if (attempt.errno === 0) return;
    // Blockers of an earlier round are no longer in the way where the last one found no range at all.
    const isLastRound = attempt.caller === request.round;
    this.#keep(request.picture ?? this.#shoot(), this.#answered);
    this.#failures.push({
      number: this.#answered,
      attempt,
      ranges: isLastRound ? request.ranges : [],
      blockers: isLastRound ? [...request.blockers.values()].sort((a, b) => a.pfn - b.pfn) : [],
    });
  };

  #keep({ now, pictures }: Shot, request: number | null): void {
    this.#moments.push({ at: now - this.#since(), pictures, request });
  }

  #since(): number {
    return this.#world.measures.since;
  }

  #stuck(): ReadonlySet<number> {
    return new Set([...this.#world.kernel.ledger.gaps.values()].map(({ pfn }) => pfn));
  }

  #shoot(): Shot {
    const { frames, blocks } = this.#world.memory.memory;
    const stuck = this.#stuck();
    const pictures = this.#spaces.map(({ first, frames: size, perCell: group }): FramePicture => {
      const cells = new Uint8Array(Math.ceil(size / group));
      const counts = new Array<number>(FRAME_KINDS.length).fill(0);
      const own = new Int32Array(FRAME_KINDS.length);
      for (let cell = 0; cell < cells.length; cell++) {
        own.fill(0);
        const end = Math.min(size, (cell + 1) * group);
        for (let i = cell * group; i < end; i++) own[frameKind(frames, blocks, stuck, first + i)]++;
        cells[cell] = groupKind(own);
        for (let kind = 0; kind < own.length; kind++) counts[kind] += own[kind];
      }
      return { cells, counts };
    });
    return { now: this.#world.scheduler.now, pictures };
  }
}

/** The next step may give the range up: its last try left pages behind, or it is about to be tested. */
function isAboutToFail({ phase, tries, leftover }: ContigRange): boolean {
  if (phase === CONTIG_PHASE.next) return tries === TRIES - 1;
  // Under later kernels a range that was given up is tested still.
  return phase === CONTIG_PHASE.test && leftover.length === 0;
}

function perCell(frames: number, most: number): number {
  let group = 1;
  while (frames / group > most) group *= 2;
  return group;
}

function key(client: string, at: number): string {
  return `${at} ${client}`;
}
