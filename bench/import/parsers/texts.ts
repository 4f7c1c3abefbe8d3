/** Texts: the kernel's version and command line, Android's properties, dmesg, and the capture script's own notes. */
import { addPartial, Doubts } from '../doubts.ts';
import type { Snapshot, Table } from '../facts.ts';
import { processOf } from '../capturePath.ts';
import type { Importer } from '../importer.ts';
import { eachLine, shortText } from '../lines.ts';
import { withoutControls } from '../../plan/quote.ts';
import { PAGE_BYTES, PAGES_PER_MB } from '../../plan/units.ts';
import { put } from './numbers.ts';
import { areaAt } from './smallFiles.ts';

/** Ranges that are kept one by one; all are counted. */
const MOST_BUSY = 100;
/** Properties kept; a phone has about 600. */
const MOST_PROPERTIES = 4096;

export const version: Importer = {
  kind: 'version',
  about: '/proc/version',
  knownBy: '`Linux version ...`',
  sniff: (head) => head.startsWith('Linux version '),
  async parse(source, { facts }) {
    const [text] = (await shortText(source.bytes)).split('\n', 1);
    facts.version ??= { text: text.slice(0, 500), place: { file: source.file, line: 1 } };
  },
};

export const kernelCommandLine: Importer = {
  kind: 'cmdline',
  about: '/proc/cmdline, the command line of the kernel',
  knownBy: 'the name cmdline, or `console=`, `root=`, `cma=` in one line',
  sniff: (head, name) =>
    processOf(name).pid === null &&
    !head.includes('\0') &&
    !/\n./.test(head) &&
    (/(?:^|\/)cmdline$/.test(name) || /(?:^| )(?:console|root|cma|androidboot\.\w+)=/.test(head)),
  async parse(source, { facts, snapshot }) {
    const text = (await shortText(source.bytes)).trim();
    const place = { file: source.file, line: 1 };
    facts.commandLine ??= { text, place };
    const size = /(?:^| )cma=(\d{1,12})([KMG]?)/i.exec(text);
    if (size === null) return;
    const bytes = Number(size[1]) * (UNITS.get(size[2].toUpperCase()) ?? 1);
    const area = areaAt(snapshot, 'reserved');
    if (area !== null) area.count ??= { value: bytes / PAGE_BYTES, place, field: size[0].trim() };
  },
};

const UNITS = new Map([
  ['K', 1024],
  ['M', 1024 ** 2],
  ['G', 1024 ** 3],
]);

export const getprop: Importer = {
  kind: 'getprop',
  about: "output of Android's getprop",
  knownBy: 'lines `[ro.product.model]: [...]`',
  sniff: (head) => /^\[[\w.-]+\]: \[/m.test(head),
  async parse(source, { facts }) {
    const end = await eachLine(source.bytes, (line, number) => {
      const match = /^\[([\w.-]{1,100})\]: \[(.*)\]\s*$/.exec(line);
      if (match !== null && facts.properties.size < MOST_PROPERTIES)
        facts.properties.set(match[1], { text: match[2].slice(0, 200), place: { file: source.file, line: number } });
    });
    new Doubts(source.file, 'a line of getprop').tell(facts, end);
  },
};

/** `cma: Reserved 16 MiB at 0x...`, and the forms of 3.10, of the device tree, and of other kernels. */
const RESERVED = [
  /cma: (?:CMA: )?[Rr]eserved (\d{1,6}) MiB at /,
  /Reserved memory: created CMA memory pool at \S+, size (\d{1,6}) MiB/,
];

export const dmesg: Importer = {
  kind: 'dmesg',
  about: 'kernel messages',
  knownBy: 'lines `[   12.345678] ...`, or `PFNs busy`',
  sniff: (head, name) =>
    (/^(?:<\d+>)?\[ *\d+\.\d+\]/m.test(head) && !/^# tracer:/m.test(head)) ||
    head.includes('PFNs busy') ||
    /(?:^|\/)dmesg(?:\.txt)?$/.test(name),
  async parse(source, { facts, snapshot }) {
    const areas: { readonly MiB: number; readonly line: number }[] = [];
    const end = await eachLine(source.bytes, (line, number) => {
      const busy = /alloc_contig_range: (?:test_pages_isolated\(|\[)([0-9a-f]+), ([0-9a-f]+)\)? ?(?:PFNs busy|failed)/;
      const range = busy.exec(line);
      if (range !== null) {
        facts.busy.count++;
        if (facts.busy.first.length < MOST_BUSY)
          facts.busy.first.push({
            file: source.file,
            line: number,
            start: parseInt(range[1], 16),
            end: parseInt(range[2], 16),
          });
      }
      for (const pattern of RESERVED) {
        const match = pattern.exec(line);
        if (match !== null && areas.length < 16) areas.push({ MiB: Number(match[1]), line: number });
      }
      memoryLine(line, number, source.file, snapshot);
    });
    // The messages do not say which area it is: only in order, and only where nothing better tells.
    areas.forEach(({ MiB, line }, at) => {
      const area = areaAt(snapshot, at === 0 ? 'reserved' : `reserved-${at + 1}`);
      if (area !== null)
        area.count ??= {
          value: MiB * PAGES_PER_MB,
          place: { file: source.file, line },
          field: 'cma: Reserved ... MiB',
        };
    });
    new Doubts(source.file, 'a kernel message').tell(facts, end);
  },
};

/** `Memory: 373628K/507136K available (...)`: what the kernel manages, and what the board has. */
function memoryLine(line: string, number: number, file: string, { system }: Snapshot): void {
  const match = /\bMemory: (\d{1,12})[kK]\/(\d{1,12})[kK] available/.exec(line);
  if (match === null) return;
  put(system, 'board', match[2], { file, line: number }, null);
}

/** `key=value` lines of the script: hz, cpus, seconds, and times. */
export const captureNotes: Importer = {
  kind: 'capture-notes',
  about: 'capture.txt of the capture script',
  knownBy: '`cma-stress-capture` in its first line',
  sniff: (head) => head.startsWith('cma-stress-capture'),
  async parse(source, { facts, snapshot }) {
    const doubts = new Doubts(source.file, 'a line of capture.txt');
    const table: Table = snapshot.system;
    const end = await eachLine(source.bytes, (line, number) => {
      const match = /^(hz|cpus|page_size|trace_seconds)=(\d+)$/.exec(line);
      if (match !== null) put(table, match[1], match[2], { file: source.file, line: number }, doubts);
    });
    const pageSize = table.get('page_size')?.value ?? PAGE_BYTES;
    if (pageSize !== PAGE_BYTES)
      addPartial(facts, `${source.file}: pages of ${pageSize} bytes; the model has pages of ${PAGE_BYTES} bytes`);
    doubts.tell(facts, end);
  },
};

export const unreadable: Importer = {
  kind: 'unreadable',
  about: 'unreadable.txt of the capture script',
  knownBy: 'the name unreadable.txt',
  sniff: (_, name) => /(?:^|\/)unreadable\.txt$/.test(name),
  async parse(source, { facts }) {
    const first: string[] = [];
    let count = 0;
    await eachLine(source.bytes, (line) => {
      if (line.trim() === '') return;
      count++;
      if (first.length < 3) first.push(withoutControls(line.trim().slice(0, 200)));
    });
    if (count > 0)
      addPartial(
        facts,
        `${source.file}: the capture script could not read ${count} files: ${first.join('; ')}${count > first.length ? '; ...' : ''}`,
      );
  },
};

/** /proc/cpuinfo: how many CPUs. */
export const cpuinfo: Importer = {
  kind: 'cpuinfo',
  about: '/proc/cpuinfo',
  knownBy: 'lines `processor : 0`',
  sniff: (head) => /^processor\s*: \d+\s*$/m.test(head),
  async parse(source, { facts, snapshot }) {
    let cpus = 0;
    const end = await eachLine(source.bytes, (line) => {
      if (/^processor\s*: \d+\s*$/.test(line)) cpus++;
    });
    const place = { file: source.file, line: null };
    if (cpus > 0) snapshot.system.set('cpus', { value: cpus, place, field: 'processor' });
    new Doubts(source.file, 'a line of cpuinfo').tell(facts, end);
  },
};

/** Files of the capture that are kept for people, and from which nothing is derived. */
export const untouched: Importer = {
  kind: 'kept',
  about: 'files of a capture that nothing is derived from',
  knownBy: 'their names',
  sniff: (_, name) => /(?:^|\/)(?:README(?:\.txt)?|trace-settings\.txt)$/.test(name),
  async parse() {
    // Nothing to read.
  },
};
