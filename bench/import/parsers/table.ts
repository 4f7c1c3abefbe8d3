/** Files that are a name and a number a line: /proc/meminfo, /proc/vmstat, and /sys/kernel/mm/ksm written out. */
import { Doubts } from '../doubts.ts';
import type { Snapshot, Table } from '../facts.ts';
import type { Importer, Source, Target } from '../importer.ts';
import { eachLine } from '../lines.ts';
import { put } from './numbers.ts';

interface Layout {
  /** Name in the first group, digits in the second. */
  readonly line: RegExp;
  readonly table: (snapshot: Snapshot) => Table;
  readonly what: string;
}

async function read(layout: Layout, source: Source, target: Target): Promise<void> {
  const doubts = new Doubts(source.file, layout.what);
  const table = layout.table(target.snapshot);
  const end = await eachLine(source.bytes, (line, number) => {
    const match = layout.line.exec(line);
    if (match !== null) put(table, match[1], match[2], { file: source.file, line: number }, doubts);
    else if (line.trim() !== '') doubts.line(number, line);
  });
  doubts.tell(target.facts, end);
}

export const meminfo: Importer = {
  kind: 'meminfo',
  once: true,
  about: '/proc/meminfo',
  knownBy: 'a line `MemTotal: ... kB`',
  sniff: (head) => /^MemTotal:\s+\d+ kB\s*$/m.test(head),
  parse: (source, target) =>
    read(
      {
        line: /^([\w()]+):\s+(\d+)(?: kB)?\s*$/,
        table: ({ meminfo: table }) => table,
        what: 'a line of meminfo',
      },
      source,
      target,
    ),
};

export const vmstat: Importer = {
  kind: 'vmstat',
  once: true,
  about: '/proc/vmstat',
  knownBy: 'a line `nr_free_pages ...`',
  sniff: (head) => /^nr_free_pages \d+\s*$/m.test(head),
  parse: (source, target) =>
    read({ line: /^(\w+) (\d+)\s*$/, table: ({ vmstat: table }) => table, what: 'a line of vmstat' }, source, target),
};

export const ksmText: Importer = {
  kind: 'ksm',
  once: true,
  about: '/sys/kernel/mm/ksm: its files, or `name value` or `path=value` lines',
  knownBy: 'a line `pages_sharing ...` or `.../mm/ksm/pages_sharing=...`',
  sniff: (head) => /^(?:pages_sharing[ \t=:]+|\S*mm\/ksm\/\w+[=: ]+)\d+\s*$/m.test(head),
  parse: (source, target) =>
    read(
      {
        line: /^(?:\S*\/)?(\w+)[ \t=:]+(\d+)\s*$/,
        table: ({ ksm }) => ksm,
        what: 'a line of the KSM files',
      },
      source,
      target,
    ),
};
