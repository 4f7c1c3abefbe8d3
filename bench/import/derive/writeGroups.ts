/** Groups into the draft, with contents and writes. */
import type { Context } from './context.ts';
import { rateText, shareText, sizeText } from './context.ts';
import { growthOf } from './view.ts';
import { lineOf, privatePages, type GroupPlan, type Known, type RegionPlan } from './groupPlan.ts';
import type { Merging } from './ksm.ts';
import type { ValueSource } from '../draft.ts';
import { LIMITS } from '../../plan/limits.ts';

/** Least share of hot pages: some page is always written. */
const LEAST_HOT = 0.001;

/** How the heaps of the capture are written. */
interface Writes {
  /** Per second and populated page. */
  readonly perPage: number;
  readonly source: ValueSource | null;
  readonly why: string;
}

/** `among`: all groups, in which the parents are. */
export function putGroups(
  context: Context,
  groups: readonly GroupPlan[],
  merging: Merging | null,
  among: readonly GroupPlan[] = groups,
): void {
  const writes = writesOf(context);
  for (const group of groups) {
    putGroup(context, group, among);
    for (const region of group.regions) putRegion(context, group, region, merging, writes);
    if (group.regions.length === 0) context.draft.form(['groups', group.name, 'regions'], null);
  }
}

function putGroup({ base, draft }: Context, group: GroupPlan, groups: readonly GroupPlan[]): void {
  const path = ['groups', group.name];
  put(draft, [...path, 'count'], { value: group.count, source: group.countSource, guess: group.countGuess }, String);
  const start = group.parent === null ? 'exec' : 'fork';
  if (group.lineageGuess !== null) draft.guess([...path, 'start'], start, group.lineageGuess);
  else if (group.lineageSource !== null) draft.set([...path, 'start'], start, group.lineageSource);
  else draft.guess([...path, 'start'], start, 'its parent was not captured');
  if (group.parent !== null) draft.form([...path, 'parent'], group.parent);
  put(draft, [...path, 'oom_score_adj'], group.oomScoreAdj, String);
  if (group.rewriteInherited !== null) put(draft, [...path, 'rewrite_inherited'], group.rewriteInherited, shareText);
  if (group.parent === null) return;
  const [, ...above] = lineOf(group, groups);
  const pages = above.reduce((sum, one) => sum + privatePages(one), 0);
  const { hotPages, hotWrites, perPage, remerge } = base.writing.inherited;
  const why = `writes to inherited memory are not in a capture; as often a page as in device ${base.name}`;
  draft.guess([...path, 'inherited_writes', 'rate'], rateText(Math.min(LIMITS.rate, pages * perPage)), why);
  draft.form([...path, 'inherited_writes', 'hot_pages'], shareText(hotPages));
  draft.form([...path, 'inherited_writes', 'hot_writes'], shareText(hotWrites));
  draft.form([...path, 'inherited_writes', 'remerge'], shareText(remerge));
}

function put(draft: Context['draft'], path: readonly string[], known: Known, text: (value: number) => string): void {
  if (known.guess === null && known.source !== null) draft.set(path, text(known.value), known.source);
  else draft.guess(path, text(known.value), known.guess ?? 'not captured', known.source);
}

function putRegion(
  context: Context,
  group: GroupPlan,
  region: RegionPlan,
  merging: Merging | null,
  writes: Writes,
): void {
  const { draft } = context;
  const path = ['groups', group.name, 'regions', region.name];
  draft.form([...path, 'kind'], region.kind);
  if (region.file !== null) draft.form([...path, 'file'], region.file);
  const share = shareText(region.populated / region.size);
  if (region.guess === null && region.source !== null) {
    draft.set([...path, 'size'], sizeText(region.size), {
      ...region.source,
      field: `Size where there is ${region.source.field}`,
    });
    draft.set([...path, 'populated'], share, region.source);
  } else {
    draft.guess([...path, 'size'], sizeText(region.size), region.guess ?? 'not captured', region.source);
    draft.form([...path, 'populated'], share);
  }
  if (region.kind === 'shared-file') return;
  if (region.mergeableGuess !== null)
    draft.guess([...path, 'mergeable'], String(region.mergeable), region.mergeableGuess);
  else if (region.mergeable && region.source !== null)
    draft.set([...path, 'mergeable'], 'true', { ...region.source, field: 'mg of VmFlags' });
  if (region.mergeable) putContents(context, path, merging);
  if (region.isWritten) putWrites(context, path, region, merging, writes);
}

function putContents({ base, draft }: Context, path: readonly string[], merging: Merging | null): void {
  const { contents } = base.writing;
  if (merging === null) {
    const why = `no counters of KSM; device ${base.name} has it`;
    if (contents.zero > 0) draft.guess([...path, 'contents', 'zero'], shareText(contents.zero), why);
    for (const { pool, contents: count, share } of contents.pools) {
      draft.guess([...path, 'contents', 'pools', pool, 'contents'], String(count), why);
      draft.guess([...path, 'contents', 'pools', pool, 'share'], shareText(share), why);
    }
    return;
  }
  const why = 'as if all mergeable memory drew from one pool of contents';
  draft.guess([...path, 'contents', 'pools', 'merged', 'contents'], String(merging.contents), why, merging.source);
  draft.guess([...path, 'contents', 'pools', 'merged', 'share'], shareText(merging.share), why, merging.source);
}

function putWrites(
  { base, draft }: Context,
  path: readonly string[],
  region: RegionPlan,
  merging: Merging | null,
  writes: Writes,
): void {
  const rate = Math.min(LIMITS.rate, region.populated * writes.perPage);
  draft.guess([...path, 'writes', 'rate'], rateText(rate), writes.why, writes.source);
  if (merging === null)
    draft.guess([...path, 'writes', 'hot_pages'], shareText(base.writing.hotPages), `device ${base.name} has it`);
  else {
    const hot = Math.max(LEAST_HOT, merging.hotPages);
    draft.guess(
      [...path, 'writes', 'hot_pages'],
      shareText(hot),
      'what changes between two visits of ksmd',
      merging.hotSource,
    );
  }
  draft.guess([...path, 'writes', 'hot_writes'], shareText(base.writing.hotWrites), `device ${base.name} has it`);
  draft.guess([...path, 'writes', 'remerge'], shareText(base.writing.remerge), `device ${base.name} has it`);
}

/** From the writes that copied merged pages, where the kernel counts those and two moments were captured. */
function writesOf({ base, facts, view }: Context): Writes {
  const copied = growthOf(facts, ({ vmstat }) => vmstat, 'cow_ksm');
  const merged = (view.ksm.get('pages_sharing')?.value ?? 0) + (view.ksm.get('pages_shared')?.value ?? 0);
  if (copied !== null && copied.value > 0 && merged > 0)
    return {
      perPage: copied.value / copied.seconds / merged,
      source: copied.source,
      why: 'as often as merged pages were written to',
    };
  const perPage = base.writing.perPage;
  return {
    perPage,
    source: null,
    why: `a capture does not tell; ${Number(perPage.toPrecision(3))} a second and page as in device ${base.name}`,
  };
}
