/** Clean page cache besides mapped files, and what is read and dirtied. */
import { LIMITS } from '../../plan/limits.ts';
import { formatDuration, PAGE_KB } from '../../plan/units.ts';
import { sourceOf } from '../draft.ts';
import { pagesOf, rateText, shareText, sizeText, type Context } from './context.ts';
import type { GroupPlan } from './groupPlan.ts';
import { filesOf, neededBy, roomOf } from './room.ts';
import { growthOf, sumOf } from './view.ts';

/** `groups`: of the capture; null: those of the base device. */
export function derivePageCache(context: Context, groups: readonly GroupPlan[] | null): void {
  const { base, draft, view } = context;
  const cache = sumOf(view.meminfo, ['Cached', 'Buffers', 'SwapCached']);
  const known = base.device.load.pageCache;
  if (cache === null)
    draft.guess(['page_cache', 'size'], sizeText(roomFor(context, groups, known.pages)), `device ${base.name} has it`);
  else {
    const mapped = groups === null ? 0 : filesOf(groups);
    const pages = Math.max(0, pagesOf(context, cache.value) - mapped);
    const kept = roomFor(context, groups, pages);
    if (kept < pages) draft.notes.push(`page_cache.size: ${pages} pages are taken as ${kept}, so that everything fits`);
    const field = mapped === 0 ? cache.source.field : `${cache.source.field} less ${mapped} pages of mapped files`;
    draft.set(['page_cache', 'size'], sizeText(kept), { ...cache.source, field });
  }
  const buffers = view.meminfo.get('Buffers');
  if (cache !== null && cache.value > 0 && buffers !== undefined)
    draft.set(
      ['page_cache', 'buffers'],
      shareText(buffers.value / cache.value),
      sourceOf(buffers.place, 'Buffers of the cache'),
    );
  else draft.guess(['page_cache', 'buffers'], shareText(known.buffers), `device ${base.name} has it`);
  rate(context, 'reads', 'pgpgin', 1 / PAGE_KB, known.readsPerSecond);
  rate(context, 'dirties', 'nr_dirtied', 1, known.dirtiesPerSecond);
  draft.guess(['page_cache', 'dirty_time'], formatDuration(known.dirtyNs), `device ${base.name} has it`);
}

/** From the growth of a counter; `pages`: of one count. */
function rate(context: Context, key: string, counter: string, pages: number, otherwise: number): void {
  const growth = growthOf(context.facts, ({ vmstat }) => vmstat, counter);
  if (growth === null) {
    context.draft.guess(['page_cache', key], rateText(otherwise), `device ${context.base.name} has it`);
    return;
  }
  const perSecond = (growth.value * pages * context.scale) / growth.seconds;
  context.draft.set(['page_cache', key], rateText(Math.min(LIMITS.rate, perSecond)), growth.source);
}

/** As many of the pages as the device still has room for. */
function roomFor(context: Context, groups: readonly GroupPlan[] | null, pages: number): number {
  return groups === null ? pages : Math.min(pages, Math.max(0, roomOf(context) - neededBy(groups)));
}
