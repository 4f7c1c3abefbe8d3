/**
 * Modelled runs that are done, in `runs.ndjson` of the output directory while a validation is under way: what an
 * interrupted one has finished is not run again. A complete one starts anew.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, messageOf, UsageError } from '../errors.ts';
import type { Reduced } from './reduce.ts';

const RUNS = 'runs.ndjson';

interface Line {
  readonly id: string;
  readonly reduced: Reduced;
}

export class ValidationFolder {
  readonly path: string;

  /** Makes the directory. Throws UsageError when that fails. */
  constructor(path: string) {
    this.path = path;
    try {
      mkdirSync(path, { recursive: true });
    } catch (thrown) {
      throw new UsageError(`cannot create ${path}: ${messageOf(thrown)}`);
    }
  }

  /** Finished runs of an interrupted validation, by id. A last line cut short by a crash is left out. */
  readRuns(): Map<string, Reduced> {
    const file = join(this.path, RUNS);
    const runs = new Map<string, Reduced>();
    if (!existsSync(file)) return runs;
    const lines = readFileSync(file, 'utf8').split('\n');
    lines.pop();
    for (const [index, text] of lines.entries()) {
      try {
        const line = JSON.parse(text) as Line;
        runs.set(line.id, line.reduced);
      } catch {
        const message = 'this line is not a JSON document; remove the file to start anew';
        throw new InputError([{ file, line: index + 1, column: 1, path: '', message }]);
      }
    }
    // Without the torn line, so that the next one begins at a line's start.
    this.write(RUNS, lines.map((text) => `${text}\n`).join(''));
    return runs;
  }

  append(id: string, reduced: Reduced): void {
    const line: Line = { id, reduced };
    appendFileSync(join(this.path, RUNS), `${JSON.stringify(line)}\n`);
  }

  /** Everything is done: the runs have served. */
  dropRuns(): void {
    rmSync(join(this.path, RUNS), { force: true });
  }

  /** Writes beside the file and renames, so that a reader never sees half of it. */
  write(name: string, text: string): void {
    const file = join(this.path, name);
    writeFileSync(`${file}.tmp`, text);
    renameSync(`${file}.tmp`, file);
  }
}
