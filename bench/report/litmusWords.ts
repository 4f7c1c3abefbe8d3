/**
 * Words of litmus tests: an action, what it reported, what ksmd knows of an address, what the reverse walk of a page
 * comes to.
 */
import type { LitmusAction, LitmusPlace, LitmusState, LitmusVma, LitmusWalk } from '../../sim/index.ts';

const ERRORS: Readonly<Record<string, string>> = { '-11': '-EAGAIN, put back', '-16': '-EBUSY' };

/** `write p=P at=16 data=X`: an action without what it expects. */
export function actionText(action: LitmusAction): string {
  const keys = Object.entries(action).filter(([key]) => key !== 'op' && key !== 'expect');
  return [action.op, ...keys.map(([key, held]) => `${key}=${typeof held === 'string' ? held : valueText(held)}`)].join(
    ' ',
  );
}

/** A value as JSON has it. */
export function valueText(held: unknown): string {
  return held === undefined ? 'nothing' : JSON.stringify(held);
}

/** `SWAP_AGAIN, found Q@16, left 1`: what an action reported; '' when that is nothing. */
export function reportWords(report: LitmusState['report']): string {
  const words = Object.entries(report).flatMap(([key, held]) => {
    switch (key) {
      case 'rc':
        return [`returns ${ERRORS[String(held)] ?? String(held)}`];
      case 'attempts':
        return Object.entries(held as Record<string, number>).map(([page, calls]) => `${page} tried ${times(calls)}`);
      case 'result':
      case 'unmap':
        return [`try_to_unmap: ${String(held)}`];
      case 'processed':
        return [
          `ksmd came to ${(held as string[]).map((at) => (at === 'end' ? 'the end of the pass' : at)).join(', ')}`,
        ];
      case 'ksmd':
        return [`ksmd ${String(held)}`];
      case 'what':
        return [`at ${String(held)}`];
      case 'found':
        return [`found ${list(held as string[])}`];
      default:
        return [`${key} ${String(held)}`];
    }
  });
  return words.join(', ');
}

/** What the reverse walk finds of a page of the state, in one sentence. */
export function walkWords(label: string, { pages, ptes, relations }: LitmusState): string {
  const { kind, mapcount } = pages[label];
  const { found, missed } = relations.walks[label];
  if (mapcount === 0) {
    const waiting = Object.values(ptes).filter((held) => held === `${label}(migration)`).length;
    return `no pte maps ${label}${waiting === 0 ? '' : `, ${waiting} migration ${waiting === 1 ? 'entry waits' : 'entries wait'} for it`}`;
  }
  if (missed.length === 0) {
    const all = found.length === 1 ? 'its only pte' : `all ${found.length} ptes`;
    return `the reverse walk of ${label} finds ${all}: ${list(found)}`;
  }
  const lost = missed.map(({ at, cause }) => `${at} (${cause})`).join(', ');
  const why = kind === 'ksm-null' ? ', as the page has no stable_node' : '';
  return `the reverse walk of ${label} finds ${found.length} of ${found.length + missed.length} ptes${why}: MISSED ${lost}`;
}

/** What ksmd knows of an address. */
export function itemWords({ item, itemPage, page }: LitmusPlace): string {
  switch (item) {
    case null:
      return 'no rmap_item';
    case 'volatile':
      return 'rmap_item in no tree';
    case 'unstable':
      return 'rmap_item in the unstable tree';
    case 'stable':
      return itemPage === page ? `rmap_item on the hlist of ${page}` : `rmap_item still on the hlist of ${itemPage}`;
  }
}

/** `pagevec 1, locked`: who holds a page besides its ptes; '' when nobody. */
export function holderWords({ references, isLocked }: LitmusWalk): string {
  const held = Object.entries(references).map(([who, count]) => (count === 1 ? who : `${who} ${count}`));
  return [...held, ...(isLocked ? ['locked'] : [])].join(', ');
}

const list = (items: readonly string[]): string => (items.length === 0 ? 'nothing' : items.join(', '));

/** `1st`, `2nd`. */
export function ordinal(n: number): string {
  const isTeen = n % 100 > 10 && n % 100 < 14;
  return `${n}${isTeen ? 'th' : (['th', 'st', 'nd', 'rd'].at(n % 10) ?? 'th')}`;
}

/** `P 16-17`. */
export const vmaWords = ({ process, first, last }: LitmusVma): string =>
  `${process} ${first === last ? first : `${first}-${last}`}`;

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
