/**
 * Where faults are injected: a directory, the uninterrupted runs to compare with, and a Redis server once one is
 * needed.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from '../errors.ts';
import { start, type Finished, type Started } from '../testing/command.ts';
import { writeMinuteWorkload } from '../testing/smallWorkloads.ts';
import { QueueScene } from '../testing/queue.ts';
import { startRedis } from '../testing/redis.ts';
import type { Toll } from './fault.ts';
import { finishedCells, readReference, tollOf, type Reference } from './toll.ts';

/** Looks at a journal that often, ms: about what a cell takes. */
const LOOK_MS = 3;

/** Cells of most plans: about a second of work, so that there are moments to choose from. */
export const CELLS = 240;

/**
 * Locks of 1.5 s: what is waited for takes a second or two. A busy machine may be late to renew one; then a job is
 * taken over from a worker that lives, which has to be as harmless.
 */
export const PACE = 10;

/** A plan of `cells` cells, an even number. */
export function planWords(cells = CELLS): string[] {
  return ['run', './minute.yaml', '--strategy', 'stock,retry-100ms', '--seeds', String(cells / 2), '--no-report'];
}

export class Site {
  readonly dir: string;
  readonly #references = new Map<string, Promise<Reference>>();
  readonly #started: Started[] = [];
  #scene: Promise<QueueScene> | null = null;
  #runs = 0;

  constructor(dir: string) {
    this.dir = dir;
    mkdirSync(dir, { recursive: true });
    writeMinuteWorkload(dir);
  }

  /** A folder for one more run. */
  newRun(): string {
    return `run-${++this.#runs}`;
  }

  path(run: string): string {
    return join(this.dir, run);
  }

  /** What the plan gives when nothing goes wrong, on one machine. */
  reference(words: readonly string[]): Promise<Reference> {
    const key = words.join(' ');
    const known = this.#references.get(key);
    if (known !== undefined) return known;
    const run = `reference-${this.#references.size}`;
    const made = this.local(...words, '--out', run).finished.then(({ code, stderr }) => {
      assert.equal(code, EXIT.done, stderr);
      return readReference(this.path(run));
    });
    this.#references.set(key, made);
    return made;
  }

  /** The command on threads of its own. */
  local(...words: readonly string[]): Started {
    return this.keep(start([...words, '--threads', '1'], this.dir));
  }

  /** Ends with the site, whatever becomes of it. */
  keep(started: Started): Started {
    this.#started.push(started);
    return started;
  }

  /** Continues the run, which was cut short, to its end on this machine. What the fault cost. */
  async resumeHere(words: readonly string[], run: string): Promise<Toll> {
    return this.continued(words, run, () => this.local('run', '--resume', run, '--no-report'));
  }

  /** Continues the run as `resume` does, and counts finished cells that it runs again. `check`: of how it ended. */
  async continued(
    words: readonly string[],
    run: string,
    resume: () => Started,
    check: (ended: Finished) => void = () => undefined,
  ): Promise<Toll> {
    const reference = await this.reference(words);
    const finished = finishedCells(this.path(run));
    const ended = await resume().finished;
    assert.equal(ended.code, EXIT.done, ended.stderr);
    check(ended);
    const again = Math.max(0, cellsRun(ended) - (reference.lines.size - finished));
    return tollOf(reference, this.path(run), { again });
  }

  /** Resolves when the journal of the run has so many lines; rejects when the command ends before. */
  async hasLines(run: string, least: number, { finished }: Started): Promise<void> {
    const file = join(this.path(run), 'cells.ndjson');
    const ended = finished.then(({ stderr }) => stderr);
    for (;;) {
      if (existsSync(file) && readFileSync(file, 'utf8').split('\n').length > least) return;
      const said = await Promise.race([ended, sleep(LOOK_MS).then(() => null)]);
      if (said !== null) throw new Error(`it ended before the fault: ${said}`);
    }
  }

  /** Redis, workers and coordinators. */
  queue(): Promise<QueueScene> {
    return (this.#scene ??= startRedis(join(this.dir, 'redis')).then((redis) => new QueueScene(this.dir, redis, PACE)));
  }

  /** Ends every command that still runs. */
  async endProcesses(): Promise<void> {
    for (const { child } of this.#started) child.kill('SIGKILL');
    await Promise.all(this.#started.splice(0).map(({ finished }) => finished));
    await (await this.#scene)?.endProcesses();
  }

  /** Ends what an injection left behind. */
  async clear(): Promise<void> {
    await this.endProcesses();
    await (await this.#scene)?.clear();
  }

  async end(): Promise<void> {
    await this.endProcesses();
    await (await this.#scene)?.end();
  }
}

/** How many cells a command says that it runs. */
function cellsRun({ stderr }: Finished): number {
  return Number(/running (\d+) cells?/.exec(stderr)?.[1] ?? 0);
}
