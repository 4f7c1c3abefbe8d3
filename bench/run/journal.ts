/**
 * `cells.ndjson` while a run goes on: each finished cell is appended and synced before it counts, in whatever order
 * cells end. What is there is found again by its place in the plan; at the end the lines are put in that order and lose
 * their checksums, so that the bytes do not depend on who ran what when.
 */
import { existsSync, closeSync, openSync, readSync, statSync, truncateSync } from 'node:fs';
import { StorageError } from '../errors.ts';
import type { Cell } from '../plan/types.ts';
import type { Plan } from '../plan/index.ts';
import { isFailed } from './cell.ts';
import type { CellLine } from './cell.ts';
import { DurableAppender, replaceFile } from './durable.ts';
import type { CellJournal } from './keeper.ts';
import { intactLine, parseLine, plainText, sealed, storedLines, unsealed } from './lines.ts';

export class Journal implements CellJournal {
  readonly #file: string;
  readonly #plan: Plan;
  readonly #appender: DurableAppender;
  /** By place in the plan: where the line begins, -1 without one, and its bytes. */
  readonly #offsets: Float64Array;
  readonly #lengths: Float64Array;
  #size: number;
  #done = 0;
  /** Lines that do not have their checksum: their cells are run again. */
  readonly damaged: number;

  /**
   * Opens the journal of `plan`, which need not be there. Lines of failed cells, of cells outside the plan, damaged
   * ones and a torn last line are taken out: their cells are run again. Throws StorageError.
   */
  constructor(file: string, plan: Plan) {
    this.#file = file;
    this.#plan = plan;
    this.#appender = new DurableAppender(file);
    this.#offsets = new Float64Array(plan.count).fill(-1);
    this.#lengths = new Float64Array(plan.count);
    if (!existsSync(file)) replaceFile(file, []);
    this.damaged = this.#readBack();
    this.#size = statSync(file).size;
  }

  /** Cells with a line, failed ones among them. */
  get done(): number {
    return this.#done;
  }

  /** Cells of the plan that have no line, in its order. */
  *missing(): Generator<Cell> {
    let index = 0;
    for (const cell of this.#plan) {
      if (this.#offsets[index] === -1) yield cell;
      index++;
    }
  }

  /** Lines that are there, in the order in which they were written. */
  *lines(): Generator<CellLine> {
    for (const { text, number } of storedLines(this.#file)) yield parseLine(text, this.#file, number);
  }

  /** Resolves when the line is safe. Rejects with StorageError. */
  async append(line: CellLine): Promise<void> {
    const index = this.#plan.indexOf(line);
    if (index === null) throw new Error(`cell ${line.id} is not in the plan`);
    const text = sealed(plainText(line));
    const length = Buffer.byteLength(text);
    const offset = this.#size;
    this.#size += length;
    await this.#appender.append(text);
    if (this.#offsets[index] === -1) this.#done++;
    this.#offsets[index] = offset;
    this.#lengths[index] = length;
  }

  /** Waits for what is being written. */
  close(): Promise<void> {
    return this.#appender.close();
  }

  /** Puts the lines in plan order. All cells have one, and the journal is closed. Throws StorageError. */
  putInOrder(): void {
    if (this.#done < this.#plan.count) throw new Error('cells are missing');
    replaceFile(this.#file, this.#inOrder());
  }

  *#inOrder(): Generator<string> {
    const descriptor = openSync(this.#file, 'r');
    try {
      for (let index = 0; index < this.#plan.count; index++) {
        const bytes = Buffer.allocUnsafe(this.#lengths[index]);
        readSync(descriptor, bytes, 0, bytes.length, this.#offsets[index]);
        const text = unsealed(bytes.toString('utf8', 0, bytes.length - 1));
        if (text === null)
          throw new StorageError(this.#file, new Error(`the line at byte ${this.#offsets[index]} was damaged`));
        yield `${text}\n`;
      }
    } finally {
      closeSync(descriptor);
    }
  }

  /** Returns the number of damaged lines. */
  #readBack(): number {
    let damaged = 0;
    let isClean = true;
    let size = 0;
    for (const stored of storedLines(this.#file)) {
      size += stored.length;
      const line = intactLine(stored.text);
      const index = line === null || isFailed(line) ? null : this.#placeOf(line);
      if (line === null) damaged++;
      // A finished run, or version 0.1, has none.
      if (index === null || this.#offsets[index] !== -1 || !stored.text.includes('"sum":"')) isClean = false;
      if (index === null || this.#offsets[index] !== -1) continue;
      this.#offsets[index] = stored.offset;
      this.#lengths[index] = stored.length;
      this.#done++;
    }
    if (!isClean) this.#rewrite();
    else if (statSync(this.#file).size > size) truncateSync(this.#file, size);
    return damaged;
  }

  /** null for cells that are not in the plan: those of a changed file, or a failed round. */
  #placeOf(line: CellLine): number | null {
    const cell = this.#plan.cellNamed(line);
    return cell?.id === line.id ? this.#plan.indexOf(line) : null;
  }

  /** Only what counts, in the order in which it was written, each line with its checksum. */
  #rewrite(): void {
    const places = [...this.#offsets.keys()].filter((index) => this.#offsets[index] !== -1);
    places.sort((a, b) => this.#offsets[a] - this.#offsets[b]);
    const kept = new Map(places.map((index) => [this.#offsets[index], index]));
    let size = 0;
    const texts = function* (this: Journal): Generator<string> {
      for (const { text, offset } of storedLines(this.#file)) {
        const index = kept.get(offset);
        if (index === undefined) continue;
        const line = sealed(unsealed(text)!);
        this.#offsets[index] = size;
        this.#lengths[index] = Buffer.byteLength(line);
        size += this.#lengths[index];
        yield line;
      }
    };
    replaceFile(this.#file, texts.call(this));
  }
}
