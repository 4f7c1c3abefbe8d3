/** Made-up finished runs as they are read back, for tests of reports: hostile ones too. */
import { join } from 'node:path';
import type { CellRecord } from '../run/cell.ts';
import type { RunManifest } from '../run/folder.ts';
import { readRun } from '../run/readRun.ts';
import type { StoredRun } from '../run/readRun.ts';
import { scratchDirectory } from './command.ts';
import { cells, finishedRun, workload } from './finishedRuns.ts';

/** The run of these cells of `fork-heavy`, read back; `rename` changes what its workload is called and says. */
export function storedRun(
  records: readonly CellRecord[],
  changes: Partial<RunManifest> = {},
  rename: { readonly name?: string; readonly about?: string } = {},
): StoredRun {
  const scratch = scratchDirectory();
  try {
    const path = join(scratch.path, 'run');
    finishedRun(path, [{ ...workload('fork-heavy'), ...rename }], records, changes);
    return readRun(path);
  } finally {
    scratch.remove();
  }
}

/** Six seeds under two strategies: `stock` fails often, `heir-items` never and is faster. */
export function twoStrategies(): CellRecord[] {
  return [
    ...cells('fork-heavy', 'stock', [10, 12, 9, 11, 10, 8]),
    ...cells('fork-heavy', 'heir-items', [0, 0, 0, 0, 0, 0], { latencyNs: 5_000_000 }),
  ];
}

/** Names that try to leave their place: markup, ends of cells, lines and tags, mentions, letters beyond ASCII. */
export const HOSTILE: readonly string[] = [
  'a|b`c<script>alert(1)</script>',
  '</details><h1>out</h1>',
  '`` | `',
  '[x](javascript:alert(1)) **b** @torvalds #1',
  'zeile\n\n# zwei\tdrei\r\n| 4 |',
  '写时复制-стратегия-überall-\u{1f600}',
  'Ä',
  'A',
  '-'.repeat(200),
  'long-'.repeat(30),
  '=1+1,"quoted"',
  '\u001b[31mred\u0007',
];

/** The cell as version 0.1.0 wrote it: without its requests one by one. */
export function withoutLog(record: CellRecord): CellRecord {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== 'attemptLog')) as unknown as CellRecord;
}
