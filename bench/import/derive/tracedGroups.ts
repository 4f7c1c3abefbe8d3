/**
 * Groups of the workload for the processes of a trace: those that the capture or the base device has, found by pid, by
 * name, or by their part in Android; a new one for what neither has.
 */
import { LIMITS } from '../../plan/limits.ts';
import type { ValueSource } from '../draft.ts';
import { planName, stemOf, UniqueNames } from '../names.ts';
import { nameAt } from '../trace/deriveLineage.ts';
import type { LineageNode } from '../trace/index.ts';
import { templateOf, TEMPLATE_DEVICE } from './base.ts';
import type { Context } from './context.ts';
import type { GroupPlan } from './groupPlan.ts';
import { appGroupOf } from './appGroup.ts';
import { mergingOf } from './ksm.ts';
import { planOfGroup, regionOfGroup } from './planOfGroup.ts';
import { neededBy, pagesIn, roomOf } from './room.ts';
import { nodeOf, type Traced } from './traced.ts';
import { putGroups } from './writeGroups.ts';

/** A program that nothing is known of is as small as most native ones. */
const SMALL = 'native-small';

export class TracedGroups {
  readonly #context: Context;
  readonly #traced: Traced;
  readonly #names: UniqueNames;
  readonly #made = new Map<string, GroupPlan | null>();
  /** Group of the capture, of those that it knows. */
  readonly #captured = new Map<LineageNode, string>();
  readonly #added: GroupPlan[] = [];

  constructor(context: Context, traced: Traced) {
    this.#context = context;
    this.#traced = traced;
    const { groups, groupOf } = context.population;
    this.#names = new UniqueNames(groups.map(({ name }) => name));
    for (const process of context.view.processes) {
      const node = nodeOf(traced, process);
      const group = groupOf.get(process);
      if (node !== null && group !== undefined) this.#captured.set(node, group);
    }
  }

  /** Of a process at a time, s. null: there are too many groups already. */
  of(node: LineageNode, t: number): GroupPlan | null {
    if (node.exec !== null && node.exec.at <= t) return this.#execed(node);
    return node.parent === null ? this.#there(node) : this.#forked(node, this.#traced.derived.lineage[node.parent]);
  }

  /**
   * Puts the new groups into the draft, those of which there are processes. `spawned`, `replayed`: the groups that
   * spawners and events start processes of.
   */
  write(spawned: ReadonlySet<string>, replayed: ReadonlySet<string>): void {
    const { population, view } = this.#context;
    this.#drop(new Set([...spawned, ...replayed]));
    this.#keepParents(spawned, replayed);
    this.#shrink();
    putGroups(this.#context, this.#added, mergingOf(view, population.groups), population.groups);
  }

  /** Takes away the new groups that nobody ever belongs to. */
  #drop(started: ReadonlySet<string>): void {
    const { population } = this.#context;
    // Children first: a group stays while another one is forked from it.
    for (const group of this.#added.toReversed()) {
      const isParent = population.groups.some(({ parent }) => parent === group.name);
      if (group.count > 0 || isParent || started.has(group.name)) continue;
      this.#added.splice(this.#added.indexOf(group), 1);
      population.groups.splice(population.groups.indexOf(group), 1);
    }
  }

  /** Whoever is forked from must be there: at boot, where neither a spawner nor an event starts it in time. */
  #keepParents(spawned: ReadonlySet<string>, replayed: ReadonlySet<string>): void {
    const { draft, population } = this.#context;
    for (const group of population.groups.toReversed()) {
      const children = population.groups.filter(({ parent }) => parent === group.name);
      const isMissed = children.some(({ count }) => count > 0 || !replayed.has(group.name));
      if (group.count > 0 || spawned.has(group.name) || !isMissed) continue;
      group.count = 1;
      if (!this.#added.includes(group))
        draft.guess(['groups', group.name, 'count'], '1', 'somebody must be there to fork', group.countSource);
    }
  }

  #known(name: string | undefined): GroupPlan | undefined {
    return this.#context.population.groups.find((group) => group.name === name);
  }

  #once(key: string, make: () => GroupPlan | null): GroupPlan | null {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#made.set(key, made);
    return made;
  }

  /** A process that was there when the trace began: how it was born is not known, so any group may be its own. */
  #there(node: LineageNode): GroupPlan | null {
    const captured = this.#known(this.#captured.get(node));
    if (captured !== undefined) return captured;
    return this.#once(`there ${node.forkGroup}`, () => {
      const name = nameAt(node, 0);
      const named =
        [planName(name, ''), stemOf([name])].map((one) => this.#known(one)).find(isThere) ?? this.#zygote(node);
      if (named !== undefined) return named;
      return this.#standIn(node) ?? this.#add(this.#program(node, node.forkGroup, 1, 'it was there before the trace'));
    });
  }

  #zygote({ isZygote }: LineageNode): GroupPlan | undefined {
    return isZygote ? this.#context.population.groups.find(({ name }) => /^zygote/.test(name)) : undefined;
  }

  #execed(node: LineageNode): GroupPlan | null {
    const captured = this.#known(this.#captured.get(node));
    if (captured?.parent === null) return captured;
    return this.#once(`exec ${node.group}`, () => {
      const named = this.#known(planName(node.exec?.name ?? '', ''));
      if (named?.parent === null) return named;
      // What was there before the trace is not started by an event.
      const count = this.#context.replay && node.parent !== null ? 0 : 1;
      return this.#standIn(node) ?? this.#add(this.#program(node, node.group, count, 'it was born in the trace'));
    });
  }

  #forked(node: LineageNode, parent: LineageNode): GroupPlan | null {
    const above = this.of(parent, node.bornAt ?? 0);
    if (above === null) return null;
    return this.#once(`fork ${above.name} ${node.forkGroup}`, () => {
      const { base, population, replay } = this.#context;
      const fits = (group: GroupPlan | undefined): group is GroupPlan => group?.parent === above.name;
      const captured = this.#known(this.#mostCaptured(node, parent));
      if (fits(captured)) return captured;
      const named = this.#known(node.forkGroup);
      if (fits(named)) return named;
      const app = this.#known(parent.isZygote || !population.isOwn ? (appGroupOf(population.groups) ?? '') : '');
      if (fits(app)) return app;
      const forker = base.device.load.groups.find(({ start }) => start === 'fork');
      const source = { ...this.#place(node), field: `forked by ${nameAt(parent, node.bornAt ?? 0)} (${parent.pid})` };
      const guess = `device ${base.name} has it; a trace does not tell`;
      return this.#add({
        name: node.forkGroup,
        // Somebody must be there to fork, where forks are not replayed one by one.
        count: !replay && node.forks > 0 ? 1 : 0,
        countSource: source,
        countGuess: 'born in the trace',
        parent: above.name,
        lineageSource: source,
        lineageGuess: null,
        oomScoreAdj: this.#oomScoreAdj(node, above),
        rewriteInherited: { value: forker?.rewriteInherited ?? 0, source: null, guess },
        regions: [],
      });
    });
  }

  /** Group of the capture that most of the processes have which the same process forked in the same way. */
  #mostCaptured(node: LineageNode, parent: LineageNode): string | undefined {
    const { lineage } = this.#traced.derived;
    const counts = new Map<string, number>();
    for (const [other, group] of this.#captured) {
      const alike = other.forkGroup === node.forkGroup && other.exec === null;
      if (alike && other.parent !== null && lineage[other.parent] === parent)
        counts.set(group, (counts.get(group) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1]).at(0)?.[0];
  }

  /**
   * Without sizes of processes: who forks most is what the base device has such a process for, unless that is a zygote.
   */
  #standIn(node: LineageNode): GroupPlan | null {
    const { base, draft, population } = this.#context;
    const { lineage, spawners } = this.#traced.derived;
    if (population.isOwn || base.isAndroid || spawners.length === 0) return null;
    const { parent } = lineage[spawners[0].first];
    const forker = this.#known(population.groups.find((group) => group.parent !== null)?.parent ?? '');
    if (parent === null || lineage[parent] !== node || forker === undefined) return null;
    draft.notes.push(
      `groups.${forker.name}: of device ${base.name}, taken for ${nameAt(node, Infinity)} (${node.pid}), which forks most: its size is not known`,
    );
    return forker;
  }

  #program(node: LineageNode, name: string, count: number, countGuess: string): GroupPlan {
    const template = this.#context.base.device.load.groups.find(
      (group) => group.name === name && group.parent === null,
    );
    const [from, device] =
      template === undefined ? [templateOf(SMALL), TEMPLATE_DEVICE] : [template, this.#context.base.name];
    const guess = `its memory was not captured; as ${from.name} of device ${device}`;
    const source = { ...this.#place(node), field: `${nameAt(node, node.exec?.at ?? 0)} (${node.pid})` };
    return {
      ...planOfGroup(from, guess),
      name,
      count,
      countSource: source,
      countGuess,
      lineageSource: node.exec === null ? null : source,
      lineageGuess: null,
      oomScoreAdj: this.#oomScoreAdj(node, null),
      regions: from.regions.map((region) => {
        const plan = regionOfGroup(region, guess);
        // Its own file: with that of the device's it would share page cache.
        return plan.file === null ? plan : { ...plan, file: `${planName(name, 'process')}-${plan.name}` };
      }),
    };
  }

  #oomScoreAdj({ pid }: LineageNode, parent: GroupPlan | null): GroupPlan['oomScoreAdj'] {
    const { oomScoreAdj, file } = this.#traced.facts;
    const last = oomScoreAdj.findLast((one) => one.pid === pid);
    if (last === undefined)
      return {
        value: parent?.oomScoreAdj.value ?? 0,
        source: null,
        guess: 'not seen; /proc/PID/oom_score_adj would tell',
      };
    return { value: last.adj, source: { file, line: last.line, field: 'oom_score_adj_update' }, guess: null };
  }

  #place({ exec, line }: LineageNode): Pick<ValueSource, 'file' | 'line'> {
    return { file: this.#traced.derived.file, line: exec?.line ?? line };
  }

  #add(plan: GroupPlan): GroupPlan | null {
    const { draft, population } = this.#context;
    if (population.groups.length >= LIMITS.groups) {
      draft.notes.push(`groups: there are ${LIMITS.groups} already; ${plan.name} and others of the trace are left out`);
      return null;
    }
    const named = { ...plan, name: this.#names.of(planName(plan.name, 'process')) };
    population.groups.push(named);
    this.#added.push(named);
    return named;
  }

  /** Where the device has no room for the new groups, they have no memory: how much they have is not known anyway. */
  #shrink(): void {
    const { base, draft, population } = this.#context;
    const cache = pagesIn(draft, ['page_cache', 'size'], base.device.load.pageCache.pages);
    if (this.#added.length === 0 || neededBy(population.groups) + cache <= roomOf(this.#context)) return;
    for (const group of this.#added) group.regions.length = 0;
    draft.notes.push(
      `groups: the device has no room for what only the trace knows of: ${this.#added.map(({ name }) => name).join(', ')} have no memory of their own`,
    );
  }
}

function isThere(group: GroupPlan | undefined): boolean {
  return group !== undefined && group.count > 0;
}
