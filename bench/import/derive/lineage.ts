/** Who was forked from whom without exec: by the mappings that a fork copies, else by what is known of Android. */
import type { ProcessFacts } from '../facts.ts';
import { anonymousKb, forkKey } from './classify.ts';

/** Of the parent's written private mappings, the share that its forked child still has at the same place. */
const LEAST_COPIED = 0.5;
/** An app's virtual size is that of zygote and more; a native process has a tenth. */
const LIKE_ZYGOTE = 0.8;

export const isZygote = (process: ProcessFacts): boolean =>
  /^(?:zygote|zygote64|webview_zygote|app_process(?:32|64)?)$/.test(process.name ?? '');

export interface Lineage {
  /** The process it was forked from; absent: it has replaced its memory with exec, or nothing is known. */
  readonly parents: ReadonlyMap<ProcessFacts, ProcessFacts>;
  /** Those whose parent is not known but guessed, with the reason. */
  readonly guessed: ReadonlyMap<ProcessFacts, string>;
}

export function lineageOf(processes: readonly ProcessFacts[]): Lineage {
  const byPid = new Map(
    processes.flatMap((process) => (process.pid === null ? [] : [[process.pid, process] as const])),
  );
  const keys = new Map<ProcessFacts, ReadonlySet<string>>();
  const keysOf = (process: ProcessFacts): ReadonlySet<string> => {
    const known = keys.get(process);
    if (known !== undefined) return known;
    const written = process.mappings.filter((mapping) => anonymousKb(mapping) > 0 && mapping.perms[1] === 'w');
    const made = new Set(written.map(forkKey));
    keys.set(process, made);
    return made;
  };
  const zygote = processes.find(isZygote);
  const parents = new Map<ProcessFacts, ProcessFacts>();
  const guessed = new Map<ProcessFacts, string>();
  for (const process of processes) {
    const parent = process.parent === null ? undefined : byPid.get(process.parent.value);
    if (parent !== undefined && parent !== process) {
      if (wasForked(process, parent, keysOf)) parents.set(process, parent);
      continue;
    }
    if (zygote === undefined || process === zygote || isZygote(process)) continue;
    const why = likeZygote(process, zygote, keysOf);
    if (why === null) continue;
    parents.set(process, zygote);
    guessed.set(process, why);
  }
  // A pid that was used again may close a circle: the first process of one is then nobody's child.
  for (const process of processes) if (descendsFromItself(process, parents)) parents.delete(process);
  return { parents, guessed };
}

function wasForked(
  process: ProcessFacts,
  parent: ProcessFacts,
  keysOf: (process: ProcessFacts) => ReadonlySet<string>,
): boolean {
  const known = keysOf(parent);
  if (known.size === 0 || process.mappings.length === 0) return isZygote(parent);
  return copied(process, known) >= LEAST_COPIED;
}

function copied(process: ProcessFacts, keys: ReadonlySet<string>): number {
  const own = new Set(process.mappings.map(forkKey));
  let count = 0;
  for (const key of keys) if (own.has(key)) count++;
  return keys.size === 0 ? 0 : count / keys.size;
}

function likeZygote(
  process: ProcessFacts,
  zygote: ProcessFacts,
  keysOf: (process: ProcessFacts) => ReadonlySet<string>,
): string | null {
  if (process.mappings.length > 0 && keysOf(zygote).size > 0)
    return copied(process, keysOf(zygote)) >= LEAST_COPIED ? "it has zygote's mappings" : null;
  const [vss, zygoteVss] = [process.totals.get('Vss'), zygote.totals.get('Vss')];
  if (vss !== undefined && zygoteVss !== undefined)
    return vss.value >= LIKE_ZYGOTE * zygoteVss.value ? "its virtual size is zygote's" : null;
  if (process.oomLabel !== null)
    return process.oomLabel === 'Native' ? null : `dumpsys counts it as ${process.oomLabel}`;
  return null;
}

function descendsFromItself(process: ProcessFacts, parents: ReadonlyMap<ProcessFacts, ProcessFacts>): boolean {
  const seen = new Set<ProcessFacts>();
  for (let at = parents.get(process); at !== undefined; at = parents.get(at)) {
    if (at === process) return true;
    if (seen.has(at)) return false;
    seen.add(at);
  }
  return false;
}
