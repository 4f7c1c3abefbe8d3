/**
 * A made-up finished run of any number of cells, written a cell at a time: what a large sweep leaves behind, for
 * measurements.
 *
 * `node dist/bench/testing/bigRun.js DIR CELLS [ATTEMPTS]`
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CellRecord } from '../run/cell.ts';
import type { RunManifest } from '../run/folder.ts';
import { finishedRun, workload } from './finishedRuns.ts';
import { madeUpRecord } from './records.ts';

const STRATEGIES = ['stock', 'heir-items', 'root-search', 'page-anon-vma'];
const SLEEPS = [20, 50, 100, 200];
/** Lines written at a time. */
const BATCH = 1000;

/** Writes the run to `path`, which must not hold one: `attempts` requests a cell, of which up to a third failed. */
export function writeBigRun(path: string, cells: number, attempts: number): void {
  finishedRun(path, [workload('fork-heavy')], [], { strategies: STRATEGIES, cells });
  const digest = createHash('sha256');
  const file = openSync(join(path, 'cells.ndjson'), 'w');
  let batch = '';
  for (const record of bigRecords(cells, attempts)) {
    batch += `${JSON.stringify(record)}\n`;
    if (record.seed % BATCH !== 0) continue;
    digest.update(batch);
    writeSync(file, batch);
    batch = '';
  }
  digest.update(batch);
  writeSync(file, batch);
  closeSync(file);
  const manifest = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8')) as RunManifest;
  writeFileSync(join(path, 'run.json'), JSON.stringify({ ...manifest, digest: digest.digest('hex') }));
}

/** Seeds count from 1 through all cells, so that each is a cell of its own. */
function* bigRecords(cells: number, attempts: number): Iterable<CellRecord> {
  const most = Math.floor(attempts / 3);
  const made = STRATEGIES.map((strategy) =>
    Array.from({ length: most + 1 }, (_, failures) => madeUpRecord('fork-heavy', strategy, 0, attempts, failures)),
  );
  for (let seed = 1; seed <= cells; seed++) {
    const strategy = seed % STRATEGIES.length;
    const record = made[strategy][(seed * (strategy + 1)) % (most + 1)];
    const sleep = SLEEPS[Math.floor(seed / STRATEGIES.length) % SLEEPS.length];
    yield { ...record, id: `cell-${seed}`, seed, settings: { 'ksm.sleep_millisecs': sleep } };
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [path, cells, attempts = '10'] = process.argv.slice(2);
  writeBigRun(path, Number(cells), Number(attempts));
}
