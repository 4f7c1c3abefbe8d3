/** The processes of the capture as groups of a workload. */
import type { ProcessFacts, ReadPlace } from '../facts.ts';
import type { Base } from './base.ts';
import { clusters, sizeWord } from './cluster.ts';
import type { Context } from './context.ts';
import { fit } from './fit.ts';
import { UNCAPTURED, type GroupPlan, type Known } from './groupPlan.ts';
import { mergingOf } from './ksm.ts';
import { lineageOf, isZygote } from './lineage.ts';
import { planName, stemOf, UniqueNames } from '../names.ts';
import { oomScoreAdjOf } from './oom.ts';
import { derivePageCache } from './pageCache.ts';
import { planOfGroup } from './planOfGroup.ts';
import { measureAll, regionsOf, restOfAnonymous, type Measured } from './regions.ts';
import { isBorn, nodeOf } from './traced.ts';
import { putGroups } from './writeGroups.ts';

export function derivePopulation(context: Context): void {
  const { base, draft, view } = context;
  const captured = groupsOf(context);
  if (captured.length === 0) {
    const why =
      view.processes.length === 0 ? 'no processes among the inputs' : 'no sizes of processes among the inputs';
    draft.notes.push(`groups: ${why}; those of device ${base.name} are used`);
  }
  // The base's own memory holds the base's processes; another one may not.
  const isBase = captured.length === 0 && !view.meminfo.has('MemTotal');
  const groups = captured.length > 0 ? captured : groupsOfBase(base);
  context.population.groups = groups;
  context.population.isOwn = captured.length > 0;
  if (!isBase) {
    draft.form(['population'], 'own');
    fit(groups, context);
    putGroups(context, groups, mergingOf(view, groups));
    derivePageCache(context, groups);
  } else derivePageCache(context, null);
}

/** The processes of the base device. */
function groupsOfBase(base: Base): GroupPlan[] {
  const guess = `no processes among the inputs; device ${base.name} has it`;
  return base.device.load.groups.map((group) => planOfGroup(group, guess));
}

/** Groups, parents before children. */
function groupsOf(context: Context): GroupPlan[] {
  const alive = context.view.processes.filter(
    (process) =>
      process.mappings.length > 0 || (process.totals.get('Rss') ?? process.totals.get('Pss') ?? null) !== null,
  );
  const lineage = lineageOf(alive);
  const measured = measureAll(context, alive, lineage);
  if (measured.length === 0) return [];
  const taken = new UniqueNames([UNCAPTURED]);
  const plans: GroupPlan[] = [];
  const planOf = new Map<Measured, GroupPlan>();
  /** Whose parents are all in a group already. */
  let next = measured.filter(({ parent }) => parent === null);
  while (next.length > 0) {
    const made = new Set<Measured>();
    for (const members of split(context, next, planOf)) {
      const plan = planGroup(context, members, planOf, taken);
      plans.push(plan);
      for (const member of members) {
        planOf.set(member, plan);
        context.population.groupOf.set(member.process, plan.name);
        made.add(member);
      }
    }
    next = measured.filter((one) => !planOf.has(one) && one.parent !== null && made.has(one.parent));
  }
  const rest = restOfAnonymous(context, measured);
  return rest === null ? plans : [...plans, rest];
}

/**
 * Processes that become one group each: of one parent's group, of like importance, of like size; or that one forked
 * while it was traced.
 */
function split(
  { traced }: Context,
  processes: readonly Measured[],
  planOf: ReadonlyMap<Measured, GroupPlan>,
): Measured[][] {
  const alone = processes.filter(
    ({ process }) => isZygote(process) || process.name === 'system_server' || process.name === 'system',
  );
  const sorts = new Map<string, Measured[]>();
  const families = new Map<string, Measured[]>();
  for (const one of processes) {
    if (alone.includes(one)) continue;
    const parent = one.parent === null ? '' : planOf.get(one.parent)!.name;
    const node = nodeOf(traced, one.process);
    const isForked = isBorn(node) && node.exec === null && parent !== '';
    const [key, list] = isForked
      ? [`${parent} ${node.parent} ${node.forkGroup}`, families]
      : [`${parent} ${importance(one)} ${isBorn(node)}`, sorts];
    list.set(key, [...(list.get(key) ?? []), one]);
  }
  return [...alone.map((one) => [one]), ...families.values(), ...[...sorts.values()].flatMap(bySize)];
}

function bySize(sort: readonly Measured[]): Measured[][] {
  const made = clusters(sort, ({ own }) => own);
  made.forEach((members, at) => {
    for (const member of members) {
      member.at = at;
      member.siblings = made.length;
    }
  });
  return made;
}

/** lowmemorykiller takes cached ones first, persistent ones never. */
function importance({ process }: Measured): number {
  const { value } = oomScoreAdjOf(process);
  return value < 0 ? 0 : value < 500 ? 1 : 2;
}

const SORTS = ['persistent', 'app', 'cached'] as const;

function planGroup(
  context: Context,
  members: readonly Measured[],
  planOf: ReadonlyMap<Measured, GroupPlan>,
  taken: UniqueNames,
): GroupPlan {
  const [first] = members;
  const parent = first.parent === null ? null : planOf.get(first.parent)!;
  const name = taken.of(planName(wordFor(context, members, parent), 'process'));
  const shown = members.slice(0, 4).map(({ process }) => process.name ?? 'nameless');
  const more = members.length > shown.length ? `, and ${members.length - shown.length} more` : '';
  const what = members.length === 1 ? `process ${shown[0]}` : `${members.length} processes: ${shown.join(', ')}${more}`;
  const place = placeOf(first.process);
  const ppid = first.process.parent;
  return {
    name,
    count: members.length,
    countSource: { ...place, field: what },
    countGuess: null,
    parent: parent?.name ?? null,
    lineageSource: ppid === null ? null : { ...ppid.place, field: ppid.field },
    lineageGuess: first.lineageGuess,
    oomScoreAdj: middle(members.map(({ process }) => oomScoreAdjOf(process))),
    rewriteInherited: parent === null ? null : rewriteOf(context, members),
    regions: regionsOf(context, name, members),
  };
}

function wordFor({ traced }: Context, members: readonly Measured[], parent: GroupPlan | null): string {
  const names = members.map(({ process }) => process.name ?? '');
  const node = nodeOf(traced, members[0].process);
  if (isBorn(node) && node.exec === null && parent !== null)
    return node.fromZygote ? node.forkGroup : stemOf(names.map(lastStep)) || node.forkGroup;
  if (members.length === 1) return lastStep(names[0]);
  const [{ siblings, at }] = members;
  const stem = stemOf(names.map(lastStep));
  if (stem !== '') return `${stem}${sizeWord(at, siblings)}`;
  return `${parent === null ? 'native' : SORTS[importance(members[0])]}${sizeWord(at, siblings)}`;
}

/** The file that tells most of a process. */
function placeOf({ mappingsFile, place }: ProcessFacts): ReadPlace {
  return mappingsFile === null ? place : { file: mappingsFile, line: null };
}

/** Of a path or a command line, what is at its end; a package keeps its dots. */
function lastStep(name: string): string {
  const [program] = name.trim().split(' ', 1);
  return program.slice(program.lastIndexOf('/') + 1);
}

/** The one in the middle: an oom_score_adj that some process really has. */
function middle(known: readonly Known[]): Known {
  return known.toSorted((a, b) => a.value - b.value)[Math.floor((known.length - 1) / 2)];
}

function rewriteOf(context: Context, members: readonly Measured[]): Known {
  const inherited = members.reduce((sum, one) => sum + one.inherited, 0);
  const rewritten = members.reduce((sum, one) => sum + one.rewritten, 0);
  const [{ process }] = members;
  if (inherited > 0)
    return {
      value: rewritten / inherited,
      source: { ...placeOf(process), field: "Private_Dirty of the parent's mappings" },
      guess: null,
    };
  const app = context.base.device.load.groups.find((group) => group.start === 'fork');
  const guess = `device ${context.base.name} has it; smaps of parent and child would tell`;
  return { value: app?.rewriteInherited ?? 0, source: null, guess };
}
