/** The group that apps are launched into, where nothing says more. */
import type { GroupPlan } from './groupPlan.ts';

/** Of those that zygote forks (without a zygote, that anybody forks) the one that lowmemorykiller takes first. */
export function appGroupOf(groups: readonly GroupPlan[]): string | null {
  const zygote = groups.find(({ name }) => /^zygote/.test(name));
  const forked = groups.filter(
    ({ name, parent }) =>
      parent !== null && (zygote === undefined || parent === zygote.name) && !/^system[-_]server$/.test(name),
  );
  return forked.toSorted((a, b) => b.oomScoreAdj.value - a.oomScoreAdj.value).at(0)?.name ?? null;
}
