/** Output of Android's procrank: a process a line, then totals. */
import { Doubts } from '../doubts.ts';
import type { Importer } from '../importer.ts';
import { eachLine } from '../lines.ts';
import { nameProcess, NAME_RANK, processAt } from '../processes.ts';
import { put } from './numbers.ts';

const HEADER = /^\s*PID\s+Vss\s+Rss\s+Pss\s+Uss\b/;

/** `RAM: 443652K total, 38584K free, ...` in the words of /proc/meminfo. */
const RAM = new Map([
  ['total', 'MemTotal'],
  ['free', 'MemFree'],
  ['buffers', 'Buffers'],
  ['cached', 'Cached'],
  ['shmem', 'Shmem'],
  ['slab', 'Slab'],
]);

export const procrank: Importer = {
  kind: 'procrank',
  once: true,
  about: "output of Android's procrank",
  knownBy: 'a line `PID Vss Rss Pss Uss ... cmdline`',
  sniff: (head) => /^[ \t]*PID[ \t]+Vss[ \t]+Rss[ \t]+Pss[ \t]+Uss\b/m.test(head),
  async parse(source, { facts, snapshot }) {
    const doubts = new Doubts(source.file, 'a line of procrank');
    let columns: string[] = [];
    const end = await eachLine(source.bytes, (line, number) => {
      const place = { file: source.file, line: number };
      if (HEADER.test(line)) {
        columns = line.trim().split(/\s+/);
        return;
      }
      const ram = /^\s*RAM:\s*(.*)$/.exec(line);
      if (ram !== null) {
        for (const [, digits, word] of ram[1].matchAll(/\b(\d{1,15})K (\w{1,20})/g)) {
          const field = RAM.get(word);
          if (field !== undefined && !snapshot.meminfo.has(field)) put(snapshot.meminfo, field, digits, place, doubts);
        }
        return;
      }
      // Rules, the sums, zram's line: nothing is derived from those.
      if (columns.length === 0 || /^\s*(?:-[-\s]*|.*\bTOTAL|ZRAM:.*)?$/.test(line)) return;
      const words = line.trim().split(/\s+/);
      const pid = /^\d{1,10}$/.test(words[0]) ? Number(words[0]) : null;
      const amounts = words.slice(1, columns.length - 1);
      if (pid === null || !amounts.every((text) => /^\d{1,15}K$/.test(text)) || words.length < columns.length) {
        doubts.line(number, line);
        return;
      }
      const process = processAt(facts, snapshot, pid, place);
      if (process === null) return;
      amounts.forEach((text, at) => put(process.totals, columns[at + 1], text.slice(0, -1), place, doubts));
      nameProcess(process, words.slice(columns.length - 1).join(' '), NAME_RANK.listed);
    });
    doubts.tell(facts, end);
  },
};
