/** Makes a population keep the limits of the plan and the memory of the device; says what it had to take away. */
import { LIMITS } from '../../plan/limits.ts';
import type { Context } from './context.ts';
import { lineOf, UNCAPTURED, type GroupPlan } from './groupPlan.ts';
import { neededBy, roomOf } from './room.ts';

export function fit(groups: GroupPlan[], context: Context): void {
  limitProcesses(groups, context);
  limitVirtual(groups, context);
  limitMapped(groups, context);
  limitMemory(groups, context);
}

function limitProcesses(groups: readonly GroupPlan[], { draft }: Context): void {
  // Spawners keep some more alive than there are.
  const most = LIMITS.processes / 2;
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  if (count <= most) return;
  for (const group of groups)
    group.count = Math.min(group.count, Math.max(1, Math.floor((group.count * most) / count)));
  const left = groups.reduce((sum, group) => sum + group.count, 0);
  draft.notes.push(
    `groups: ${count} processes are taken as ${left}; the model has ${LIMITS.processes} at most, spawned ones included`,
  );
}

/** A process may map 4 GB: of larger ones the empty part is cut off. */
function limitVirtual(groups: readonly GroupPlan[], { draft }: Context): void {
  for (const group of groups) {
    const line = lineOf(group, groups);
    const size = line.flatMap(({ regions }) => regions).reduce((sum, region) => sum + region.size, 0);
    if (size <= LIMITS.processPages) continue;
    for (const region of line.flatMap(({ regions }) => regions)) {
      const room = Math.floor((region.size * LIMITS.processPages) / size / 2);
      region.size = Math.max(
        1,
        Math.min(region.size, Math.max(room, Math.min(region.populated, LIMITS.processPages / 64))),
      );
      region.populated = Math.min(region.populated, region.size);
    }
    draft.notes.push(
      `groups.${group.name}: maps ${size} pages with what it inherits; cut down to the ${LIMITS.processPages} of the model`,
    );
  }
}

function limitMapped(groups: readonly GroupPlan[], { draft }: Context): void {
  const mapped = groups.reduce(
    (sum, group) =>
      sum +
      group.count *
        lineOf(group, groups)
          .flatMap(({ regions }) => regions)
          .reduce((pages, region) => pages + region.populated, 0),
    0,
  );
  if (mapped <= LIMITS.mappedPages) return;
  const factor = (LIMITS.mappedPages / mapped) * 0.99;
  shrink(groups, factor);
  draft.notes.push(
    `groups: ${mapped} mapped pages are scaled by ${factor.toFixed(4)}; the model has ${LIMITS.mappedPages} at most`,
  );
}

/** Anonymous memory and mapped files must fit into what kernel, carve-outs and min_free leave. */
function limitMemory(groups: readonly GroupPlan[], context: Context): void {
  const { draft } = context;
  const room = Math.max(0, roomOf(context));
  const needed = neededBy(groups);
  if (needed <= room) return;
  // First what was not captured process by process.
  const rest = groups.find(({ name }) => name === UNCAPTURED);
  if (rest !== undefined) {
    const [region] = rest.regions;
    const taken = Math.min(region.populated - 1, needed - room);
    region.populated -= taken;
    region.size = region.populated;
    draft.notes.push(
      `groups.uncaptured: ${taken} pages fewer, so that the device holds everything before it is merged`,
    );
  }
  const left = neededBy(groups);
  if (left <= room) return;
  const factor = Math.max(0.001, (room / left) * 0.98);
  shrink(groups, factor);
  draft.notes.push(
    `groups: before anything is merged they need ${left} pages and the device has ${room} for them: all scaled by ${factor.toFixed(4)}`,
  );
}

function shrink(groups: readonly GroupPlan[], factor: number): void {
  for (const region of groups.flatMap(({ regions }) => regions)) {
    region.populated = Math.max(1, Math.floor(region.populated * factor));
    region.size = Math.max(region.populated, Math.floor(region.size * factor));
  }
}
