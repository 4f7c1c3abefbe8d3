/** Replays a cell up to the answer of one request, and tells what stood in the way of each range that it tried. */
import { runCellBySeconds } from '../device.ts';
import type { CellInput } from '../description.ts';
import type { World } from '../load/world.ts';
import type { CmaAlloc } from '../cma/cmaAlloc.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { Lives } from '../watch/lives.ts';
import { PageIds } from '../watch/pageIds.ts';
import type { Watch } from '../watch/watch.ts';
import { blockersOf, type Failures } from './blockers.ts';
import type { RangeTry, Request } from './types.ts';

/** What one client has under way. */
interface Pending {
  readonly alloc: CmaAlloc;
  readonly tries: RangeTry[];
}

/**
 * The request that is answered as the `number`-th (from 1) of the measured time; null when there are fewer. Throws as
 * `runCell`.
 */
export function findRequest(input: CellInput, plugins: readonly Strategy[], number: number): Request | null {
  const lives = new Lives();
  const ids = new PageIds();
  const pending = new Map<string, Pending>();
  const pins: { holder: string; pfns: readonly number[]; since: number }[] = [];
  /** Of the range in work: alloc_contig_range runs under cma_mutex, one at a time. */
  const failures = new Map<number, Failures>();
  let world: World;
  let answered = 0;
  const found: { request: Request | null } = { request: null };
  const watch: Watch = {
    built: (built) => {
      world = built;
      ids.attach(built, () => undefined);
    },
    forked: (parent, child) => lives.forked(parent, child, world.scheduler.now),
    born: (process, mm, parent, _began, now) => lives.born(process, mm, parent, now),
    exited: (_process, mm, now) => lives.exited(mm, now),
    killed: (process, now) => lives.killed(process, now),
    migrated: (from, to) => ids.moved(from, to),
    pinned: (holder, pfns, since) => pins.push({ holder, pfns, since }),
    unpinned: (holder, pfns) => {
      const index = pins.findIndex((pin) => pin.pfns === pfns && pin.holder === holder);
      if (index >= 0) pins.splice(index, 1);
    },
    requested: (client, _pages, alloc) => pending.set(client, { alloc, tries: [] }),
    migrationFailed: (pfn) => {
      // Others than alloc_contig_range migrate, too.
      if (world.kernel.range.isIdle) return;
      const { now } = world.scheduler;
      const known = failures.get(pfn) ?? { calls: 0, firstAt: now, lastAt: now };
      failures.set(pfn, { ...known, calls: known.calls + 1, lastAt: now });
    },
    rangeFailed: (client, alloc) => {
      const { tries } = pending.get(client)!;
      const { range } = world.kernel;
      const known = { world, lives, ids, failures, pins };
      tries.push({
        first: range.first,
        end: range.end,
        rc: range.rc,
        gaveUpAt: world.scheduler.now,
        round: alloc.caller,
        contigTries: range.contigTries,
        migratePasses: range.migratePasses,
        migrated: range.migrated,
        blockers: blockersOf(known, range.leftover),
      });
      failures.clear();
    },
    answered: (attempt, began, now) => {
      failures.clear();
      if (++answered !== number) return;
      const { alloc, tries } = pending.get(attempt.client)!;
      const area = alloc.area!;
      found.request = {
        number,
        client: attempt.client,
        pages: attempt.pages,
        began,
        answered: now,
        errno: attempt.errno,
        area: { pages: area.pages, used: area.used, longestFree: area.longestFree },
        freePages: world.memory.memory.freePages(),
        tries,
      };
    },
  };
  const seconds = runCellBySeconds(input, plugins, watch);
  while (found.request === null && seconds.next().done !== true);
  return found.request;
}
