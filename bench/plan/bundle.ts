/**
 * A workload as it travels to another machine: the texts of the user's own files, and the names of everything that
 * comes with the tool. It is resolved there by the same parser, schema and limits as files are here, so that what
 * arrives is worth no more trust than a file: paths in it are looked up in the bundle alone and never open anything.
 */
import { InputError } from '../errors.ts';
import { isPath, ON_DISK, type FileKind, type Files, type FoundFile } from './files.ts';
import { LIMITS } from './limits.ts';
import { loadWorkload, type LoadOptions } from './resolve.ts';
import { flag, list, oneOf, orNull, record, refuse, text, whole, type Check } from './shape.ts';
import type { ResolvedWorkload } from './types.ts';

/** A file of the user's own. */
export interface BundledFile {
  readonly kind: FileKind;
  /** The path as the command line or the other file has it; what the bundle finds it by. */
  readonly path: string;
  readonly text: string;
}

export interface WorkloadBundle extends LoadOptions {
  /** Name of a built-in workload, or the path of one of `files`. */
  readonly workload: string;
  readonly files: readonly BundledFile[];
}

/** Longest path there is on Linux. */
const PATH_LENGTH = 4096;
/** The workload and the three profiles that it names. */
const MOST_FILES = 4;
/** As many as anybody types. */
const MOST_SETTINGS = 1000;

const bundleShape: Check<WorkloadBundle> = record<WorkloadBundle>({
  workload: text(PATH_LENGTH),
  files: list(
    record<BundledFile>({
      kind: oneOf<FileKind>('workload', 'device', 'kernel', 'cost profile'),
      path: text(PATH_LENGTH),
      text: text(LIMITS.fileBytes),
    }),
    0,
    MOST_FILES,
  ),
  set: list(text(PATH_LENGTH), 0, MOST_SETTINGS),
  durationNs: orNull(whole(1, LIMITS.durationNs)),
  quick: flag,
});

/** As `loadWorkload`, and what another machine needs to load the same. Throws as it does. */
export function bundleWorkload(
  nameOrPath: string,
  options: LoadOptions,
): { readonly workload: ResolvedWorkload; readonly bundle: WorkloadBundle } {
  const files: BundledFile[] = [];
  const kinds = new Map<FoundFile, FileKind>();
  const kept: Files = {
    find(kind, name, from) {
      const found = ON_DISK.find(kind, name, from);
      if (found !== null && isPath(name)) kinds.set(found, kind);
      return found;
    },
    read(file) {
      const read = ON_DISK.read(file);
      const kind = kinds.get(file);
      if (kind !== undefined) files.push({ kind, path: file.shown, text: read });
      return read;
    },
  };
  const workload = loadWorkload(nameOrPath, options, kept);
  const { set, durationNs, quick } = options;
  return { workload, bundle: { workload: nameOrPath, files, set, durationNs, quick } };
}

/** A bundle out of JSON. Throws InputError; messages call it `document`. */
export const checkBundle: Check<WorkloadBundle> = (value, where) => {
  const bundle = bundleShape(value, where);
  for (const file of bundle.files) {
    const bytes = Buffer.byteLength(file.text);
    if (bytes > LIMITS.fileBytes) refuse(where, `${file.path} is ${bytes} bytes; at most ${LIMITS.fileBytes}`);
  }
  return bundle;
};

/** The workload. Throws UsageError and InputError as `loadWorkload` does, and for a file that the bundle has not. */
export function loadBundle(bundle: WorkloadBundle): ResolvedWorkload {
  const texts = new Map<FoundFile, string>();
  const files: Files = {
    find(kind, name, from) {
      if (!isPath(name)) return ON_DISK.find(kind, name, from);
      const file = bundle.files.find((one) => one.kind === kind && one.path === name);
      if (file === undefined) throw missing(name);
      // Only what the path is called by is taken from it: nothing is opened.
      const found = ON_DISK.find(kind, name, from)!;
      texts.set(found, file.text);
      return found;
    },
    read: (file) => texts.get(file) ?? ON_DISK.read(file),
  };
  return loadWorkload(bundle.workload, bundle, files);
}

function missing(file: string): InputError {
  return InputError.ofFile(file, 'the bundle of the workload has no such file');
}
