/**
 * The folder of a run: `run.json`, `cells.ndjson`, `timings.ndjson`, `summary.txt`, `report.html`, and
 * `errors.txt` when a cell failed (docs/reference/results.md).
 *
 * Cells are appended as they finish (journal.ts), so that a crash loses only what was running. Nothing in
 * `cells.ndjson` depends on wall time.
 */
import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, StorageError, UsageError, messageOf } from '../errors.ts';
import type { WorkloadBundle } from '../plan/bundle.ts';
import type { Plan } from '../plan/plan.ts';
import type { ResolvedWorkload } from '../plan/types.ts';
import type { Plugin } from '../plugin/types.ts';
import { replaceFile } from './durable.ts';
import { Journal } from './journal.ts';
import type { RunKeeper } from './keeper.ts';
import { fileDigest } from './lines.ts';
import type { UntilCi } from './rounds.ts';
import { readStoredCells } from './storedCells.ts';
import type { StoredCells } from './storedCells.ts';

/** Where runs are written that are not told where to. */
export const RESULTS = 'results';

/** Names of files in the folder. */
const CELLS = 'cells.ndjson';
const TIMINGS = 'timings.ndjson';
/** What `run` calls the page in its folder. */
export const REPORT_FILE = 'report.html';

export const RUN_FOLDER_SCHEMA = 'cma-stress/run-folder/2';
/** Of version 0.1: lines of a run that goes on have no checksum. Read, and gone on with in the present form. */
const EARLIER_SCHEMAS: readonly unknown[] = ['cma-stress/run-folder/1'];

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
  /**
   * Strategies among them that are plug-ins, with their source, so that the run can be continued without their files.
   */
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

/** One run's folder, open for writing. */
export class RunFolder implements RunKeeper {
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
    const held = ['run.json', CELLS].some((name) => existsSync(join(path, name)));
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
      throw new UsageError(`cannot create ${path}: ${messageOf(thrown)}`);
    }
    const folder = new RunFolder(path, manifest);
    folder.#writeManifest();
    replaceFile(folder.cellsFile, []);
    replaceFile(join(path, TIMINGS), []);
    return folder;
  }

  /** Opens the folder of an earlier run. Throws InputError when there is none or it cannot be read. */
  static open(path: string): RunFolder {
    const file = join(path, 'run.json');
    let manifest: RunManifest;
    try {
      manifest = JSON.parse(readFileSync(file, 'utf8')) as RunManifest;
    } catch (thrown) {
      const isMissing = !existsSync(file);
      throw InputError.ofFile(
        file,
        isMissing ? 'there is no run in this directory' : `cannot be read: ${messageOf(thrown)}`,
      );
    }
    checkSchema((manifest as { schema?: unknown } | null)?.schema, file);
    // Runs of version 0.1 have no such field.
    const untilCi = (manifest as Partial<RunManifest>).untilCi ?? null;
    return new RunFolder(path, { ...manifest, schema: RUN_FOLDER_SCHEMA, untilCi });
  }

  get cellsFile(): string {
    return join(this.path, CELLS);
  }

  /** Throws StorageError. */
  journal(plan: Plan): Journal {
    return new Journal(this.cellsFile, plan);
  }

  /** Throws InputError at a bad line. */
  stored(): StoredCells {
    return readStoredCells(this.cellsFile);
  }

  /** Information only, so it need not survive. */
  appendTiming(id: string, wallSeconds: number): void {
    this.#append(TIMINGS, `${JSON.stringify({ id, wallSeconds })}\n`);
  }

  /** Keeps where a cell's error came from: it names paths of this machine, so it is not part of the results. */
  appendError(id: string, stack: string): void {
    this.#append('errors.txt', `cell ${id}\n${stack}\n\n`);
  }

  /** Wall seconds by cell id, as far as known. */
  readTimings(): Map<string, number> {
    const file = join(this.path, TIMINGS);
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

  /** Marks the run as complete: its cells are in plan order and have this digest. */
  finish(digest: string, summary: string): void {
    this.#replace('summary.txt', summary);
    this.#manifest = { ...this.#manifest, digest };
    this.#writeManifest();
  }

  /** Keeps the page about the finished run. Returns its path. */
  keepReport(html: string): string {
    this.#replace(REPORT_FILE, html);
    return join(this.path, REPORT_FILE);
  }

  /** Cells are about to be run: it is not complete, whatever it was. */
  reopen(): void {
    if (this.#manifest.digest === null) return;
    this.#manifest = { ...this.#manifest, digest: null };
    this.#writeManifest();
  }

  /** The next round of `--until-ci`: more cells in the plan. */
  extend(untilCi: UntilCi, cells: number): void {
    this.#manifest = { ...this.#manifest, untilCi, cells, digest: null };
    this.#writeManifest();
  }

  #writeManifest(): void {
    this.#replace('run.json', `${JSON.stringify(this.#manifest, null, 2)}\n`);
  }

  #append(name: string, text: string): void {
    const file = join(this.path, name);
    try {
      appendFileSync(file, text);
    } catch (thrown) {
      throw new StorageError(file, thrown);
    }
  }

  #replace(name: string, text: string): void {
    replaceFile(join(this.path, name), [text]);
  }
}

/** Throws InputError for a folder of a version that this one cannot read. */
function checkSchema(schema: unknown, file: string): void {
  if (schema === RUN_FOLDER_SCHEMA || EARLIER_SCHEMAS.includes(schema)) return;
  const version = typeof schema === 'string' ? /^cma-stress\/run-folder\/(\d+)$/.exec(schema)?.[1] : undefined;
  throw InputError.ofFile(
    file,
    version === undefined
      ? `expected a run of this tool (schema ${RUN_FOLDER_SCHEMA})`
      : `is a run of a newer version (schema ${version}; this one reads up to ${RUN_FOLDER_SCHEMA.split('/').at(-1)}): update cma-stress, or run its \`reproduce\` anew`,
  );
}

/**
 * Throws InputError when the run was complete and its cells were changed since. `digest`: of the file; null without
 * one.
 */
export function refuseChanged({ manifest, cellsFile }: RunFolder, digest = fileDigest(cellsFile)): void {
  if (manifest.digest === null || digest === manifest.digest) return;
  const what =
    digest === null
      ? 'there is no such file, although run.json says that the run is complete'
      : 'does not have the digest that run.json says: it was changed since';
  throw InputError.ofFile(cellsFile, `${what}; start anew with: ${manifest.reproduce}`);
}

/** `results/<YYYYMMDD-HHMMSS>-<name>` (UTC), with a number behind it when that exists. */
export function defaultFolder(name: string, now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const base = join(RESULTS, `${stamp}-${name.replace(/[^\w.+-]+/g, '-').slice(0, 60)}`);
  let path = base;
  for (let n = 2; existsSync(path); n++) path = `${base}-${n}`;
  return path;
}
