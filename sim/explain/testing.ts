/** A device on which requests soon fail for lost mappings, for tests of explanations. */
import type { LoadDescription } from '../description.ts';
import { BUSY, client, group, region, spawner } from '../load/testing.ts';

export const SECOND = 1e9;
const WRITES = { perSecond: 60, hotPages: 0.5, hotWrites: 0.8, remerge: 0.3 };

/** Servers and a forking zygote fill the memory up to the CMA area, of which a client wants more than half. */
export const CROWDED: LoadDescription = {
  ...BUSY,
  groups: [
    group('zygote', [region('heap', 600, { writes: WRITES })]),
    group('app', [region('own', 120)], {
      count: 3,
      start: 'fork',
      parent: 'zygote',
      oomScoreAdj: 529,
      rewriteInherited: 0.05,
    }),
    group('server', [region('heap', 800, { writes: WRITES })], { count: 4 }),
  ],
  spawners: [spawner('app', { perSecond: 3, maxLive: 5, lifeNs: SECOND, grandchildren: 0.4 })],
  pins: [],
  cmaClients: [client('large', { sizes: [{ pages: 1200, weight: 1 }], perSecond: 3, holdNs: SECOND / 100 })],
};
