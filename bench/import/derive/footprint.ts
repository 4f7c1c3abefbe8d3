/** What one process has of its own, by regions of the model. Amounts in kB of the device. */
import type { Mapping, ProcessFacts } from '../facts.ts';
import { anonymousKb, classOf, forkKey } from './classify.ts';

/** Like mappings of one process, or of several, taken together. */
interface Part {
  readonly name: string;
  readonly kind: 'anon' | 'private-file' | 'shared-file';
  readonly mergeable: boolean;
  /** kB. */
  size: number;
  populated: number;
  /** Of the first mapping; null for what is not read from mappings. */
  readonly line: number | null;
}

export interface Footprint {
  readonly parts: ReadonlyMap<string, Part>;
  /** Resident kB of each file that is not inherited. */
  readonly files: ReadonlyMap<string, { readonly size: number; readonly rss: number }>;
  /** Copied or written memory that its parent has too: kB of the parent, and what of it the process has rewritten. */
  readonly inherited: number;
  readonly rewritten: number;
  /** Anonymous memory by proportional share, kB: what all processes together add up to AnonPages. */
  readonly anonPss: number;
}

/** Whether a mapping asks to be merged. */
export type IsMergeable = (mapping: Mapping) => boolean;

/** `parent`: the process that it was forked from. Every process must have amounts (smaps). */
export function footprintOf(process: ProcessFacts, parent: ProcessFacts | null, isMergeable: IsMergeable): Footprint {
  const above = new Map((parent?.mappings ?? []).map((mapping) => [forkKey(mapping), mapping]));
  const parts = new Map<string, Part>();
  const files = new Map<string, { size: number; rss: number }>();
  let inherited = 0;
  let rewritten = 0;
  let anonPss = 0;
  for (const mapping of above.values()) if (isOwn(mapping)) inherited += anonymousKb(mapping);
  for (const mapping of process.mappings) {
    if (!isOwn(mapping)) continue;
    const from = above.get(forkKey(mapping));
    const anonymous = anonymousKb(mapping);
    if (mapping.rss !== null && mapping.rss > 0) anonPss += (anonymous * (mapping.pss ?? mapping.rss)) / mapping.rss;
    // Beyond what the parent has, an inherited mapping was filled by the process itself.
    const parentAnonymous = from === undefined ? 0 : anonymousKb(from);
    const own = Math.max(0, anonymous - parentAnonymous);
    const common = anonymous - own;
    if (from !== undefined) rewritten += Math.min(common, Math.max(0, (mapping.priv ?? 0) - own));
    const room = from === undefined ? mapping.size : own;
    addAnonymous(parts, mapping, room, own, isMergeable);
    addFile(files, mapping, from);
  }
  return { parts, files, inherited, rewritten, anonPss };
}

function isOwn(mapping: Mapping): boolean {
  return classOf(mapping).kind !== 'none';
}

function addAnonymous(
  parts: Map<string, Part>,
  mapping: Mapping,
  size: number,
  own: number,
  isMergeable: IsMergeable,
): void {
  const kind = classOf(mapping);
  // Mappings that hold nothing would only make the region look emptier than what is in use.
  if (own <= 0 || (kind.kind !== 'anon' && kind.kind !== 'file')) return;
  const name = kind.kind === 'anon' ? kind.name : 'file-cow';
  const mergeable = isMergeable(mapping);
  const key = `${name} ${mergeable}`;
  const part = parts.get(key) ?? {
    name,
    kind: kind.kind === 'anon' ? ('anon' as const) : ('private-file' as const),
    mergeable,
    size: 0,
    populated: 0,
    line: mapping.line,
  };
  part.size += size;
  part.populated += own;
  parts.set(key, part);
}

function addFile(files: Map<string, { size: number; rss: number }>, mapping: Mapping, from: Mapping | undefined): void {
  const { kind } = classOf(mapping);
  if (kind !== 'file' && kind !== 'shared-memory') return;
  const resident = (mapping.rss ?? 0) - anonymousKb(mapping);
  const own = resident - (from === undefined ? 0 : (from.rss ?? 0) - anonymousKb(from));
  if (own <= 0) return;
  const before = files.get(mapping.name) ?? { size: 0, rss: 0 };
  files.set(mapping.name, { size: before.size + (from === undefined ? mapping.size : own), rss: before.rss + own });
}
