/** One migration in a script, whole or in steps. */
import { Senseless, Unsound } from './errors.ts';
import type { Memory, Page } from './memory.ts';
import type { Migration, MoveReport } from './migration.ts';
import type { Mm } from './mm.ts';
import type { Steps } from './steps.ts';

export class MigrationRun {
  readonly #memory: Memory;
  readonly #migration: Migration;
  readonly #mms: () => Iterable<Mm>;
  #steps: Steps | null = null;
  #report: MoveReport = {};

  constructor(memory: Memory, migration: Migration, mms: () => Iterable<Mm>) {
    this.#memory = memory;
    this.#migration = migration;
    this.#mms = mms;
  }

  get isIdle(): boolean {
    return this.#steps === null;
  }

  start(page: Page, force: boolean): void {
    if (!this.isIdle) throw new Senseless('a migration is under way already');
    if (this.#memory.isHeldByPagevecsOnly(page)) throw new Senseless('the page is free after the drain');
    this.#memory.drain();
    this.#migration.isolate(page);
    this.#report = {};
    this.#steps = this.#migration.migrate(page, force, this.#report);
  }

  /** To the point, or without one (or when it does not pass it) to the end or to sleep on the page lock. */
  runTo(point: string | null): Record<string, unknown> {
    const steps = this.#steps;
    if (steps === null) throw new Senseless('no migration is under way');
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) {
        this.#steps = null;
        return { ...this.#report };
      }
      if ('sleepsOn' in value) return { ...this.#report, rc: 'blocked' };
      if (value.point === 'mig_restored') this.#requireRestored();
      if (value.point === point) return { ...this.#report };
    }
  }

  /** Only one migration at a time leaves entries between two actions. */
  #requireRestored(): void {
    for (const mm of this.#mms()) {
      for (const { isMigration } of mm.ptes.values()) {
        if (isMigration) throw new Unsound('a migration entry was moved away from the walk that restores it');
      }
    }
  }
}
