/** Memory of this thread's devices: of the cells that it runs and replays, one after the other. */
import { ReusedArena } from '../../sim/index.ts';
import type { Plugin } from '../plugin/index.ts';

const memory = new ReusedArena();

/** For the next device; null where `plugins` act: code that is not ours may hold on to arrays of one that is over. */
export function threadMemory(plugins: readonly Plugin[]): ReusedArena | null {
  return plugins.length === 0 ? memory : null;
}
