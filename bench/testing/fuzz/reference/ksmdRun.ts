/** ksmd in a script: items run whole, stopped inside, or left asleep on a page lock. */
import { NotPassed, Senseless, Sleeps, Unsound } from './errors.ts';
import type { RmapItem } from './ksmObjects.ts';
import type { Scanner } from './ksmScan.ts';
import type { Page } from './memory.ts';
import type { Steps } from './steps.ts';

type Report = Record<string, unknown>;

/** Items after which a script that waits for one gives up. */
const MAX_ITEMS = 10_000;

export class KsmdRun {
  readonly #scanner: Scanner;
  readonly #isRunning: () => boolean;
  /** The iteration in work. */
  #steps: Steps<RmapItem | null> | null = null;

  /** `isRunning`: whether `run` is 1. */
  constructor(scanner: Scanner, isRunning: () => boolean) {
    this.#scanner = scanner;
    this.#isRunning = isRunning;
  }

  get isBetweenItems(): boolean {
    return this.#steps === null;
  }

  /** That many items: what each was; the last is `blocked` when ksmd sleeps. */
  scan(count: number): string[] {
    const processed: string[] = [];
    for (let i = 0; i < count; i++) {
      const end = this.#advance(null);
      processed.push(typeof end === 'string' ? end : 'blocked');
      if (typeof end !== 'string') break;
    }
    return processed;
  }

  scanUntil(wanted: string, count: number): Report {
    for (let items = 0, seen = 0; items < MAX_ITEMS; items++) {
      const end = this.#advance(null);
      if (typeof end !== 'string') throw new Sleeps(`ksmd sleeps on the lock of ${nameOf(end)}`);
      if (end === wanted && ++seen === count) return {};
    }
    throw new Unsound(`ksmd never comes to ${wanted}`);
  }

  stopAt(point: string): Report {
    if (!this.#isRunning()) throw new Senseless('ksmd does not run');
    const end = this.#advance(point);
    if (end === null) return { ksmd: 'stopped', what: addressOf(this.#scanner.item) };
    if (typeof end === 'string') throw new NotPassed(end, point);
    return { ksmd: 'blocked', what: nameOf(end) };
  }

  finish(): Report {
    const end = this.#advance(null);
    return typeof end === 'string' ? { ksmd: 'done', what: end } : { ksmd: 'blocked', what: nameOf(end) };
  }

  /**
   * To the point (null: there), the end of the item (its name, `end` for that of the pass), or the page it sleeps on.
   */
  #advance(point: string | null): Page | string | null {
    if (!this.#isRunning()) return 'end';
    this.#steps ??= this.#scanner.step();
    for (;;) {
      const { done, value } = this.#steps.next();
      if (done === true) {
        this.#steps = null;
        return value === null ? 'end' : addressOf(value);
      }
      if ('sleepsOn' in value) return value.sleepsOn;
      if (value.point === point) return null;
    }
  }
}

function addressOf(item: RmapItem | null): string {
  return item === null ? '?' : `${item.mm.name}@${item.at}`;
}

function nameOf(page: Page | null): string {
  return page?.label ?? '?';
}
