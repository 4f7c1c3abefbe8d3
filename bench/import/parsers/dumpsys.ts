/** Output of `dumpsys meminfo`: of the whole system, and of one process (`dumpsys meminfo PID`). */
import { PAGE_KB } from '../../plan/units.ts';
import { Doubts } from '../doubts.ts';
import type { ProcessFacts, Snapshot, Table } from '../facts.ts';
import type { Importer, Target } from '../importer.ts';
import { eachLine, type LinesRead } from '../lines.ts';
import { nameProcess, NAME_RANK, processAt } from '../processes.ts';
import { put } from './numbers.ts';

/** `   25700 kB: system (pid 1005 / activities)`, with or without separators. */
const AMOUNT = /^ *([\d,]{1,20}) ?(?:kB|K): (.*)$/;
/** Heads the table of one process. */
const OWN_TABLE = /^\*\* MEMINFO in pid (\d{1,10}) \[(.*)\] \*\*/;
const PROCESS = /^(.*) \(pid (\d{1,10})(?: \/[^)]*)?\)/;

/** Tables of the system's summary, and where their lines go. */
type Section = 'none' | 'pss' | 'rss' | 'oom' | 'other';

class Reader {
  private readonly file: string;
  private readonly target: Target;
  private readonly doubts: Doubts;
  private section: Section = 'none';
  private label = '';
  /** The process whose own table is read. */
  private process: ProcessFacts | null = null;
  private isPrivateFirst = true;
  private inTable = false;

  constructor(file: string, target: Target) {
    this.file = file;
    this.target = target;
    this.doubts = new Doubts(file, 'a line of dumpsys meminfo');
  }

  line(text: string, number: number): void {
    const heading = /^Total (PSS|RSS|SwapPss) by (\w+)/.exec(text);
    const own = OWN_TABLE.exec(text);
    if (heading !== null) this.section = sectionOf(heading[1], heading[2]);
    else if (own !== null) this.beginProcess(Number(own[1]), own[2], number);
    else if (this.process !== null) this.category(this.process, text, number);
    else if (this.summary(text, number)) this.section = 'none';
    else if (this.section !== 'none') this.amount(text, number);
  }

  end(read: LinesRead): void {
    this.doubts.tell(this.target.facts, read);
  }

  private beginProcess(pid: number, name: string, line: number): void {
    const { facts, snapshot } = this.target;
    this.process = processAt(facts, snapshot, pid, { file: this.file, line });
    if (this.process !== null) nameProcess(this.process, name, NAME_RANK.listed);
    this.inTable = false;
  }

  private category(process: ProcessFacts, text: string, line: number): void {
    const place = { file: this.file, line };
    if (/^\s+Pss(?:\(Total\))?\s+\w+/.test(text)) {
      // Up to 4.1 the second column is shared memory and the third is what is private.
      this.isPrivateFirst = /^\s+Pss\s+Private/.test(text);
      this.inTable = true;
      return;
    }
    const row = this.inTable ? /^\s*(\.?[A-Za-z][\w .]{0,30}?) +(\d+) +(\d+) +(\d+)(?: |$)/.exec(text) : null;
    if (row === null) return;
    const [, name, pss, second, third] = row;
    const dirty = this.isPrivateFirst ? second : third;
    if (name !== 'TOTAL') {
      put(process.categories, name, dirty, place, this.doubts);
      return;
    }
    put(process.totals, 'Pss', pss, place, this.doubts);
    const uss = Number(dirty) + (this.isPrivateFirst ? Number(third) : 0);
    put(process.totals, 'Uss', String(uss), place, this.doubts);
    this.inTable = false;
    this.process = null;
  }

  /** Lines behind the tables; true when it was one. */
  private summary(text: string, number: number): boolean {
    const { snapshot } = this.target;
    const place = { file: this.file, line: number };
    const total = /^\s*(Total|Lost) RAM: +([\d,]+) ?(?:kB|K)/.exec(text);
    if (total !== null) {
      const table = total[1] === 'Total' ? snapshot.meminfo : snapshot.system;
      const field = total[1] === 'Total' ? 'MemTotal' : 'Lost RAM';
      if (!table.has(field)) put(table, field, plain(total[2]), place, this.doubts);
      return true;
    }
    const merged = /^\s*KSM: +([\d,]+) ?(?:kB|K) saved from shared +([\d,]+) ?(?:kB|K)/.exec(text);
    const rest = /^\s*([\d,]+) ?(?:kB|K) unshared; +([\d,]+) ?(?:kB|K) volatile/.exec(text);
    if (merged !== null) this.ksm(snapshot, number, { pages_sharing: merged[1], pages_shared: merged[2] });
    if (rest !== null) this.ksm(snapshot, number, { pages_unshared: rest[1], pages_volatile: rest[2] });
    this.freeAndUsed(text, snapshot.meminfo, snapshot.system, number);
    return merged !== null || rest !== null || /^\s*(?:Free|Used) RAM:/.test(text);
  }

  /** `amounts`: kB by the counter that has them in pages. */
  private ksm(snapshot: Snapshot, line: number, amounts: Readonly<Record<string, string>>): void {
    for (const [field, text] of Object.entries(amounts)) {
      const value = Number(plain(text)) / PAGE_KB;
      if (snapshot.ksm.has(field) || !Number.isSafeInteger(value)) continue;
      const place = { file: this.file, line };
      snapshot.ksm.set(field, { value, place, field: `KSM: ${KSM_WORDS[field] ?? field}` });
    }
  }

  private freeAndUsed(text: string, meminfo: Table, system: Table, line: number): void {
    const place = { file: this.file, line };
    const free = /\+ +([\d,]+)K? free\)/.exec(text);
    if (free !== null && /^\s*Free RAM:/.test(text) && !meminfo.has('MemFree'))
      put(meminfo, 'MemFree', plain(free[1]), place, this.doubts);
    const cached = /\+ +([\d,]+)K? cached kernel/.exec(text);
    if (cached !== null) put(system, 'cached kernel', plain(cached[1]), place, this.doubts);
    const kernel = /\+ +([\d,]+)K? kernel\)/.exec(text);
    if (kernel !== null) put(system, 'kernel', plain(kernel[1]), place, this.doubts);
  }

  private amount(text: string, number: number): void {
    const match = AMOUNT.exec(text);
    if (match === null) {
      if (text.trim() !== '') this.doubts.line(number, text);
      return;
    }
    const [, digits, rest] = match;
    const place = { file: this.file, line: number };
    const owner = PROCESS.exec(rest);
    if (owner === null) {
      this.label = rest.trim().slice(0, 40);
      return;
    }
    const { facts, snapshot } = this.target;
    const process = processAt(facts, snapshot, Number(owner[2]), place);
    if (process === null) return;
    nameProcess(process, owner[1], NAME_RANK.listed);
    if (this.section === 'oom') process.oomLabel ??= this.label;
    const field = this.section === 'pss' ? 'Pss' : this.section === 'rss' ? 'Rss' : null;
    if (field !== null && !process.totals.has(field)) put(process.totals, field, plain(digits), place, this.doubts);
  }
}

const KSM_WORDS: Readonly<Record<string, string>> = {
  pages_sharing: 'saved',
  pages_shared: 'shared',
  pages_unshared: 'unshared',
  pages_volatile: 'volatile',
};

function sectionOf(amount: string, by: string): Section {
  if (by === 'process') return amount === 'PSS' ? 'pss' : amount === 'RSS' ? 'rss' : 'other';
  return by === 'OOM' && amount === 'PSS' ? 'oom' : 'other';
}

const plain = (digits: string): string => digits.replaceAll(',', '');

export const dumpsys: Importer = {
  kind: 'dumpsys-meminfo',
  about: 'output of `dumpsys meminfo` or `dumpsys meminfo PID`',
  knownBy: 'a line `Applications Memory Usage ...` or `Total PSS by process:`',
  sniff: (head) => /^(?:Applications Memory Usage|Total PSS by process:|\*\* MEMINFO in pid )/m.test(head),
  async parse(source, target) {
    const reader = new Reader(source.file, target);
    const end = await eachLine(source.bytes, (line, number) => {
      reader.line(line, number);
    });
    reader.end(end);
  },
};
