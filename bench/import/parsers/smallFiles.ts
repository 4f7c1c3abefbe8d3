/** Files of sysfs and procfs that hold a value or two, known by their path. */
import { addPartial } from '../doubts.ts';
import type { AreaFacts, Reading, Snapshot, Table } from '../facts.ts';
import type { Importer, Source, Target } from '../importer.ts';
import { shortText } from '../lines.ts';
import { put, wholeNumber } from './numbers.ts';

/** Names of /sys/kernel/mm/ksm, of all kernels. */
const KSM_FILES =
  /(?:^|\/)(?:ksm\/\w+|pages_(?:shared|sharing|unshared|volatile|to_scan|skipped|scanned)|full_scans|sleep_millisecs|stable_node_\w+|max_page_sharing|use_zero_pages|merge_across_nodes|general_profit)$/;

/** The one number of a file: into a table, under the file's name. */
async function oneNumber(source: Source, table: Table, field: string, target: Target): Promise<void> {
  const text = (await shortText(source.bytes)).trim();
  if (wholeNumber(text) !== null) put(table, field, text, { file: source.file, line: 1 }, null);
  // general_profit and the like may be negative, advisor_mode is a word: nothing is derived from those.
  else if (text === '') addPartial(target.facts, `${source.file}: is empty`);
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

export const ksmFile: Importer = {
  kind: 'ksm-file',
  about: 'one file of /sys/kernel/mm/ksm',
  knownBy: 'the path .../ksm/...',
  sniff: (head, name) => KSM_FILES.test(name) && !/\n./.test(head),
  parse: (source, target) => oneNumber(source, target.snapshot.ksm, baseName(source.name), target),
};

/** The area of a name, made when it is new. */
export function areaAt(snapshot: Snapshot, name: string): AreaFacts | null {
  const known = snapshot.areas.find((area) => area.name === name);
  if (known !== undefined) return known;
  // The kernel has at most CONFIG_CMA_AREAS of them, 64 at the very most.
  if (snapshot.areas.length >= 64) return null;
  const made: AreaFacts = { name, basePfn: null, count: null, counters: new Map() };
  snapshot.areas.push(made);
  return made;
}

export const cmaFile: Importer = {
  kind: 'cma-file',
  about: 'one file of /sys/kernel/debug/cma/AREA or /sys/kernel/mm/cma/AREA',
  knownBy: 'the path .../cma/AREA/...',
  sniff: (_, name) => /(?:^|\/)cma\/[^/]+\/[^/]+$/.test(name),
  async parse(source, target) {
    const [, name, field] = /([^/]+)\/([^/]+)$/.exec(source.name)!;
    const area = areaAt(target.snapshot, name.replace(/^cma-(?=.)/, ''));
    // The bitmap is long, and what it says changes with every request.
    if (area === null || field === 'bitmap') return;
    const table: Table = new Map();
    await oneNumber(source, table, field, target);
    const reading = table.get(field);
    if (reading === undefined) return;
    if (field === 'base_pfn') area.basePfn = reading;
    else if (field === 'count') area.count = reading;
    else area.counters.set(field, reading);
  },
};

export const lowmemorykillerFile: Importer = {
  kind: 'lowmemorykiller-file',
  about: 'adj or minfree of /sys/module/lowmemorykiller/parameters',
  knownBy: 'the path .../lowmemorykiller/parameters/...',
  sniff: (_, name) => /lowmemorykiller\/parameters\/[^/]+$/.test(name),
  async parse(source, target) {
    const field = baseName(source.name);
    if (field !== 'adj' && field !== 'minfree') return;
    const place = { file: source.file, line: 1 };
    const readings: Reading[] = [];
    for (const item of (await shortText(source.bytes)).trim().split(',').slice(0, 16)) {
      const number = /^-?\d{1,9}$/.test(item.trim()) ? Number(item) : null;
      if (number === null) {
        addPartial(target.facts, `${source.file}:1: not a list of numbers; skipped`);
        return;
      }
      readings.push({ value: number, place, field });
    }
    target.snapshot.lowmemorykiller[field] = readings;
  },
};

const SYSTEM_FILES = ['min_free_kbytes', 'extra_free_kbytes', 'uptime'];

export const systemFile: Importer = {
  kind: 'system-file',
  about: 'min_free_kbytes, extra_free_kbytes or uptime',
  knownBy: 'these names',
  sniff: (_, name) => SYSTEM_FILES.includes(baseName(name)),
  async parse(source, target) {
    const field = baseName(source.name);
    const text = (await shortText(source.bytes)).trim();
    const match = /^\d{1,12}(?:\.\d{1,6})?/.exec(text);
    if (match === null) addPartial(target.facts, `${source.file}:1: no number; skipped`);
    else target.snapshot.system.set(field, { value: Number(match[0]), place: { file: source.file, line: 1 }, field });
  },
};
