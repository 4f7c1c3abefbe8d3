/**
 * The story of one page that stood in the way of a request: why its mappings were lost, and when they were found again.
 */
import { startCell } from '../startCell.ts';
import { beginMeasuring } from '../load/observe.ts';
import type { CellInput } from '../description.ts';
import { NONE } from '../memory/frames.ts';
import { FULL_ROUND } from '../ksm/cursor.ts';
import { VPN_LIMIT } from '../process/pageTables.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { History } from './history.ts';
import { refOf } from './blockers.ts';
import type { BlockingPage, LostMapping, Mapping, Opening, PageEvent, PageStory, ProcessRef } from './types.ts';

/** How long after the failure the gaps are waited for, ns of simulated time. */
const PATIENCE_NS = 600e9;
const SLICE_NS = 20_000_000;
/** Events told. */
const MOST_TOLD = 400;

/** The story, and the history that it was taken from. */
export interface Told {
  readonly story: PageStory;
  readonly history: History;
}

/** `blocker` is an anonymous or KSM page that is mapped; `failedAt`: when its range was given up, ns. */
export function tellStory(
  input: CellInput,
  plugins: readonly Strategy[],
  blocker: BlockingPage,
  failedAt: number,
): Told {
  // The page failed for the gap that opened first; further ones may have come of the failures.
  const isCause = ({ gap }: Mapping): number => Number(gap?.cause === blocker.cause);
  const missed = blocker.mappings.filter(({ isFound }) => !isFound).sort((a, b) => isCause(b) - isCause(a));
  const [about] = missed.length > 0 ? missed : blocker.mappings;
  const relatives = missed.filter(({ family }) => family === about.family);
  const vpns = new Set([about, ...relatives].map(({ vpn }) => vpn));
  const history = new History({
    page: blocker.page,
    family: about.family,
    vpns,
    mapped: new Set(blocker.mappings.map(keyOf)),
  });
  const world = startCell(input, plugins, history.watch);
  world.scheduler.run(world.description.warmupNs);
  beginMeasuring(world);
  world.scheduler.run(failedAt + 1);
  history.lookAtVmas();
  const openings = new Map(history.openings);
  const visits = new Map(history.visits);
  const limit = failedAt + PATIENCE_NS;
  const isOpen = (mapping: Mapping): boolean => !history.closings.has(keyOf(mapping));
  const { cursor } = world.kernel;
  // Later passes bring nothing new: ksmd has been everywhere.
  const lastPass = cursor.seqnr + FULL_ROUND;
  while (world.scheduler.now < limit && cursor.seqnr <= lastPass && missed.some(isOpen)) {
    world.scheduler.run(Math.min(limit, world.scheduler.now + SLICE_NS));
  }
  const until = world.scheduler.now;
  const lost = missed.map((mapping): LostMapping => {
    const closing = history.closings.get(keyOf(mapping));
    const open = { at: null, how: null, process: null, vpn: mapping.vpn, pass: world.kernel.cursor.seqnr };
    const opening = openings.get(keyOf(mapping)) ?? null;
    return {
      mapping,
      opening: opening === null ? null : namedOpening(history, opening),
      closing: { ...(closing ?? open), until },
    };
  });
  const told = toldOf(history, failedAt).map((event) => named(history, event));
  const story = {
    blocker,
    lost,
    events: told.slice(-MOST_TOLD),
    leftOut: history.leftOut + Math.max(0, told.length - MOST_TOLD),
    visits: blocker.mappings.flatMap((mapping) => {
      const visit = visits.get(keyOf(mapping));
      // The handle of a dead process's mm is used again.
      return visit === undefined || visit.at < mapping.bornAt
        ? []
        : [{ pid: mapping.process.pid, vpn: mapping.vpn, ...visit }];
    }),
  };
  return { story, history };
}

/**
 * Without what happens to the page all the time: each call of unmap_and_move, forks that do not matter, and visits
 * after the failure but for the last.
 */
function toldOf({ events }: History, failedAt: number): PageEvent[] {
  return events.filter(
    ({ kind, at }, index) =>
      !['migration-failed', 'forked', 'exited'].includes(kind) &&
      (at <= failedAt || kind !== 'visited' || index === events.length - 1),
  );
}

/** Children have no name yet when they are forked. */
function named({ lives }: History, event: PageEvent): PageEvent {
  const nameOf = (ref: ProcessRef): ProcessRef => refOf(lives.withPid(ref.pid), NONE);
  const { process, other } = event;
  return {
    ...event,
    ...(process === null || process.pid === 0 ? {} : { process: nameOf(process) }),
    ...(other === undefined ? {} : { other: nameOf(other) }),
  };
}

function namedOpening(history: History, opening: Opening): Opening {
  const inherited = opening.inherited === null ? null : namedOpening(history, opening.inherited);
  return { ...opening, event: named(history, opening.event), inherited };
}

function keyOf({ mm, vpn }: Mapping): number {
  return mm * VPN_LIMIT + vpn;
}
