/**
 * Processes of which only totals are known (procrank, dumpsys, smaps_rollup): spread like a process of the built-in
 * device.
 */
import type { Region } from '../../../sim/index.ts';
import { PAGE_KB } from '../../plan/units.ts';
import type { ValueSource } from '../draft.ts';
import type { ProcessFacts, Reading } from '../facts.ts';
import { TEMPLATE_DEVICE, templateOf } from './base.ts';
import { isZygote } from './lineage.ts';
import type { Measured } from './regions.ts';

interface TotalPart {
  readonly name: string;
  readonly kind: 'anon' | 'private-file' | 'shared-file';
  /** null: the group's own. */
  readonly file: string | null;
  readonly mergeable: boolean;
  /** kB. */
  readonly size: number;
  readonly populated: number;
  readonly source: ValueSource;
  readonly guess: string;
}

export interface Totals {
  readonly parts: readonly TotalPart[];
  /** Private kB. */
  readonly own: number;
}

/** Domain notes C2: USS 155544 kB of PSS 230106 kB, over all processes of a zx1800. */
const USS_OF_PSS = 155_544 / 230_106;
/** The same of the sum of RSS, 1162688 kB. */
const USS_OF_RSS = 155_544 / 1_162_688;
/** The least that a process has of its own, kB: its stack and a page or two. */
const LEAST_OWN = 64;

/** kB of dumpsys' categories by region; device memory is left out. */
const CATEGORIES: readonly (readonly [string, RegExp])[] = [
  ['native-heap', /^(?:Native Heap|Native|Unknown|Other mmap)$/],
  ['dalvik-heap', /^(?:Dalvik Heap|Dalvik|Dalvik Other)$/],
  ['stack', /^Stack$/],
  ['file-cow', /^\.\w+ mmap$/],
];

/** null: nothing is known of its size. */
export function totalsOf(process: ProcessFacts, parent: Measured | null): Totals | null {
  const { totals } = process;
  const [uss, pss, rss] = [totals.get('Uss'), totals.get('Pss'), totals.get('Rss')];
  const anchor = uss ?? pss ?? totals.get('RssAnon') ?? rss;
  if (anchor === undefined) return null;
  const pattern = templateOf(
    isZygote(process) ? 'zygote' : isSystemServer(process) ? 'system-server' : parent !== null ? 'app' : 'native-small',
  );
  const wholeRss = rss?.value ?? null;
  if (isZygote(process)) return wholeZygote(pattern.regions, process, wholeRss, anchor);
  const own = ownOf(process, parent, anchor);
  const privates = pattern.regions.filter(({ kind }) => kind !== 'shared-file');
  const byCategory = categoryParts(process);
  const parts = byCategory.length > 0 ? byCategory : spread(privates, own, process, anchor);
  const above = parent === null ? 0 : (parent.process.totals.get('Rss')?.value ?? 0);
  const files = wholeRss === null ? null : Math.max(0, wholeRss - above - own);
  const shared = pattern.regions.filter(({ kind }) => kind === 'shared-file');
  const asIs = shared.reduce((sum, region) => sum + kbOf(region), 0);
  const fileParts = spread(shared, files ?? asIs, process, rss ?? anchor);
  return { parts: [...parts, ...fileParts], own };
}

const isSystemServer = ({ name }: ProcessFacts): boolean => name === 'system_server' || name === 'system';

const kbOf = (region: Region): number => region.pages * region.populated * PAGE_KB;

/** Zygote shares nearly everything with its children: its USS says little, its RSS is what they inherit. */
function wholeZygote(regions: readonly Region[], process: ProcessFacts, rss: number | null, anchor: Reading): Totals {
  const asIs = regions.reduce((sum, region) => sum + kbOf(region), 0);
  const parts = spread(regions, rss ?? asIs, process, rss === null ? anchor : (process.totals.get('Rss') ?? anchor));
  const own = parts.reduce((sum, part) => sum + (part.kind === 'shared-file' ? 0 : part.populated), 0);
  return { parts, own };
}

/** Private kB without the inherited pages that it has rewritten. */
function ownOf(process: ProcessFacts, parent: Measured | null, anchor: Reading): number {
  const uss = anchor.value * (anchor.field === 'Pss' ? USS_OF_PSS : anchor.field === 'Rss' ? USS_OF_RSS : 1);
  if (parent === null) return Math.max(LEAST_OWN, uss);
  const { rewriteInherited } = templateOf(isSystemServer(process) ? 'system-server' : 'app');
  return Math.max(LEAST_OWN, uss - rewriteInherited * parent.own);
}

function categoryParts(process: ProcessFacts): TotalPart[] {
  return CATEGORIES.flatMap(([name, pattern]) => {
    const readings = [...process.categories.values()].filter(({ field }) => pattern.test(field));
    const kB = readings.reduce((sum, { value }) => sum + value, 0);
    if (kB === 0) return [];
    const kind = name === 'file-cow' ? ('private-file' as const) : ('anon' as const);
    const source = {
      ...readings[0].place,
      field: `Private Dirty of ${readings.map(({ field }) => field).join(' + ')}`,
    };
    const guess = `how much of its mappings is in use: as in device ${TEMPLATE_DEVICE}`;
    return { name, kind, file: null, mergeable: name !== 'stack', size: kB * 2, populated: kB, source, guess };
  });
}

/** `kB` over regions in the proportions of a pattern. */
function spread(regions: readonly Region[], kB: number, process: ProcessFacts, anchor: Reading): TotalPart[] {
  const whole = regions.reduce((sum, region) => sum + kbOf(region), 0);
  if (whole === 0) return [];
  return regions.map((region) => ({
    name: region.name,
    kind: region.kind,
    file: region.file,
    mergeable: region.mergeable,
    size: (region.pages * PAGE_KB * kB) / whole,
    populated: (kbOf(region) * kB) / whole,
    source: { ...(anchor.place.file === '' ? process.place : anchor.place), field: anchor.field },
    guess: `only the total is known; spread over regions as in device ${TEMPLATE_DEVICE}`,
  }));
}
