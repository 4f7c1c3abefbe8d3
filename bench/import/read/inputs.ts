/**
 * The inputs of the command line: files, directories, archives, stdin; each file goes to the importer that knows it.
 */
import { createReadStream, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, UsageError, whyUnreadable } from '../../errors.ts';
import { quote, withoutControls } from '../../plan/quote.ts';
import { nearest } from '../../plan/suggest.ts';
import { momentRank, splitPath } from '../capturePath.ts';
import { addPartial } from '../doubts.ts';
import { noFacts, noSnapshot, type Facts, type Snapshot } from '../facts.ts';
import { HEAD_BYTES, type Importer, type Source } from '../importer.ts';
import { IMPORTERS } from '../importers.ts';
import { eachFile } from './archive.ts';
import { drain, gunzipped, isGzip, isTar, limited, peek, reasonOfEnd } from './streams.ts';

/** Files of one directory, and levels of directories in it. */
const MOST_FILES = 50_000;
const DEEPEST = 12;
/** Unknown files of a capture that are named one by one. */
const MOST_NAMED = 5;

export interface ReadOptions {
  /** The kind of every input, over whatever they look like; null: by their content. */
  readonly as: string | null;
}

/**
 * Reads everything. Throws UsageError for an unknown kind, InputError for what cannot be read or is of no known kind.
 */
export async function readInputs(paths: readonly string[], options: ReadOptions): Promise<Facts> {
  const importer = options.as === null ? null : importerOf(options.as);
  const reader = new Reader(importer);
  for (const [index, path] of paths.entries()) await reader.input(path, index);
  return reader.end();
}

function importerOf(kind: string): Importer {
  const found = IMPORTERS.find((one) => one.kind === kind);
  if (found !== undefined) return found;
  const near = nearest(kind, KINDS);
  const hint =
    near === null ? `there are: ${KINDS.join(', ')}` : `did you mean ${near}? (there are: ${KINDS.join(', ')})`;
  throw new UsageError(`--as: unknown kind ${quote(kind)}`, hint);
}

/** A file that is about to be read. `key`, `label`: of the moment it belongs to. */
interface File {
  readonly source: Source;
  readonly key: string;
  readonly label: string;
  /** Given by itself: it must be of a known kind. */
  readonly isAlone: boolean;
}

const LOOSE = 'files';

class Reader {
  private readonly facts = noFacts();
  private readonly as: Importer | null;
  private readonly moments = new Map<string, Snapshot>();
  /** Kinds that each moment has. */
  private readonly seen = new Map<Snapshot, Set<string>>();
  private readonly unknown: string[] = [];

  constructor(as: Importer | null) {
    this.as = as;
  }

  async input(path: string, index: number): Promise<void> {
    if (path === '-') await this.file({ source: stdin(), key: LOOSE, label: '', isAlone: true }, index);
    else if (isDirectory(path)) await this.directory(path, index);
    else await this.file(this.loose(path), index);
  }

  end(): Facts {
    if (this.unknown.length > 0) {
      const named = this.unknown.slice(0, MOST_NAMED).join(', ');
      const more = this.unknown.length > MOST_NAMED ? ` and ${this.unknown.length - MOST_NAMED} more` : '';
      addPartial(this.facts, `of no known kind, left out: ${named}${more}`);
    }
    this.facts.snapshots.sort((a, b) => momentRank(a.label) - momentRank(b.label));
    return this.facts;
  }

  private loose(path: string): File {
    const bytes = limited(createReadStream(path));
    return { source: { file: withoutControls(path), name: path, bytes }, key: LOOSE, label: '', isAlone: true };
  }

  private async directory(path: string, index: number): Promise<void> {
    refuseLive(path);
    const files = filesBelow(path, this.facts);
    if (files.length === 0) refuse(path, 'is a directory without files');
    const before = this.facts.inputs.length;
    for (const name of files) {
      const { moment, inner } = splitPath(name);
      const label = moment === '' ? path : join(path, moment);
      const bytes = limited(createReadStream(join(path, name)));
      const source = { file: withoutControls(join(path, name)), name: inner, bytes };
      await this.file({ source, key: `${index}:${moment}`, label: label.replace(/\/+$/, ''), isAlone: false }, index);
    }
    if (this.facts.inputs.length === before) refuse(path, `none of its ${files.length} files is of a known kind`);
  }

  /** One file, whatever it is packed in. */
  private async file(file: File, index: number): Promise<void> {
    const { source } = file;
    try {
      const peeked = await peek(source.bytes);
      if (isGzip(peeked.head)) {
        const name = source.name.replace(/\.gz$/, '').replace(/\.tgz$/, '.tar');
        const inside = { ...file, source: { ...source, name, bytes: limited(gunzipped(peeked.bytes)) } };
        await this.file(inside, index);
      } else if (isTar(peeked.head)) await this.archive({ ...source, bytes: peeked.bytes }, index);
      else await this.content({ ...file, source: { ...source, bytes: peeked.bytes } }, peeked.head);
    } catch (thrown) {
      this.survive(file, thrown);
    }
  }

  /** Damage of one file costs that file; anything else is not ours. */
  private survive(file: File, thrown: unknown): void {
    const { source, isAlone } = file;
    if (thrown instanceof InputError) {
      if (isAlone) throw thrown;
      addPartial(this.facts, `${thrown.message}; left out`);
      return;
    }
    const why = reasonOfEnd(thrown);
    if (why === null) throw thrown;
    // What was read before it broke off stays.
    if (isAlone && !this.facts.inputs.some(({ path }) => path === source.file || path.startsWith(`${source.file}:`)))
      refuse(source.file, why);
    addPartial(this.facts, `${source.file}: ${why}; what was read until then is used`);
  }

  private async archive(source: Source, index: number): Promise<void> {
    const before = this.facts.inputs.length;
    let files = 0;
    const end = await eachFile(source.bytes, async (path, bytes) => {
      files++;
      const { moment, inner } = splitPath(path);
      const shown = `${source.file}:${withoutControls(path)}`;
      const label = moment === '' ? source.file : `${source.file}:${withoutControls(moment)}`;
      await this.file(
        {
          source: { file: shown, name: inner, bytes },
          key: `${index}:${source.file}:${moment}`,
          label,
          isAlone: false,
        },
        index,
      );
    });
    for (const fault of end.faults) addPartial(this.facts, `${source.file}: the archive ${withoutControls(fault)}`);
    if (end.skipped > 0)
      addPartial(this.facts, `${source.file}: ${end.skipped} entries are no regular files (links, devices); left out`);
    if (this.facts.inputs.length === before)
      refuse(
        source.file,
        `an archive, but none of its ${files} files is of a known kind${end.faults.length > 0 ? `: it ${withoutControls(end.faults[0])}` : ''}`,
      );
  }

  private async content(file: File, head: Buffer): Promise<void> {
    const { source, isAlone } = file;
    const text = head.toString('latin1');
    const importer = this.as ?? IMPORTERS.find((one) => one.sniff(text, source.name));
    if (importer === undefined) {
      // A short file may be short because it breaks off: then that is what is wrong with it.
      if (head.length < HEAD_BYTES) await drain(source.bytes);
      if (isAlone) throw unknownFile(source.file, head);
      this.unknown.push(source.file);
      return;
    }
    this.facts.inputs.push({ path: source.file, kind: importer.kind });
    await importer.parse(source, { facts: this.facts, snapshot: this.momentOf(file, importer) });
  }

  private momentOf(file: File, importer: Importer): Snapshot {
    for (let count = 1; ; count++) {
      const key = count === 1 ? file.key : `${file.key} (${count})`;
      let moment = this.moments.get(key);
      if (moment === undefined) {
        moment = noSnapshot(file.label);
        this.moments.set(key, moment);
        this.facts.snapshots.push(moment);
      }
      const kinds = this.seen.get(moment) ?? new Set();
      this.seen.set(moment, kinds);
      if (importer.once === true && kinds.has(importer.kind)) continue;
      kinds.add(importer.kind);
      return moment;
    }
  }
}

function stdin(): Source {
  return { file: 'stdin', name: '', bytes: limited(process.stdin) };
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (thrown) {
    refuse(path, `cannot be read: ${withoutControls(whyUnreadable(thrown))}`);
  }
}

/** The files of the running system never end, and some of them hang or change it when they are read. */
function refuseLive(path: string): void {
  const real = realpathSync(path);
  if (/^\/(?:proc|sys|dev)(?:\/|$)/.test(real))
    throw new UsageError(
      `${withoutControls(path)} is the running system, not a capture`,
      'make one: cma-stress capture --print | sh -s -- -o capture.tar.gz',
    );
}

/** Paths of the regular files below a directory, sorted, relative to it. */
function filesBelow(root: string, facts: Facts): string[] {
  const files: string[] = [];
  const walk = (below: string, depth: number): void => {
    const entries = readdirSync(join(root, below), { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (files.length >= MOST_FILES) return;
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      // Links are not followed: they lead out of the capture, or round and round.
      if (entry.isDirectory() && depth < DEEPEST) walk(path, depth + 1);
      else if (entry.isFile() && lstatSync(join(root, path)).isFile()) files.push(path);
    }
  };
  try {
    walk('', 0);
  } catch (thrown) {
    refuse(root, `cannot be read: ${withoutControls(whyUnreadable(thrown))}`);
  }
  if (files.length >= MOST_FILES)
    addPartial(facts, `${withoutControls(root)}: more than ${MOST_FILES} files; the rest is left out`);
  return files;
}

function refuse(file: string, message: string): never {
  throw InputError.ofFile(withoutControls(file), message);
}

function unknownFile(file: string, head: Buffer): InputError {
  if (head.length === 0) return InputError.ofFile(file, 'is empty');
  const known = IMPORTERS.filter(({ knownBy }) => !/^(?:the (?:path|name)|these names|their names)/.test(knownBy));
  const width = Math.max(...known.map(({ kind }) => kind.length)) + 2;
  const list = known.map(({ kind, knownBy }) => `  ${kind.padEnd(width)}${knownBy}`).join('\n');
  const message = `of no known kind. Looked for, and not found:\n${list}\nWhen it is one of them all the same, say so with --as KIND.`;
  return InputError.ofFile(file, message);
}

/** Every kind that can be given by itself. */
export const KINDS: readonly string[] = IMPORTERS.map(({ kind }) => kind);

/** The same for the help, each with what it is. */
export function kindsHelp(): string {
  const width = Math.max(...KINDS.map((kind) => kind.length)) + 2;
  return IMPORTERS.map(({ kind, about }) => `  ${kind.padEnd(width)}${about}`).join('\n');
}
