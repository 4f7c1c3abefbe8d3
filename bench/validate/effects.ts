/**
 * How much attempts of one run, and pages of one attempt, depend on each other, by measure: the median of the design
 * effects that the groups at hand show, at least 1. Used where counts show none, because all of them are 0 or all are
 * 1.
 */
import { clusterRatio } from '../stats/clusters.ts';
import type { Cluster } from '../stats/clusters.ts';
import { clustersOf } from './compare.ts';
import { seenOf } from './compared.ts';
import type { ComparedGroup } from './compared.ts';
import type { Context } from './compare.ts';
import { measuresOf } from './measures/index.ts';
import { isPooled, isRatio, median } from './measures/measure.ts';
import type { Measure } from './measures/measure.ts';

export type Effects = (measure: Measure) => Omit<Context, 'tolerance'>;

export function designEffects(groups: readonly ComparedGroup[]): Effects {
  const seen = new Map<string, { runs: number[]; clusters: number[] }>();
  for (const { group, recorded, modelled } of groups) {
    for (const measure of measuresOf(group.recordings[0].record)) {
      if (!isPooled(measure)) continue;
      const entry = seen.get(measure.name) ?? { runs: [], clusters: [] };
      seen.set(measure.name, entry);
      const share = measure.rule !== 'mean';
      const runs = seenOf(measure, modelled).filter(isRatio);
      entry.runs.push(
        ...effectOf(
          runs.map(({ hits, of }): Cluster => [hits, of]),
          share,
        ),
      );
      entry.clusters.push(...effectOf(clustersOf(seenOf(measure, recorded).filter(isRatio)), share));
    }
  }
  return ({ name }) => ({
    runEffect: atLeastOne(seen.get(name)?.runs),
    clusterEffect: atLeastOne(seen.get(name)?.clusters),
  });
}

/** The design effect of these clusters; empty where they show none. */
function effectOf(clusters: readonly Cluster[], share: boolean): number[] {
  if (!clusters.some(([, of]) => of > 0)) return [];
  const { designEffect } = clusterRatio(clusters, { share, further: null, designEffect: 1 });
  return designEffect === null ? [] : [designEffect];
}

function atLeastOne(effects: readonly number[] | undefined): number {
  return Math.max(1, median(effects ?? []) ?? 1);
}
