/** Sizes of processes, and the regions of a group made of those of its members. */
import { PAGES_PER_MB } from '../../plan/units.ts';
import type { Mapping, ProcessFacts } from '../facts.ts';
import type { ValueSource } from '../draft.ts';
import { pagesOf, type Context } from './context.ts';
import { TEMPLATE_DEVICE } from './base.ts';
import { footprintOf, type Footprint, type IsMergeable } from './footprint.ts';
import { UNCAPTURED, type GroupPlan, type RegionPlan } from './groupPlan.ts';
import type { Lineage } from './lineage.ts';
import { totalsOf, type Totals } from './totals.ts';

/** Anonymous memory of nobody that is worth a group, pages. */
const LEAST_REST = PAGES_PER_MB;

/** A process with what it has of its own. */
export interface Measured {
  readonly process: ProcessFacts;
  readonly parent: Measured | null;
  readonly lineageGuess: string | null;
  readonly footprint: Footprint | null;
  /** When there is no smaps of it. */
  readonly totals: Totals | null;
  /** Private kB: what groups are made by. */
  readonly own: number;
  readonly inherited: number;
  readonly rewritten: number;
  /** Among the groups of its sort, by size: set when groups are made. */
  at: number;
  siblings: number;
}

/** All processes of which something is known, parents before children. */
export function measureAll(context: Context, processes: readonly ProcessFacts[], lineage: Lineage): Measured[] {
  const mergeable = mergeableRule(context).is;
  const done = new Map<ProcessFacts, Measured | null>();
  const measure = (process: ProcessFacts): Measured | null => {
    const known = done.get(process);
    if (known !== undefined) return known;
    const above = lineage.parents.get(process);
    const parent = above === undefined ? null : measure(above);
    const made = measureOne(process, parent, lineage.guessed.get(process) ?? null, mergeable);
    done.set(process, made);
    return made;
  };
  const all = processes.flatMap((process) => measure(process) ?? []);
  const without = processes.length - all.length;
  if (without > 0)
    context.draft.notes.push(`groups: ${without} processes without any amounts (maps alone say none) are left out`);
  return all;
}

function measureOne(
  process: ProcessFacts,
  parent: Measured | null,
  lineageGuess: string | null,
  mergeable: IsMergeable,
): Measured | null {
  const common = { process, parent, lineageGuess, at: 0, siblings: 1 };
  if (process.mappings.some(({ rss }) => rss !== null)) {
    const footprint = footprintOf(process, parent?.process ?? null, mergeable);
    const own = [...footprint.parts.values()].reduce((sum, part) => sum + part.populated, 0);
    const { inherited, rewritten } = footprint;
    return { ...common, footprint, totals: null, own: own + rewritten, inherited, rewritten };
  }
  const totals = totalsOf(process, parent);
  return totals === null ? null : { ...common, footprint: null, totals, own: totals.own, inherited: 0, rewritten: 0 };
}

/** Which mappings ask to be merged, and why that is a guess (null: VmFlags say it). */
function mergeableRule({ base, view }: Context): { readonly is: IsMergeable; readonly guess: string | null } {
  if (view.processes.some(({ mappings }) => mappings.some(({ flags }) => flags !== null)))
    return { is: ({ flags }) => flags?.split(' ').includes('mg') ?? false, guess: null };
  // Android's own libc of that time asks for every private mapping (domain notes A2).
  if (base.isAndroid)
    return { is: isPrivate, guess: 'no VmFlags: bionic asks for all private mappings, where it was built to do so' };
  if (hasMerged(view))
    return { is: (mapping) => isPrivate(mapping) && mapping.name === '', guess: 'no VmFlags, but KSM has pages' };
  return { is: () => false, guess: 'no VmFlags, and no counters of KSM' };
}

/** Whether KSM has anything to do: somebody has asked it to. */
function hasMerged({ ksm }: Context['view']): boolean {
  return ['pages_sharing', 'pages_unshared', 'pages_volatile'].some((name) => (ksm.get(name)?.value ?? 0) > 0);
}

const isPrivate = ({ perms }: Mapping): boolean => perms.at(3) === 'p';

/** Regions of a group: the mean of its members. */
export function regionsOf(context: Context, group: string, members: readonly Measured[]): RegionPlan[] {
  const regions = [...partRegions(context, group, members), ...fileRegions(context, group, members)];
  const byTotals = members.flatMap(({ totals }) => totals ?? []);
  for (const { parts } of byTotals) for (const part of parts) addTotal(regions, group, part, context, members.length);
  return regions.filter((region) => region.populated >= 1).map((region) => ({ ...region, ...wholePages(region) }));
}

function wholePages(region: RegionPlan): { size: number; populated: number } {
  const populated = Math.round(region.populated);
  return { populated, size: Math.max(1, populated, Math.round(region.size)) };
}

function partRegions(context: Context, group: string, members: readonly Measured[]): RegionPlan[] {
  const { guess } = mergeableRule(context);
  const measured = members.filter(({ footprint }) => footprint !== null);
  const keys = new Set(measured.flatMap(({ footprint }) => [...footprint!.parts.keys()]));
  return [...keys].sort().map((key) => {
    const having = measured.filter(({ footprint }) => footprint!.parts.has(key));
    const parts = having.map(({ footprint }) => footprint!.parts.get(key)!);
    const [part] = parts;
    const mean = (amount: (one: (typeof parts)[number]) => number): number =>
      pagesOf(context, parts.reduce((sum, one) => sum + amount(one), 0) / members.length);
    const isTwice = keys.has(`${part.name} true`) && keys.has(`${part.name} false`);
    return {
      name: isTwice && !part.mergeable ? `${part.name}-unmerged` : part.name,
      kind: part.kind,
      file: part.kind === 'anon' ? null : `${group}-data`,
      mergeable: part.mergeable,
      mergeableGuess: guess,
      size: mean(({ size }) => size),
      populated: mean(({ populated }) => populated),
      source: sourceOfPart(
        having[0].process,
        part.line,
        part.kind === 'anon' ? 'Anonymous' : 'Anonymous of file mappings',
        having.length,
      ),
      guess: null,
      isWritten: part.name.endsWith('heap'),
    };
  });
}

function sourceOfPart(process: ProcessFacts, line: number | null, field: string, processes: number): ValueSource {
  const file = process.mappingsFile ?? process.place.file;
  return { file, line, field: processes === 1 ? field : `${field}, mean of ${processes} processes` };
}

/** Mapped files: those that other groups map too, and the group's own. Equal names are the same page cache. */
function fileRegions(context: Context, group: string, members: readonly Measured[]): RegionPlan[] {
  const measured = members.filter(({ footprint }) => footprint !== null);
  if (measured.length === 0) return [];
  const users = usersOf(context);
  const isCommon = (file: string): boolean => (users.get(file) ?? 0) > measured.length;
  return [true, false].flatMap((common) => {
    let size = 0;
    let rss = 0;
    for (const { footprint } of measured)
      for (const [file, amount] of footprint!.files)
        if (isCommon(file) === common) {
          size += amount.size;
          rss += amount.rss;
        }
    const [{ process }] = measured;
    if (rss === 0) return [];
    return {
      name: common ? 'common-files' : 'own-files',
      kind: 'shared-file' as const,
      file: common ? 'common-files' : `${group}-files`,
      mergeable: false,
      mergeableGuess: null,
      size: pagesOf(context, size / members.length),
      populated: pagesOf(context, rss / members.length),
      source: sourceOfPart(process, null, 'Rss - Anonymous of file mappings', measured.length),
      guess: null,
      isWritten: false,
    };
  });
}

/** How many processes have each file mapped; counted once for a capture. */
const counted = new WeakMap<object, ReadonlyMap<string, number>>();

function usersOf({ view }: Context): ReadonlyMap<string, number> {
  const known = counted.get(view);
  if (known !== undefined) return known;
  const users = new Map<string, number>();
  for (const process of view.processes)
    for (const file of new Set(process.mappings.map(({ name }) => name))) users.set(file, (users.get(file) ?? 0) + 1);
  counted.set(view, users);
  return users;
}

function addTotal(
  regions: RegionPlan[],
  group: string,
  part: Totals['parts'][number],
  context: Context,
  of: number,
): void {
  const populated = pagesOf(context, part.populated) / of;
  const size = pagesOf(context, part.size) / of;
  // That of another member, which may have been made of its smaps.
  const known = regions.find(({ name }) => name === part.name);
  if (known !== undefined) {
    known.populated += populated;
    known.size += size;
    return;
  }
  const mayMerge = context.base.isAndroid || hasMerged(context.view);
  regions.push({
    name: part.name,
    kind: part.kind,
    file: part.kind === 'anon' ? null : (part.file ?? `${group}-data`),
    mergeable: part.mergeable && part.kind !== 'shared-file' && mayMerge,
    mergeableGuess: mayMerge ? `no VmFlags; as in device ${TEMPLATE_DEVICE}` : 'no VmFlags, and no counters of KSM',
    size,
    populated,
    source: part.source,
    guess: part.guess,
    isWritten: part.name.endsWith('heap'),
  });
}

/** AnonPages that no captured process has: a group that is not merged and only takes room; null: none to speak of. */
export function restOfAnonymous(context: Context, measured: readonly Measured[]): GroupPlan | null {
  const anon = context.view.meminfo.get('AnonPages');
  if (anon === undefined || measured.some(({ footprint }) => footprint === null)) return null;
  const known = measured.reduce((sum, { footprint }) => sum + footprint!.anonPss, 0);
  const rest = pagesOf(context, Math.max(0, anon.value - known));
  // A hundredth is what the two counts differ by anyway.
  if (rest < LEAST_REST || rest < pagesOf(context, anon.value) / 100) return null;
  const source = { file: anon.place.file, line: anon.place.line, field: 'AnonPages less what the processes have' };
  const region = {
    name: 'anon',
    kind: 'anon' as const,
    file: null,
    mergeable: false,
    mergeableGuess: null,
    size: rest,
    populated: rest,
    source,
    guess: null,
    isWritten: false,
  };
  return {
    name: UNCAPTURED,
    count: 1,
    countSource: source,
    countGuess: 'whose it is was not captured; taken as one process that is not merged and does not write',
    parent: null,
    lineageSource: null,
    lineageGuess: null,
    oomScoreAdj: { value: -1000, source: null, guess: 'not captured; lowmemorykiller leaves it alone' },
    rewriteInherited: null,
    regions: [region],
  };
}
