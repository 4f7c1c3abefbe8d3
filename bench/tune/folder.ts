/**
 * The directory of a search: `search.json` says what was asked for, `cells.ndjson` has a line for each finished cell
 * (as that of a run, without its bulk), and at the end come the results. What an interrupted search has finished is not
 * run again.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, UsageError, messageOf } from '../errors.ts';
import type { Plugin } from '../plugin/index.ts';
import type { CellLine, CellRecord } from '../run/cell.ts';
import { isFailed } from '../run/cell.ts';
import { DurableAppender, replaceFile } from '../run/durable.ts';
import { intactLine, plainText, sealed, storedLines } from '../run/lines.ts';
import { MODEL_HASH } from '../run/tool.ts';

const MANIFEST = 'search.json';
const CELLS = 'cells.ndjson';

/** What a search was asked for, and with what. */
export interface SearchManifest {
  readonly schema: string;
  readonly tool: string;
  readonly model: string;
  /** The command line as typed. */
  readonly command: string;
  /** Hash of the workloads as they are without the search: a file that changed since cannot be gone on with. */
  readonly inputs: string;
  /** Names or paths of the workloads. */
  readonly names: readonly string[];
  /** Options of the command that decide the result. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly plugins: readonly Plugin[];
}

export class SearchFolder {
  readonly path: string;
  readonly manifest: SearchManifest;
  readonly #cells: DurableAppender;

  private constructor(path: string, manifest: SearchManifest) {
    this.path = path;
    this.manifest = manifest;
    this.#cells = new DurableAppender(join(path, CELLS));
  }

  /** Makes the directory. Throws UsageError when it holds something already, or cannot be made. */
  static create(path: string, manifest: SearchManifest): SearchFolder {
    if ([MANIFEST, CELLS, 'run.json'].some((name) => existsSync(join(path, name))))
      throw new UsageError(`${path} already holds results`, `name another directory, or go on with --resume ${path}`);
    try {
      mkdirSync(path, { recursive: true });
    } catch (thrown) {
      throw new UsageError(`cannot create ${path}: ${messageOf(thrown)}`);
    }
    const folder = new SearchFolder(path, manifest);
    folder.write(CELLS, '');
    folder.write(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
    return folder;
  }

  /**
   * Opens the directory of an earlier search. Throws InputError when there is none, or one that cannot be gone on with.
   */
  static open(path: string, schema: string): SearchFolder {
    const file = join(path, MANIFEST);
    const refuse = (message: string): never => {
      throw InputError.ofFile(file, message);
    };
    if (!existsSync(file)) refuse('there is no search in this directory');
    let manifest: SearchManifest | null;
    try {
      manifest = JSON.parse(readFileSync(file, 'utf8')) as SearchManifest | null;
    } catch (thrown) {
      return refuse(`cannot be read: ${messageOf(thrown)}`);
    }
    if (manifest?.schema !== schema) return refuse(`expected a search of schema ${schema}`);
    if (manifest.model !== MODEL_HASH)
      refuse(`was made by model ${manifest.model}, this is ${MODEL_HASH}: their results cannot be mixed; search anew`);
    return new SearchFolder(path, manifest);
  }

  get manifestFile(): string {
    return join(this.path, MANIFEST);
  }

  /** Cells that are done, by id. A last line cut short by a crash and damaged ones are dropped. */
  readCells(): Map<string, CellRecord> {
    const file = join(this.path, CELLS);
    const lines = existsSync(file) ? Array.from(storedLines(file), ({ text }) => intactLine(text)) : [];
    const cells = lines.filter(isRecord);
    replaceFile(
      file,
      cells.map((cell) => sealed(plainText(cell))),
    );
    return new Map(cells.map((cell) => [cell.id, cell]));
  }

  /** Resolves when the record is safe. Rejects with StorageError. */
  append(record: CellRecord): Promise<void> {
    return this.#cells.append(sealed(plainText(record)));
  }

  /** Waits for what is being written. */
  close(): Promise<void> {
    return this.#cells.close();
  }

  /** Writes beside the file and renames, so that a reader never sees half of it. Returns its path. */
  write(name: string, text: string): string {
    const file = join(this.path, name);
    replaceFile(file, [text]);
    return file;
  }
}

function isRecord(line: CellLine | null): line is CellRecord {
  return line !== null && !isFailed(line);
}
