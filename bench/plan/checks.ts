/**
 * What the schema cannot see: names that must exist, numbers that must agree with each other. Every problem is located.
 */
import { checkEvents } from './eventChecks.ts';
import { startedGroup } from './eventSchema.ts';
import { LIMITS } from './limits.ts';
import { placeAt, type Step, type TreeNode } from './node.ts';
import type { Note, Problems } from './problems.ts';
import { quote } from './quote.ts';
import type { Named } from './schema.ts';
import { suggestion } from './suggest.ts';
import { checkMemory } from './memoryCheck.ts';
import { checkMachine } from './programCheck.ts';
import type { GroupFile, RegionFile, WorkloadFile } from './workloadSchema.ts';

/** Notes everything that does not fit together. */
export function checkWorkload(file: WorkloadFile, tree: TreeNode, problems: Problems): void {
  const note: Note = (path, message) => problems.add(placeAt(tree, path), path, message);
  const sound = checkGroups(file, note);
  const processes = checkSpawners(file, note);
  checkEvents(file, processes, note);
  checkClients(file, note);
  if (sound) checkMemory(file, note);
  if (file.program !== null) checkMachine(file, note);
}

/** True when every parent exists and no group descends from itself, so that ancestors can be followed. */
function checkGroups(file: WorkloadFile, note: Note): boolean {
  let sound = true;
  for (const group of file.groups) {
    const problem = parentProblem(group, file);
    if (problem !== null) {
      sound = false;
      note(['groups', group.name, group.value.parent === null ? 'start' : 'parent'], problem);
    }
    if (group.value.start === 'exec' && group.value.madvise_inherited)
      note(['groups', group.name, 'madvise_inherited'], 'a group with `start: exec` inherits nothing; remove it');
    for (const region of group.value.regions)
      checkRegion(['groups', group.name, 'regions', region.name], region.value, note);
  }
  return sound;
}

function parentProblem(group: Named<GroupFile>, file: WorkloadFile): string | null {
  const { start, parent } = group.value;
  if (start === 'exec')
    return parent === null ? null : 'a group with `start: exec` has no parent; write `start: fork` or remove `parent`';
  if (parent === null) return 'a group with `start: fork` needs `parent: <group>`';
  const names = file.groups.map((other) => other.name);
  const above = file.groups.find((other) => other.name === parent);
  if (above === undefined)
    return `unknown group ${quote(parent)}${suggestion(
      parent,
      names.filter((name) => name !== group.name),
    )}`;
  const line = [group.name];
  for (let at: Named<GroupFile> | undefined = above; at !== undefined;) {
    line.push(at.name);
    if (line.indexOf(at.name) < line.length - 1) return `is a circle of parents: ${line.join(' -> ')}`;
    const next: string | null = at.value.parent;
    at = file.groups.find((other) => other.name === next);
  }
  const spawned = file.spawners.some((spawner) => spawner.value.group === parent);
  // Whether it is there in time is for the check of the events.
  const replayed = group.value.count === 0 && file.events.some((event) => startedGroup(event) === parent);
  if (above.value.count === 0 && !spawned && !replayed)
    return `group \`${parent}\` has no process to fork from (count 0 and no spawner)`;
  return null;
}

function checkRegion(path: readonly Step[], region: RegionFile, note: Note): void {
  if (region.kind === 'anon' && region.file !== null)
    note([...path, 'file'], 'an `anon` region has no file; remove `file` or change `kind`');
  if (region.kind !== 'anon' && region.file === null)
    note([...path, 'kind'], `a \`${region.kind}\` region needs \`file: <name>\``);
  if (region.kind === 'shared-file' && region.mergeable)
    note([...path, 'mergeable'], 'madvise(MADV_MERGEABLE) ignores shared mappings; remove it');
  if (region.kind === 'shared-file' && region.writes.rate > 0)
    note([...path, 'writes', 'rate'], 'writes to shared file mappings are not modelled; use page_cache.dirties');
  const sum = region.contents.pools.reduce((total, pool) => total + pool.value.share, region.contents.zero);
  if (sum > 1 + 1e-9)
    note([...path, 'contents'], `zero and the shares of the pools add up to ${Number(sum.toFixed(6))}, more than 1`);
}

/** Returns the processes that live at once at most, without those that events start. */
function checkSpawners(file: WorkloadFile, note: Note): number {
  for (const { name, value } of file.spawners) {
    if (value.grandchildren > 0 && value.life === null) {
      note(
        ['spawners', name, 'grandchildren'],
        'a process forks a child after a quarter of its life, so `life` must be a duration',
      );
    }
    const group = file.groups.find((other) => other.name === value.group);
    if (group === undefined) {
      note(
        ['spawners', name, 'group'],
        `unknown group ${quote(value.group)}${suggestion(
          value.group,
          file.groups.map((other) => other.name),
        )}`,
      );
    } else if (group.value.count > value.max_live) {
      note(
        ['spawners', name, 'max_live'],
        `is ${value.max_live}, but group \`${group.name}\` starts with ${group.value.count} processes`,
      );
    }
  }
  let processes = 0;
  for (const group of file.groups) {
    const before = processes;
    const live = file.spawners
      .filter((spawner) => spawner.value.group === group.name)
      .map((spawner) => spawner.value.max_live);
    processes += Math.max(group.value.count, ...live);
    if (before <= LIMITS.processes && processes > LIMITS.processes) {
      note(
        ['groups', group.name, 'count'],
        `makes ${processes} processes with the groups above it (the most its spawner keeps alive counted); at most ${LIMITS.processes} are possible`,
      );
    }
  }
  return processes;
}

function checkClients(file: WorkloadFile, note: Note): void {
  const areas = file.memory.cma;
  for (const { name, value } of file.cma_clients) {
    const area = areas.find((other) => other.name === value.area);
    if (area === undefined) {
      note(
        ['cma_clients', name, 'area'],
        `unknown CMA area ${quote(value.area)}${suggestion(
          value.area,
          areas.map((other) => other.name),
        )}`,
      );
      continue;
    }
    value.sizes.forEach((entry, index) => {
      if (entry.size <= area.value.size) return;
      note(
        ['cma_clients', name, 'sizes', index, 'size'],
        `is ${entry.size} pages, but area \`${area.name}\` has ${area.value.size}`,
      );
    });
    if (value.periodic && value.rate === 0)
      note(['cma_clients', name, 'rate'], 'a periodic client needs a rate above 0');
  }
}
