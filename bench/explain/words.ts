/** Times, processes and events of an explanation in words. */
import type { Explanation, Opening, PageEvent, ProcessRef, Removal } from '../../sim/index.ts';
import { outcomeOf } from '../report/outcome.ts';
import { time } from '../report/units.ts';

/** `4.003 s` after measuring began, `boot` for what lies before time. */
export function moment(at: number, { bootAt }: Pick<Explanation, 'bootAt'>): string {
  return at === bootAt ? 'boot' : `${(at / 1e9).toFixed(3)} s`;
}

/** `850 us`, `12.3 ms`, `4.56 s` from ns. */
export function span(ns: number): string {
  return time(ns / 1e6);
}

export function errnoName(errno: number): string {
  if (errno === 0) return 'success';
  const name = outcomeOf(errno);
  return name.startsWith('E') ? `-${name}` : name;
}

/** `job-b 56 (pid 165)`. */
export function who(process: ProcessRef | null): string {
  return process === null ? 'nobody' : `${process.name} (pid ${process.pid})`;
}

/** `job-b 56@0x208`. */
export function address(process: ProcessRef | null, vpn: number): string {
  return `${process === null ? '(kept)' : process.name}@0x${vpn.toString(16)}`;
}

const WHY: Readonly<Record<Removal['why'], string>> = {
  exited: 'the process had exited',
  copied: 'the process had written to the page and has a copy of its own',
  unmapped: 'nothing was mapped there any more',
  'migration-entry': 'ksmd found a migration entry there, which it takes for an empty pte',
  'not-mergeable': 'the mapping was not mergeable any more',
  cover: 'a strategy had kept it, and let go of it',
};

/** `cmp_and_merge_page took away the rmap_item of P@0x208: the process had exited (at 3.2 s)`. */
function removalText(event: PageEvent, explanation: Pick<Explanation, 'bootAt'>): string {
  const { by, why, since } = event.removal!;
  const when = since === null ? '' : `, at ${moment(since, explanation)}`;
  return `ksmd (${by ?? 'unmerging'}) removed the rmap_item of ${address(event.process, event.vpn)}, because ${WHY[why]}${when}`;
}

/** The event that opened a gap, as a sentence without its end. */
export function openingText(opening: Opening, explanation: Pick<Explanation, 'bootAt'>): string {
  const { event } = opening;
  const at = address(event.process, event.vpn);
  switch (event.kind) {
    case 'item-removed':
      return removalText(event, explanation);
    case 'upgraded':
    case 'node':
      return `ksmd made the page a KSM page in place while it scanned ${at}; the one rmap_item it made has the anon_vma of that vma, whose tree holds neither its parent nor its siblings`;
    case 'merged':
      return `ksmd replaced the pte of ${at} with the KSM page and had not appended its rmap_item yet`;
    case 'abandoned':
      return `ksmd made the page a KSM page while it scanned ${at}, and the merge failed in its second half: no stable_node, so the reverse walk tries nothing`;
    case 'forked':
      return `${who(event.process)} forked ${who(event.other ?? null)}, and its own mapping was missed already`;
    case 'migrated':
      return `the page was migrated`;
    default:
      return `${event.kind} ${at}`;
  }
}
