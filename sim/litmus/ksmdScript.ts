/** ksmd in a scripted test: items run whole, stopped inside, or left asleep on a lock. */
import { BLOCKED } from '../clock/actor.ts';
import type { Kernel } from '../kernel.ts';
import { NONE } from '../memory/frames.ts';
import type { Names } from './names.ts';
import type { LitmusError } from './types.ts';

type Report = Record<string, unknown>;

const CPU = 0;
/** Actor id of who writes to run. */
const SCRIPT = 1;
/** Items after which a script that waits for one gives up. */
const MAX_ITEMS = 100_000;

export class KsmdScript {
  readonly #kernel: Kernel;
  readonly #names: Names;
  readonly #fail: (message: string) => LitmusError;

  /** `fail`: the error of the running action. */
  constructor(kernel: Kernel, names: Names, fail: (message: string) => LitmusError) {
    this.#kernel = kernel;
    this.#names = names;
    this.#fail = fail;
  }

  /** Writes the sysfs file run. */
  setRun(value: number): Report {
    if (!this.#kernel.ksmd.isBetweenItems)
      throw this.#fail('the writer would sleep on ksm_thread_mutex, which ksmd holds');
    this.#kernel.control.setRun(value, CPU, SCRIPT);
    return {};
  }

  /** Runs ksmd to the end of its item (the next one if none is begun): what it processed, or null while it sleeps. */
  #runItem(): string | null {
    const { ksmd } = this.#kernel;
    if (ksmd.run !== 1) return 'end';
    for (;;) {
      if (ksmd.advance(CPU) === BLOCKED) return null;
      if (ksmd.finished !== null) return this.#finishedName();
    }
  }

  #finishedName(): string {
    return this.#kernel.ksmd.finished === 'item' ? this.#itemName() : 'end';
  }

  /** That many items: what each was. */
  scan(count: number): string[] {
    const processed: string[] = [];
    for (let i = 0; i < count; i++) {
      const name = this.#runItem();
      processed.push(name ?? 'blocked');
      if (name === null) break;
    }
    return processed;
  }

  /** Items until `wanted` was processed `count` times. */
  scanUntil(wanted: string, count: number): Report {
    let seen = 0;
    for (let items = 0; items < MAX_ITEMS; items++) {
      const name = this.#runItem();
      if (name === null) throw this.#fail(`ksmd sleeps on the lock of ${this.#sleepsOn()}`);
      if (name === wanted && ++seen === count) return {};
    }
    throw this.#fail(`ksmd never came to ${wanted}`);
  }

  /** Into the next item, or the one in work, up to a stopping place. */
  stopAt(point: string): Report {
    const { ksmd } = this.#kernel;
    if (ksmd.run !== 1) throw this.#fail('ksmd does not run');
    for (;;) {
      if (ksmd.advance(CPU) === BLOCKED) return { ksmd: 'blocked', what: this.#sleepsOn() };
      if (ksmd.point === point) return { ksmd: 'stopped', what: this.#itemName() };
      if (ksmd.finished !== null) throw this.#fail(`ksmd finished ${this.#finishedName()} without passing ${point}`);
    }
  }

  /** That many steps, whatever they end in. */
  steps(count: number): Report {
    const { ksmd } = this.#kernel;
    let report: Report = {};
    for (let i = 0; i < count; i++) {
      if (ksmd.advance(CPU) === BLOCKED) return { ksmd: 'blocked', what: this.#sleepsOn() };
      if (ksmd.finished !== null) report = { ksmd: 'done', what: this.#finishedName() };
      else report = { ksmd: 'stopped' };
    }
    return report;
  }

  /** To the end of the item, or until ksmd sleeps. */
  finish(): Report {
    const name = this.#runItem();
    return name === null ? { ksmd: 'blocked', what: this.#sleepsOn() } : { ksmd: 'done', what: name };
  }

  #itemName(): string {
    const { ksmd, objects } = this.#kernel;
    return this.#names.address(objects.itemMm[ksmd.item], objects.itemAddress[ksmd.item]);
  }

  #sleepsOn(): string {
    const pfn = this.#kernel.ksmd.waitingFor;
    return pfn === NONE ? 'mmap_sem' : this.#names.label(pfn);
  }
}
