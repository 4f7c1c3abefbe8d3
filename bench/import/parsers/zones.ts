/** /proc/zoneinfo, /proc/buddyinfo and /proc/pagetypeinfo. */
import { Doubts } from '../doubts.ts';
import type { Table, ZoneFacts } from '../facts.ts';
import type { Importer } from '../importer.ts';
import { eachLine } from '../lines.ts';
import { put, wholeNumber } from './numbers.ts';

/** More nodes and zones than any machine has. */
const MOST_ZONES = 64;

const ZONE_LINE = /^Node +(\d+), zone +(\w+)\s*$/;
const ZONE_FIELDS = new Set(['min', 'low', 'high', 'spanned', 'present', 'managed', 'cma', 'start_pfn']);

export const zoneinfo: Importer = {
  kind: 'zoneinfo',
  once: true,
  about: '/proc/zoneinfo',
  knownBy: 'lines `Node 0, zone ...` and `pages free ...`',
  sniff: (head) => /^Node +\d+, zone +\w+\s*$/m.test(head) && /^ +(?:pages free|nr_free_pages) +\d+/m.test(head),
  async parse(source, { facts, snapshot }) {
    const doubts = new Doubts(source.file, 'a line of zoneinfo');
    let zone: ZoneFacts | null = null;
    const end = await eachLine(source.bytes, (line, number) => {
      const head = ZONE_LINE.exec(line);
      if (head !== null) {
        zone = { name: head[2], values: new Map() };
        if (snapshot.zones.length < MOST_ZONES) snapshot.zones.push(zone);
        return;
      }
      const match = /^ +(?:pages )?(\w+):? +(\d+)\s*$/.exec(line);
      if (match === null || zone === null) return;
      // The first of several counts: pagesets repeat `high` for each CPU.
      if (!zone.values.has(match[1]) && ZONE_FIELDS.has(match[1]))
        put(zone.values, match[1], match[2], { file: source.file, line: number }, doubts);
    });
    doubts.tell(facts, end);
  },
};

export const buddyinfo: Importer = {
  kind: 'buddyinfo',
  once: true,
  about: '/proc/buddyinfo',
  knownBy: 'lines `Node 0, zone ...` with the free blocks of every order',
  sniff: (head) => /^Node +\d+, zone +\w+(?: +\d+){4,} *$/m.test(head) && !head.includes('Page block order'),
  async parse(source, { facts, snapshot }) {
    const doubts = new Doubts(source.file, 'a line of buddyinfo');
    let pages = 0;
    const end = await eachLine(source.bytes, (line, number) => {
      const match = /^Node +\d+, zone +\w+((?: +\d+)+)\s*$/.exec(line);
      if (match === null) {
        if (line.trim() !== '') doubts.line(number, line);
        return;
      }
      const blocks = match[1].trim().split(/ +/).slice(0, 16);
      pages += blocks.reduce((total, text, order) => total + (wholeNumber(text) ?? 0) * 2 ** order, 0);
    });
    const reading = { value: pages, place: { file: source.file, line: null }, field: 'free blocks of all orders' };
    if (Number.isSafeInteger(pages)) snapshot.system.set('buddy_free_pages', reading);
    doubts.tell(facts, end);
  },
};

export const pagetypeinfo: Importer = {
  kind: 'pagetypeinfo',
  once: true,
  about: '/proc/pagetypeinfo',
  knownBy: 'a line `Page block order: ...`',
  sniff: (head) => /^Page block order: +\d+/m.test(head),
  async parse(source, { facts, snapshot }) {
    const doubts = new Doubts(source.file, 'a line of pagetypeinfo');
    let types: string[] = [];
    const end = await eachLine(source.bytes, (line, number) => {
      const place = { file: source.file, line: number };
      const perBlock = /^Pages per block: +(\d+)/.exec(line);
      if (perBlock !== null) put(snapshot.pageblocks, 'pages per block', perBlock[1], place, doubts);
      const head = /^Number of blocks type +(.+)$/.exec(line);
      if (head !== null) types = head[1].trim().split(/ +/).slice(0, 16);
      const row = types.length === 0 ? null : /^Node +\d+, zone +\w+((?: +\d+)+) *$/.exec(line);
      if (row !== null) addBlocks(snapshot.pageblocks, types, row[1].trim().split(/ +/), number, source.file);
    });
    doubts.tell(facts, end);
  },
};

/** Adds one zone's row to the sums over zones. */
function addBlocks(
  table: Table,
  types: readonly string[],
  counts: readonly string[],
  line: number,
  file: string,
): void {
  types.forEach((type, at) => {
    const count = wholeNumber(counts.at(at) ?? '') ?? 0;
    const before = table.get(type);
    const place = before?.place ?? { file, line };
    table.set(type, { value: (before?.value ?? 0) + count, place, field: `Number of blocks type ${type}` });
  });
}
