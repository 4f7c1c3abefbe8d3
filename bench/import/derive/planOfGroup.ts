/** Groups of a built-in device as plans. */
import type { ProcessGroup, Region } from '../../../sim/index.ts';
import type { GroupPlan, RegionPlan } from './groupPlan.ts';

/** `guess`: why it is this one. */
export function planOfGroup(group: ProcessGroup, guess: string): GroupPlan {
  return {
    name: group.name,
    count: group.count,
    countSource: null,
    countGuess: guess,
    parent: group.parent,
    lineageSource: null,
    lineageGuess: guess,
    oomScoreAdj: { value: group.oomScoreAdj, source: null, guess },
    rewriteInherited: group.parent === null ? null : { value: group.rewriteInherited, source: null, guess },
    regions: group.regions.map((region) => regionOfGroup(region, guess)),
  };
}

export function regionOfGroup(region: Region, guess: string): RegionPlan {
  return {
    name: region.name,
    kind: region.kind,
    file: region.file,
    mergeable: region.mergeable,
    mergeableGuess: guess,
    size: region.pages,
    populated: Math.round(region.pages * region.populated),
    source: null,
    guess,
    isWritten: region.writes.perSecond > 0,
  };
}
