/** A load under which nothing happens: for machines that scripts and programs keep busy. */
import type { LoadDescription } from '../description.ts';

export const NO_LOAD: LoadDescription = {
  groups: [],
  spawners: [],
  cmaClients: [],
  pins: [],
  pageCache: { pages: 0, buffers: 0, readsPerSecond: 0, dirtiesPerSecond: 0, dirtyNs: 0 },
  contentEpochNs: 0,
};
