/** Small files of /proc/PID: status, stat, cmdline, comm, oom_score_adj, ksm_merging_pages, ksm_stat. */
import { Doubts } from '../doubts.ts';
import { isProcessFile, processOf } from '../capturePath.ts';
import type { ProcessFacts } from '../facts.ts';
import type { Importer, Source, Target } from '../importer.ts';
import { eachLine, shortText } from '../lines.ts';
import { nameProcess, NAME_RANK, processAt } from '../processes.ts';
import { put, wholeNumber } from './numbers.ts';

function processFor(source: Source, target: Target, pid: number | null): ProcessFacts | null {
  const known = processOf(source.name);
  const process = processAt(target.facts, target.snapshot, known.pid ?? pid, { file: source.file, line: null });
  if (process !== null && known.label !== null) nameProcess(process, known.label, NAME_RANK.label);
  return process;
}

/** /proc/PID/status; several may follow each other. */
export const status: Importer = {
  kind: 'status',
  about: '/proc/PID/status',
  knownBy: 'lines `Name:` and `PPid:`',
  sniff: (head, name) => /^Name:\t.*$/m.test(head) && (/^PPid:\t\d+$/m.test(head) || isProcessFile(name, 'status')),
  async parse(source, target) {
    const doubts = new Doubts(source.file, 'a line of status');
    let comm = '';
    let process: ProcessFacts | null = null;
    const end = await eachLine(source.bytes, (line, number) => {
      const place = { file: source.file, line: number };
      const match = /^(\w+):[ \t]+(.*?)(?: kB)?\s*$/.exec(line);
      if (match === null) {
        if (line.trim() !== '' && !/^\w+:/.test(line)) doubts.line(number, line);
        return;
      }
      const [, field, text] = match;
      if (field === 'Name') {
        comm = text;
        process = null;
      } else if (field === 'Pid') {
        process = processFor(source, target, wholeNumber(text));
        if (process !== null) nameProcess(process, comm, NAME_RANK.comm);
      } else if (field === 'PPid') setParent(process, text, place);
      else if (field === 'VmSize' && process !== null) put(process.totals, 'Vss', text, place, doubts);
      else if (field === 'RssAnon' && process !== null) put(process.totals, field, text, place, doubts);
      else if (field === 'VmRSS' && process !== null && !process.totals.has('Rss'))
        put(process.totals, 'Rss', text, place, doubts);
    });
    doubts.tell(target.facts, end);
  },
};

function setParent(process: ProcessFacts | null, text: string, place: { file: string; line: number }): void {
  const value = wholeNumber(text);
  if (process !== null && value !== null) process.parent = { value, place, field: 'PPid' };
}

/** /proc/PID/stat: `164 (name) S 161 ...`. */
export const stat: Importer = {
  kind: 'stat',
  about: '/proc/PID/stat',
  knownBy: 'a line `164 (name) S 161 ...`',
  sniff: (head, name) => /^\d{1,10} \([^\n]*\) [A-Za-z] \d+ /.test(head) || isProcessFile(name, 'stat'),
  async parse(source, target) {
    const doubts = new Doubts(source.file, 'a line of stat');
    const end = await eachLine(source.bytes, (line, number) => {
      // The name may hold blanks and brackets: the last bracket ends it.
      const close = line.lastIndexOf(')');
      const open = line.indexOf(' (');
      const fields = line.slice(close + 2).split(' ');
      const pid = open < 0 ? null : wholeNumber(line.slice(0, open));
      const parent = wholeNumber(fields.at(1) ?? '');
      if (close < open || pid === null || parent === null) {
        if (line.trim() !== '') doubts.line(number, line);
        return;
      }
      const process = processFor(source, target, pid);
      if (process === null) return;
      nameProcess(process, line.slice(open + 2, close), NAME_RANK.comm);
      const place = { file: source.file, line: number };
      process.parent ??= { value: parent, place, field: 'ppid' };
    });
    doubts.tell(target.facts, end);
  },
};

function smallFile(
  kind: string,
  file: string,
  read: (text: string, process: ProcessFacts, source: Source) => void,
): Importer {
  return {
    kind,
    about: `/proc/PID/${file}`,
    knownBy: `the path /proc/PID/${file}`,
    sniff: (_, name) => isProcessFile(name, file),
    async parse(source, target) {
      const text = await shortText(source.bytes);
      const process = processFor(source, target, null);
      if (process !== null) read(text, process, source);
    },
  };
}

export const processCommandLine = smallFile('process-cmdline', 'cmdline', (text, process) => {
  const [first] = text.split('\0', 1);
  // A path's last step is the name; Android's processes write their package there.
  const path = first.trim().split(' ', 1)[0];
  nameProcess(process, path.slice(path.lastIndexOf('/') + 1), NAME_RANK.commandLine);
});

export const comm = smallFile('comm', 'comm', (text, process) =>
  nameProcess(process, text.replace(/\n$/, ''), NAME_RANK.comm),
);

export const oomScoreAdj = smallFile('oom_score_adj', 'oom_score_adj', (text, process, source) => {
  const value = /^-?\d{1,4}\s*$/.test(text) ? Number(text) : NaN;
  if (value >= -1000 && value <= 1000)
    process.oomScoreAdj = { value, place: { file: source.file, line: 1 }, field: 'oom_score_adj' };
});

/** Pages of the process that KSM has merged. */
export const ksmMergingPages = smallFile('ksm_merging_pages', 'ksm_merging_pages', (text, process, source) =>
  put(process.totals, 'ksm_merging_pages', text.trim(), { file: source.file, line: 1 }, null),
);

export const ksmStat: Importer = {
  kind: 'ksm_stat',
  about: '/proc/PID/ksm_stat',
  knownBy: 'the path /proc/PID/ksm_stat',
  sniff: (_, name) => isProcessFile(name, 'ksm_stat'),
  async parse(source, target) {
    const process = processFor(source, target, null);
    await eachLine(source.bytes, (line, number) => {
      const match = /^(\w+)[: ]+(\d+)$/.exec(line);
      const place = { file: source.file, line: number };
      if (match !== null && process !== null) put(process.totals, match[1], match[2], place, null);
    });
  },
};
