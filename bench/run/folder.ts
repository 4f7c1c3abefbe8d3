/**
 * The folder of a run: `run.json`, `cells.ndjson`, `timings.ndjson`, `summary.txt`, `report.html`, and
 * `errors.txt` when a cell failed (docs/reference/results.md).
 *
 * Cells are appended as they finish, so that a crash loses only what was running, and are put in the order of the plan
 * at the end, so that the bytes do not depend on the number of threads. Nothing in `cells.ndjson` depends on wall time.
 */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { InputError, UsageError } from '../errors.ts';
import type { WorkloadBundle } from '../plan/bundle.ts';
import type { ResolvedWorkload } from '../plan/types.ts';
import type { Plugin } from '../plugin/types.ts';
import type { CellLine } from './cell.ts';
import type { UntilCi } from './rounds.ts';

/** Where runs are written that are not told where to. */
export const RESULTS = 'results';

/** What `run` calls the page in its folder. */
export const REPORT_FILE = 'report.html';

export const RUN_FOLDER_SCHEMA = 'cma-stress/run-folder/1';

/** `run.json`: everything needed to do the run again, and its digest once it is complete. */
export interface RunManifest {
  readonly schema: typeof RUN_FOLDER_SCHEMA;
  readonly tool: string;
  readonly model: string;
  readonly name: string;
  /** The command line as typed, and the one that does this run again wherever it is. */
  readonly command: string;
  readonly reproduce: string;
  readonly node: string;
  readonly startedAt: string;
  readonly strategies: readonly string[];
  /** Strategies among them that are plug-ins, with their source, so that the run can be continued without their files. */
  readonly plugins?: readonly Plugin[];
  /** Seeds per workload and strategy; null: as many as each workload asks for. */
  readonly seeds: number | null;
  readonly firstSeed: number;
  readonly auditEveryNs: number;
  readonly failIf: readonly string[];
  /** null: the number of seeds is fixed. */
  readonly untilCi: UntilCi | null;
  readonly workloads: readonly ResolvedWorkload[];
  /** The same as they travel to other machines; absent in runs of version 0.1. */
  readonly bundles?: readonly WorkloadBundle[];
  /** Cells in the plan; with `untilCi`, by now. */
  readonly cells: number;
  /** SHA-256 of `cells.ndjson`; null while cells are missing. */
  readonly digest: string | null;
}

/** SHA-256 over the results of all cells in plan order: the bytes of `cells.ndjson`. */
export function digestOf(lines: readonly CellLine[]): string {
  return createHash('sha256').update(textOf(lines)).digest('hex');
}

function textOf(lines: readonly CellLine[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** One run's folder, open for writing. */
export class RunFolder {
  readonly path: string;
  #manifest: RunManifest;

  private constructor(path: string, manifest: RunManifest) {
    this.path = path;
    this.#manifest = manifest;
  }

  get manifest(): RunManifest {
    return this.#manifest;
  }

  /** Creates the folder `path`. Throws UsageError when it holds another run or cannot be made. */
  static create(path: string, manifest: RunManifest): RunFolder {
    if (existsSync(path) && !statSync(path).isDirectory()) throw new UsageError(`${path} is not a directory`);
    const held = ['run.json', 'cells.ndjson'].some((name) => existsSync(join(path, name)));
    if (held) {
      throw new UsageError(
        `${path} already holds a run`,
        `name another directory, or continue it with --resume ${path}`,
      );
    }
    try {
      mkdirSync(path, { recursive: true });
      // Of two runs that want the same directory at once, one gets it.
      closeSync(openSync(join(path, 'run.json'), 'wx'));
    } catch (thrown) {
      throw new UsageError(`cannot create ${path}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
    const folder = new RunFolder(path, manifest);
    folder.#writeManifest();
    folder.#replace('cells.ndjson', '');
    folder.#replace('timings.ndjson', '');
    return folder;
  }

  /** Opens the folder of an earlier run. Throws InputError when there is none or it cannot be read. */
  static open(path: string): RunFolder {
    const file = join(path, 'run.json');
    let manifest: RunManifest;
    try {
      manifest = JSON.parse(readFileSync(file, 'utf8')) as RunManifest;
    } catch (thrown) {
      const missing = !existsSync(file);
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw problem(file, missing ? 'there is no run in this directory' : `cannot be read: ${reason}`);
    }
    if ((manifest as { schema?: unknown }).schema !== RUN_FOLDER_SCHEMA) {
      throw problem(file, `expected a run of this tool (schema ${RUN_FOLDER_SCHEMA})`);
    }
    // Runs of version 0.1 have no such field.
    return new RunFolder(path, { ...manifest, untilCi: (manifest as Partial<RunManifest>).untilCi ?? null });
  }

  /** Lines of the cells that finished. A last line cut short by a crash is left out; any other bad line is an error. */
  readCells(): CellLine[] {
    const file = join(this.path, 'cells.ndjson');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n');
    const rest = lines.pop();
    const cells = lines.map((line, index) => parseLine(line, file, index + 1));
    // Without a newline behind it the last line may be torn: it counts as not run.
    return rest === undefined ? [] : cells;
  }

  append(line: CellLine, wallSeconds: number): void {
    appendFileSync(join(this.path, 'cells.ndjson'), textOf([line]));
    appendFileSync(join(this.path, 'timings.ndjson'), `${JSON.stringify({ id: line.id, wallSeconds })}\n`);
  }

  /** Keeps where a cell's error came from: it names paths of this machine, so it is not part of the results. */
  appendError(id: string, stack: string): void {
    appendFileSync(join(this.path, 'errors.txt'), `cell ${id}\n${stack}\n\n`);
  }

  /** Replaces `cells.ndjson` by these lines. */
  rewriteCells(lines: readonly CellLine[]): void {
    this.#replace('cells.ndjson', textOf(lines));
  }

  /** Wall seconds by cell id, as far as known. */
  readTimings(): Map<string, number> {
    const file = join(this.path, 'timings.ndjson');
    const timings = new Map<string, number>();
    if (!existsSync(file)) return timings;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      try {
        const entry = JSON.parse(line) as { id: string; wallSeconds: number };
        timings.set(entry.id, entry.wallSeconds);
      } catch {
        // Torn or empty: timings are for information only.
      }
    }
    return timings;
  }

  /** Marks the run as complete. Returns its digest. */
  finish(lines: readonly CellLine[], summary: string): string {
    const digest = digestOf(lines);
    this.rewriteCells(lines);
    this.#replace('summary.txt', summary);
    this.#manifest = { ...this.#manifest, digest };
    this.#writeManifest();
    return digest;
  }

  /** Keeps the page about the finished run. Returns its path. */
  keepReport(html: string): string {
    this.#replace(REPORT_FILE, html);
    return join(this.path, REPORT_FILE);
  }

  /** The next round of `--until-ci`: more cells in the plan. */
  extend(untilCi: UntilCi, cells: number): void {
    this.#manifest = { ...this.#manifest, untilCi, cells, digest: null };
    this.#writeManifest();
  }

  #writeManifest(): void {
    this.#replace('run.json', `${JSON.stringify(this.#manifest, null, 2)}\n`);
  }

  /** Writes beside the file and renames, so that a reader never sees half of it. */
  #replace(name: string, text: string): void {
    const file = join(this.path, name);
    writeFileSync(`${file}.tmp`, text);
    renameSync(`${file}.tmp`, file);
  }
}

/** A line of `cells.ndjson`; `number` counts from 1. Throws InputError. */
export function parseLine(line: string, file: string, number: number): CellLine {
  try {
    return JSON.parse(line) as CellLine;
  } catch {
    throw problem(file, 'this line is not a JSON document', number);
  }
}

function problem(file: string, message: string, line: number | null = null): InputError {
  return new InputError([{ file, line, column: line === null ? null : 1, path: '', message }]);
}

/** `results/<YYYYMMDD-HHMMSS>-<name>` (UTC), with a number behind it when that exists. */
export function defaultFolder(name: string, now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const base = join(RESULTS, `${stamp}-${name.replace(/[^\w.+-]+/g, '-').slice(0, 60)}`);
  let path = base;
  for (let n = 2; existsSync(path); n++) path = `${base}-${n}`;
  return path;
}
