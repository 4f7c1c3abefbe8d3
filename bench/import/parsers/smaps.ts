/** smaps, smaps_rollup and maps: of one process, or of several one after the other. */
import { addPartial, Doubts } from '../doubts.ts';
import { isProcessFile, processOf } from '../capturePath.ts';
import type { Facts, Mapping, ProcessFacts } from '../facts.ts';
import type { Importer, Source, Target } from '../importer.ts';
import { eachLine, ownText, type LinesRead } from '../lines.ts';
import { nameProcess, NAME_RANK, processAt } from '../processes.ts';
import { put, wholeNumber } from './numbers.ts';

/** `12c00000-13440000 rw-p 00000000 00:00 0   [heap]`. */
const HEADER = /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) ([r-][w-][xs-][ps-]) [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ \d+ *(.*)$/;

/** Mappings of all inputs together: a 512 MB device has about 40000, a desktop some 200000. */
const MOST_MAPPINGS = 250_000;
/** Letters of a name that are kept. */
const LONGEST_NAME = 256;

type Mutable = { -readonly [K in keyof Mapping]: Mapping[K] };

/** Mappings kept so far, over all files of an import. */
const kept = new WeakMap<Facts, number>();

class Reader {
  private readonly source: Source;
  private readonly target: Target;
  private readonly doubts: Doubts;
  private readonly names = new Map<string, string>();
  private process: ProcessFacts | null = null;
  private mapping: Mutable | null = null;
  /** The process whose smaps_rollup is being read. */
  private rollup: ProcessFacts | null = null;
  private lastStart = '';
  private dropped = 0;
  private pid: number | null;
  private readonly isMaps: boolean;

  constructor(source: Source, target: Target, isMaps: boolean) {
    this.source = source;
    this.target = target;
    this.isMaps = isMaps;
    this.doubts = new Doubts(source.file, isMaps ? 'a line of maps' : 'a line of smaps');
    this.pid = processOf(source.name).pid;
  }

  line(text: string, number: number): void {
    const letter = text.charCodeAt(0);
    // Mappings begin with a hex digit in lower case, fields with a capital.
    const isHex = (letter >= 48 && letter <= 57) || (letter >= 97 && letter <= 102);
    const header = isHex ? HEADER.exec(text) : null;
    if (header !== null) this.begin(header, number);
    else if (!this.field(text, number) && !this.newProcess(text)) {
      if (text.trim() !== '') this.doubts.line(number, text);
    }
  }

  end(read: LinesRead): void {
    this.doubts.tell(this.target.facts, read);
    if (this.dropped > 0)
      addPartial(
        this.target.facts,
        `${this.source.file}: ${this.dropped} mappings are left out: more than ${MOST_MAPPINGS} in all inputs`,
      );
    if (read.lines === 0)
      addPartial(this.target.facts, `${this.source.file}: is empty: the process was gone, or may not be read`);
  }

  /** `==> /proc/12/smaps <==`, `/proc/12/smaps:`, `pid 12`: what people put between the files of several processes. */
  private newProcess(text: string): boolean {
    const match = /(?:^|[ /])(?:proc\/|pid[ :=]+)(\d{1,10})\b/i.exec(text.slice(0, 200));
    if (match === null) return false;
    this.pid = Number(match[1]);
    this.process = null;
    this.mapping = null;
    return true;
  }

  private begin([, from, to, perms, rest]: RegExpExecArray, line: number): void {
    const start = from.replace(/^0+(?=.)/, '');
    const order = start.padStart(16, '0');
    // Addresses ascend within a process: one that goes back begins another.
    if (this.process !== null && order < this.lastStart) {
      this.process = null;
      this.pid = null;
    }
    this.lastStart = order;
    const place = { file: this.source.file, line };
    if (rest === '[rollup]') {
      // Each rollup is the whole of a process: the next one is another's.
      this.rollup = this.own(line);
      this.mapping = null;
      this.pid = null;
      return;
    }
    this.process ??= this.own(line);
    this.rollup = null;
    this.mapping = null;
    const count = kept.get(this.target.facts) ?? 0;
    if (this.process === null || count >= MOST_MAPPINGS) {
      this.dropped++;
      return;
    }
    const kB = (Number(`0x${to}`) - Number(`0x${from}`)) / 1024;
    // The size of a [vsyscall] at the very top is beyond doubles, and nothing of it is anybody's memory.
    if (!Number.isSafeInteger(kB) || kB <= 0) {
      if (kB < 0) this.doubts.add(place.line, 'the mapping ends before it begins');
      return;
    }
    if (this.process.mappingsFile !== null && this.process.mappingsFile !== this.source.file) return;
    this.process.mappingsFile = this.source.file;
    kept.set(this.target.facts, count + 1);
    this.mapping = {
      start: ownText(start),
      perms: this.intern(perms),
      name: this.intern(rest.slice(0, LONGEST_NAME)),
      line,
      size: kB,
      rss: null,
      pss: null,
      priv: null,
      anonymous: null,
      swap: null,
      flags: null,
    };
    this.process.mappings.push(this.mapping);
  }

  /** The process the file speaks of; smaps replaces what maps told. */
  private own(line: number): ProcessFacts | null {
    const { facts, snapshot } = this.target;
    const process = processAt(facts, snapshot, this.pid, { file: this.source.file, line });
    if (process === null) return null;
    const { label } = processOf(this.source.name);
    if (label !== null && this.pid !== null) nameProcess(process, label, NAME_RANK.label);
    const isBetter = process.mappings.length > 0 && process.mappings[0].rss === null && !this.isMaps;
    if (isBetter) {
      process.mappings.length = 0;
      process.mappingsFile = null;
    }
    return process;
  }

  /** One string for equal names: most mappings of a device share a few hundred. */
  private intern(name: string): string {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    const own = ownText(name);
    if (this.names.size < 20_000) this.names.set(own, own);
    return own;
  }

  private field(text: string, number: number): boolean {
    const colon = text.indexOf(':');
    if (colon < 1 || colon > 40) return false;
    const name = text.slice(0, colon);
    if (name === 'VmFlags') {
      if (this.mapping !== null) this.mapping.flags = this.intern(text.slice(colon + 1, colon + 200).trim());
      return true;
    }
    if (this.mapping === null && this.rollup === null) return /^[A-Z]\w*$/.test(name);
    switch (name) {
      case 'Rss':
      case 'Pss':
      case 'Private_Clean':
      case 'Private_Dirty':
      case 'Anonymous':
      case 'Swap':
        return this.amount(name, text.slice(colon + 1), number);
      default:
        return /^[A-Z]\w*$/.test(name);
    }
  }

  private amount(name: string, text: string, number: number): boolean {
    const digits = text.trim().replace(/ kB$/, '');
    const value = wholeNumber(digits);
    if (value === null) return false;
    const { mapping } = this;
    if (mapping !== null) {
      // A mapping holds no more than its own size; hugetlb and the like aside, more is damage.
      if (value > mapping.size) {
        this.doubts.add(number, `${name} is more than the size of the mapping`);
        return true;
      }
      if (name === 'Rss') mapping.rss = value;
      else if (name === 'Pss') mapping.pss = value;
      else if (name === 'Anonymous') mapping.anonymous = value;
      else if (name === 'Swap') mapping.swap = value;
      else mapping.priv = (mapping.priv ?? 0) + value;
    } else if (this.rollup !== null) {
      const table = this.rollup.totals;
      const place = { file: this.source.file, line: number };
      if (name.startsWith('Private_')) {
        const before = name === 'Private_Clean' ? 0 : (table.get('Uss')?.value ?? 0);
        table.set('Uss', { value: before + value, place, field: 'Private_Clean + Private_Dirty' });
      } else put(table, name, digits, place, this.doubts);
    }
    return true;
  }
}

async function read(source: Source, target: Target, isMaps: boolean): Promise<void> {
  const reader = new Reader(source, target, isMaps);
  const end = await eachLine(source.bytes, (line, number) => {
    reader.line(line, number);
  });
  reader.end(end);
}

const hasHeader = (head: string): boolean => /^[0-9a-f]+-[0-9a-f]+ [r-][w-][xs-][ps-] [0-9a-f]+ /m.test(head);

export const smaps: Importer = {
  kind: 'smaps',
  about: '/proc/PID/smaps or smaps_rollup, of one process or of several',
  knownBy: 'a line `12c00000-13440000 rw-p ...` with `Size:` or `Rss:` below it',
  sniff: (head, name) =>
    (hasHeader(head) && /^(?:Size|Rss|Pss):\s+\d+ kB/m.test(head)) ||
    isProcessFile(name, 'smaps') ||
    isProcessFile(name, 'smaps_rollup'),
  parse: (source, target) => read(source, target, false),
};

export const maps: Importer = {
  kind: 'maps',
  about: '/proc/PID/maps: sizes only',
  knownBy: 'lines `12c00000-13440000 rw-p ...`',
  sniff: (head, name) => hasHeader(head) || isProcessFile(name, 'maps'),
  parse: (source, target) => read(source, target, true),
};
