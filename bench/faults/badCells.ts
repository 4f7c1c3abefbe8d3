/** One machine: cells that throw, that never end, or that want more memory than there is. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { EXIT } from '../errors.ts';
import { isFailed, type CellLine } from '../run/cell.ts';
import { parseLine, storedLines } from '../run/lines.ts';
import { pluginText, write } from '../testing/plugins.ts';
import type { Fault, Toll } from './fault.ts';
import type { Site } from './site.ts';
import { tollOf } from './toll.ts';

/** Strategies beside the plug-in: cells that have to be unharmed. */
export const BESIDE = 'stock,retry-100ms,heir-items,root-search,keep-forever,page-anon-vma';
/** Long enough that something forks, which is when the plug-ins act. */
const LENGTH = ['--duration', '3s', '--seeds', '1'];
/** Cells of BESIDE take some hundredths of a second and some MB: their limits are far off. */
const SHORT = ['--cell-time', '3s'];
const SMALL = ['--cell-heap', '128MB'];

export function planBeside(strategies: string): string[] {
  return ['run', './minute.yaml', '--strategy', strategies, ...LENGTH, '--no-report'];
}

/** A plug-in that does `body` as soon as something forks. Returns the strategies, the plug-in in their middle. */
export function writeBadPlugin(site: Site, name: string, body: string): string {
  write(site.dir, `${name}.ts`, pluginText(name, { attach: `() => ({ forked: () => { ${body} } })` }));
  return BESIDE.replace('heir-items', `./${name}.ts,heir-items`);
}

/** Failed cells of a run. */
export function failedCells(path: string): CellLine[] {
  const file = join(path, 'cells.ndjson');
  return [...storedLines(file)].map(({ text, number }) => parseLine(text, file, number)).filter(isFailed);
}

async function withPlugin(site: Site, [name, body]: readonly [string, string], expected: RegExp): Promise<Toll> {
  const run = site.newRun();
  const words = [...planBeside(writeBadPlugin(site, name, body)), ...SHORT, ...SMALL, '--out', run];
  const { code, stderr } = await site.local(...words).finished;
  assert.equal(code, EXIT.cellsFailed, stderr);
  assert.match(JSON.stringify(failedCells(site.path(run))), expected);
  return tollOf(await site.reference(planBeside(BESIDE)), site.path(run), { failed: 1 });
}

const RECORDED = 'recorded as failed with its cause, the others unharmed, exit 4';

export const BAD_CELLS: readonly Fault[] = [
  {
    name: 'throws',
    done: 'a plug-in throws',
    outcome: RECORDED,
    inject: (site) => withPlugin(site, ['throws', "throw new Error('boom');"], /boom/),
  },
  {
    name: 'loops',
    done: 'a cell in an endless loop',
    outcome: RECORDED,
    inject: (site) => withPlugin(site, ['loops', 'for (;;);'], /took longer than 3 s/),
  },
  {
    name: 'hoards',
    done: 'a cell that fills the heap of its thread',
    outcome: RECORDED,
    inject: (site) =>
      withPlugin(
        site,
        ['hoards', 'const kept = []; for (;;) kept.push(new Array(100_000).fill(kept.length));'],
        /used more than 128 MB of heap/,
      ),
  },
  {
    name: 'swells',
    done: 'a cell that fills memory outside of the heap',
    outcome: RECORDED,
    inject: (site) =>
      withPlugin(
        site,
        ['swells', 'const kept = []; for (;;) kept.push(new Float64Array(1_000_000).fill(1));'],
        /used more than 128 MB/,
      ),
  },
];
