/**
 * Breadth-first search through every interleaving of a script's threads: each state is met once, and first by a
 * shortest path. Runs in slices, so that whoever drives it can show progress and stop it.
 *
 * Beside the interleavings it follows, from each state, where ksmd alone comes to: its own step; or, while it sleeps on
 * a page lock, the next step of the first thread (in the file's order) that is inside a migration or an allocation or
 * holds a page lock, so that what has begun ends and nothing new begins. From this line of steps `verdict.ts` tells how
 * long a window lasts. When the script has no thread of ksmd, these steps lead to states aside, which are no
 * interleavings.
 */
import { NONE } from '../../memory/frames.ts';
import { StrategyError } from '../../strategies/checked.ts';
import { checkStructure, InvariantError } from '../../truth/invariants.ts';
import type { ActingStrategies } from '../types.ts';
import { Encoder } from './encode.ts';
import { Frontier } from './frontier.ts';
import { hasGarbage } from './garbage.ts';
import type { Script } from './script.ts';
import { INFO, States } from './states.ts';
import { KSMD_DONE, Steps } from './steps.ts';
import { UNKNOWN } from './windows.ts';
import { World } from './world.ts';

export interface SearchOptions extends ActingStrategies {
  /** States after which the search gives up. */
  readonly maxStates: number;
  /** Private steps are taken together with the step before; false: every step by itself, for comparison. */
  readonly reduce?: boolean;
  /** ksmd is not stopped inside an item: fewer interleavings, and a witness that reads more easily. */
  readonly wholeItems?: boolean;
  /** Check all invariants in every state: slow. */
  readonly audit?: boolean;
}

export class Search {
  readonly states = new States();
  readonly world: World;
  readonly steps: Steps;
  readonly encoder: Encoder;
  /** Interleavings' states: `states.count` without those aside. */
  met = 0;
  /** Steps taken. */
  transitions = 0;
  /** Everything was seen; false after the state limit. */
  isComplete = false;
  readonly root: Int32Array;
  readonly #options: SearchOptions;
  readonly #frontier: Frontier;
  readonly #here: Int32Array;
  readonly #ksmdThread: number;
  /** Successor by thread, and ksmd's own, of the state in work. */
  readonly #successors: Int32Array;
  #ksmdDone: number = KSMD_DONE.nothing;
  #isStopped = false;

  constructor(script: Script, options: SearchOptions) {
    this.#options = options;
    this.world = new World(script, options.strategies, options.plugins);
    this.steps = new Steps(this.world, options.reduce !== false, options.wholeItems);
    this.encoder = new Encoder(this.world);
    this.root = this.world.words.slice();
    this.#here = this.root.slice();
    this.#frontier = new Frontier(this.root, this.world.spans);
    this.#ksmdThread = script.threads.findIndex(({ isKsmd }) => isKsmd);
    this.#successors = new Int32Array(script.threads.length);
    this.#visit(NONE, 0, false);
  }

  get isOver(): boolean {
    return this.isComplete || this.#isStopped;
  }

  /** States whose steps are still to be taken. */
  get waiting(): number {
    return this.#frontier.size;
  }

  /** Bytes of states and frontier at their largest. */
  get bytes(): number {
    return this.states.bytes + 4 * this.#frontier.peakWords;
  }

  /** Takes the steps of up to `most` states. Throws InvariantError when the model breaks. */
  run(most: number): void {
    for (let done = 0; done < most && !this.isOver; done++) {
      if (this.#frontier.size === 0) {
        this.isComplete = true;
        return;
      }
      const state = this.#frontier.shift(this.#here);
      try {
        if ((this.states.info[state] & INFO.aside) !== 0) this.#followAside(state);
        else this.#expand(state);
      } catch (error) {
        throw this.#broken(state, error);
      }
    }
  }

  /** Every step of every thread from the state. */
  #expand(state: number): void {
    const successors = this.#successors;
    let ksmd = state;
    let isThere = false;
    for (let thread = 0; thread < successors.length; thread++) {
      successors[thread] = state;
      if (thread !== this.#ksmdThread && this.world.isOverIn(this.#here, thread)) continue;
      // A step that is not taken changes nothing.
      if (!isThere) this.#restore();
      isThere = !this.steps.step(thread);
      if (!isThere) successors[thread] = this.#visit(state, thread, false);
      if (this.#isStopped) return;
      if (thread !== this.#ksmdThread) continue;
      ksmd = successors[thread];
      this.#ksmdDone = this.steps.done;
    }
    if (this.#ksmdThread === NONE) {
      if (!this.#isFollowed(state)) return;
      ksmd = this.#ksmdAside(state);
    }
    this.#noteNext(state, ksmd, false);
  }

  /** A state met by ksmd alone: one step on. */
  #followAside(state: number): void {
    if (!this.#isFollowed(state)) return;
    const ksmd = this.#ksmdAside(state);
    this.#noteNext(state, ksmd, true);
  }

  #isFollowed(state: number): boolean {
    return (this.states.info[state] & (INFO.causes | INFO.quiet)) !== 0;
  }

  #ksmdAside(state: number): number {
    this.#restore();
    const next = this.steps.ksmd() ? this.#visit(state, 0, true) : state;
    this.#ksmdDone = this.steps.done;
    return next;
  }

  /** Notes where ksmd alone comes to; `aside`: the steps of the other threads are not known yet. */
  #noteNext(state: number, ksmd: number, aside: boolean): void {
    const { info, next } = this.states;
    if (ksmd !== state) {
      next[state] = ksmd;
      if (this.#ksmdDone === KSMD_DONE.item) info[state] |= INFO.item;
      else if (this.#ksmdDone === KSMD_DONE.passEnd) info[state] |= INFO.pass;
      return;
    }
    let to = state;
    for (let thread = 0; thread < this.#successors.length && to === state; thread++) {
      this.#restore();
      if (!this.steps.isInside(thread)) continue;
      if (!aside) to = this.#successors[thread];
      else if (this.steps.step(thread)) to = this.#visit(state, thread, true);
    }
    this.states.info[state] |= INFO.other;
    this.states.next[state] = to;
  }

  #restore(): void {
    this.world.words.set(this.#here);
    this.world.load();
  }

  /** The state that the world is in: noted, and put into the frontier when it is new. Returns its number. */
  #visit(parent: number, thread: number, aside: boolean): number {
    const { states, encoder, world } = this;
    this.transitions++;
    world.save();
    encoder.encode();
    const before = states.count;
    const state = states.find(encoder.form, encoder.length);
    const isNew = states.count > before;
    if (!isNew && (aside || (states.info[state] & INFO.aside) === 0)) return state;
    if (isNew) states.info[state] = this.#infoOf() | (aside ? INFO.aside : 0);
    else states.info[state] &= ~INFO.aside;
    states.parent[state] = parent;
    states.via[state] = thread;
    if (!aside) this.met++;
    if (isNew && (encoder.causes & (1 << (UNKNOWN - 1))) !== 0) throw new Error('an unfindable pte has no cause');
    if (this.#options.audit === true) this.#audit();
    this.#frontier.push(state, world.words);
    if (this.met > this.#options.maxStates) this.#isStopped = true;
    return state;
  }

  #infoOf(): number {
    const { kernel, at } = this.world;
    let info = this.encoder.causes;
    for (let thread = 0; thread < at.length; thread++) if (!this.steps.isOver(thread)) return info;
    info |= INFO.quiet;
    if (!kernel.ksmd.isBetweenItems || kernel.slots.cursor !== kernel.slots.head) return info;
    return info | INFO.passEnd | (hasGarbage(this.world) ? INFO.garbage : 0);
  }

  #audit(): void {
    const messages = checkStructure(this.world.kernel);
    if (messages.length > 0) throw new InvariantError(messages, 'in an explored state');
  }

  /** An error of the model, with the steps that led to it; one of a strategy's own code as it is. */
  #broken(state: number, error: unknown): Error {
    if (error instanceof InvariantError || error instanceof StrategyError) return error;
    const message = error instanceof Error ? error.message : String(error);
    const threads = this.pathTo(state).map((thread) => this.world.script.threads[thread].name);
    return new InvariantError([message], `after the steps of ${threads.join(', ') || 'nobody'}`);
  }

  /** Whose steps lead to the state, in order. */
  pathTo(state: number): number[] {
    const path: number[] = [];
    for (let at = state; at > 0; at = this.states.parent[at]) path.push(this.states.via[at]);
    return path.reverse();
  }
}
