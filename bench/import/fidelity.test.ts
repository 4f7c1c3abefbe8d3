/** What is made of real captures is what they say: sizes, settings, who forked whom. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { x } from 'tar';
import * as assert from 'uvu/assert';
import { suiteInScratch } from '../testing/command.ts';
import { descriptionOf, importOf, testdata, valuesOf, write } from './testing.ts';

const test = suiteInScratch('import of real captures');

const HEAVY = testdata('raw_heavy_s20_p1000.tar.gz');

test('the machine of a recording: memory, CMA, KSM, the forking worker and its children', async () => {
  const imported = await importOf(HEAVY);
  const values = valuesOf(imported);
  const { ksm, load, memory } = descriptionOf(imported);
  assert.is(memory.frames, 131_072, 'present pages of zoneinfo, rounded up to whole pageblocks');
  assert.is(131_072 - memory.reserved.reduce((sum, { pages }) => sum + pages, 0), 498_432 / 4, 'MemTotal');
  assert.equal(
    memory.cma.map(({ pages, isDefault }) => ({ pages, isDefault })),
    [{ pages: 32_768, isDefault: true }],
    'cma=128M',
  );
  assert.is(ksm.pages_to_scan, 1000);
  assert.is(ksm.sleep_millisecs, 20);
  assert.is(ksm.run, 1);
  const worker = load.groups.find(({ name }) => name === 'worker0')!;
  const heap = worker.regions.find(({ mergeable }) => mergeable)!;
  assert.is(heap.pages, 24_576, 'the mapping of 96 MB that asks to be merged');
  assert.is(heap.populated, 1);
  const children = load.groups.filter(({ parent }) => parent === 'worker0');
  assert.is(
    children.reduce((sum, { count }) => sum + count, 0),
    12,
    'the children alive at the end',
  );
  assert.ok(
    children.every(({ start }) => start === 'fork'),
    'forked, without exec',
  );
  assert.match(values.get('population')!, 'own');
});

test('moments given apart or as one archive, unpacked or not, are the same workload', async ({ dir }) => {
  await x({ file: HEAVY, cwd: dir });
  const moments = ['after', 'before', 'mid'].map((moment) => `${dir}/raw_heavy_s20_p1000.${moment}`);
  const apart = valuesOf(await importOf(...moments));
  const together = valuesOf(await importOf(HEAVY));
  apart.delete('about');
  together.delete('about');
  assert.equal([...apart], [...together]);
});

test('nine workers of one size are one group', async () => {
  const { load } = descriptionOf(await importOf(testdata('recordings', 'raw_free_s20_p1000.tar.gz')));
  const worker = load.groups.find(({ name }) => name === 'worker')!;
  assert.is(worker.count, 9);
  assert.is(worker.start, 'exec');
  assert.is(worker.regions.find(({ mergeable }) => mergeable)!.pages, 0xaa_a000 / 4096);
});

test('the contents of a recording: as many pages are shared as its counters say', async () => {
  const imported = await importOf(testdata('recordings', 'raw_free_s20_p1000.tar.gz'));
  const counters = imported.facts.snapshots.at(-1)!.ksm;
  const counter = (name: string): number => counters.get(name)!.value;
  const items = ['pages_shared', 'pages_sharing', 'pages_unshared', 'pages_volatile'].reduce(
    (sum, name) => sum + counter(name),
    0,
  );
  const worker = descriptionOf(imported).load.groups.find(({ name }) => name === 'worker')!;
  const [pool] = worker.regions.find(({ mergeable }) => mergeable)!.contents.pools;
  // Drawn evenly: so many contents are drawn twice or more, and so many draws fall on those.
  const draws = (pool.share * items) / pool.contents;
  const once = draws * Math.exp(-draws);
  const shared = pool.contents * (1 - Math.exp(-draws) - once);
  const merged = pool.contents * (draws - once);
  const near = (value: number, as: number): boolean => Math.abs(value - as) <= as / 100;
  assert.ok(near(shared, counter('pages_shared')), `pages_shared ${shared}`);
  assert.ok(near(merged - shared, counter('pages_sharing')), `pages_sharing ${merged - shared}`);
});

test('procrank and dumpsys of a zx1800: 54 processes, 22 of zygote', async () => {
  const imported = await importOf(testdata('zx1800', 'procrank.txt'), testdata('zx1800', 'dumpsys-meminfo.txt'));
  assert.is(imported.base.name, 'zx1800-512');
  const { load, memory } = descriptionOf(imported);
  const count = (groups: typeof load.groups): number => groups.reduce((sum, group) => sum + group.count, 0);
  assert.is(count(load.groups), 54);
  assert.is(count(load.groups.filter(({ parent }) => parent === 'zygote')), 22);
  assert.is(memory.frames - memory.reserved[0].pages, 443_652 / 4);
  // USS is what processes have of their own: the model's private pages, inherited ones that are rewritten included.
  const zygote = load.groups.find(({ name }) => name === 'zygote')!;
  const privates = (group: typeof zygote): number =>
    group.regions.reduce(
      (sum, { kind, pages, populated }) => sum + (kind === 'shared-file' ? 0 : pages * populated),
      0,
    );
  const uss = load.groups
    .filter((group) => group !== zygote)
    .reduce(
      (sum, one) =>
        sum + one.count * (privates(one) + (one.parent === null ? 0 : one.rewriteInherited * privates(zygote))),
      0,
    );
  const captured = totalUss() - 3200;
  assert.ok(Math.abs(uss * 4 - captured) < captured / 20, `${uss * 4} kB private, captured ${captured} kB`);
});

/** The sum that procrank itself prints. */
function totalUss(): number {
  return Number(/(\d+)K {2}TOTAL/.exec(readFileSync(testdata('zx1800', 'procrank.txt'), 'utf8'))![1]);
}

test('KSM of dumpsys, with and without separators', async () => {
  const imported = await importOf(testdata('msm8916'));
  const [snapshot] = imported.facts.snapshots;
  const counters = ['pages_sharing', 'pages_shared', 'pages_unshared', 'pages_volatile'];
  assert.equal(
    counters.map((name) => snapshot.ksm.get(name)?.value),
    [4097, 462, 16_416, 48_139],
  );
  assert.is(imported.base.name, 'msm8916-512', 'the nearest device by MemTotal');
});

test('dumpsys of one process: private memory by category', async () => {
  const imported = await importOf(testdata('msm8916', 'dumpsys-meminfo-811.txt'));
  const ui = descriptionOf(imported).load.groups.find(({ name }) => name === 'com-android-systemui')!;
  const heap = ui.regions.find(({ name }) => name === 'native-heap')!;
  assert.is(Math.round(heap.pages * heap.populated), Math.round((2064 + 110 + 8) / 4), 'Private Dirty by category');
});

test('a smaps of Android: every anonymous page is in some region', async () => {
  const file = testdata('samples', 'aosp_libmeminfo_smaps.txt.gz');
  const imported = await importOf(file);
  const text = gunzipSync(readFileSync(file)).toString();
  const total = [...text.matchAll(/^Anonymous: +(\d+) kB/gm)].reduce((sum, [, kB]) => sum + Number(kB), 0) / 4;
  const [group] = descriptionOf(imported).load.groups;
  const anonymous = group.regions
    .filter(({ kind }) => kind !== 'shared-file')
    .reduce((sum, { pages, populated }) => sum + Math.round(pages * populated), 0);
  assert.ok(Math.abs(anonymous - total) < total / 100, `${anonymous} of ${total} pages`);
  assert.is(group.regions.filter(({ mergeable }) => mergeable).length, 0, 'no mapping of it has mg');
});

test('CMA pageblocks of pagetypeinfo', async () => {
  const { memory } = descriptionOf(await importOf(testdata('samples', 'aosp_incident_helper_pagetypeinfo.txt')));
  // 41 blocks of 512 pages, to whole pageblocks of the model.
  assert.is(memory.cma[0].pages, 21_504);
});

test('the three shapes of KSM files say the same', async ({ dir }) => {
  const fixture = testdata('samples', 'node_exporter_ksm_sysfs_fixture.txt');
  const fields = readFileSync(fixture, 'utf8').trim().split('\n');
  const named = fields.map((line) => line.replace('sys/kernel/mm/ksm/', ''));
  const lines = join(write(dir, { 'ksm.txt': named.map((line) => `${line.replace('=', ' ')}\n`).join('') }), 'ksm.txt');
  const files = write(
    join(dir, 'files'),
    Object.fromEntries(fields.map((line) => line.split('=') as [string, string])),
  );
  for (const shape of [fixture, lines, files]) {
    const imported = await importOf(shape);
    assert.is(descriptionOf(imported).ksm.pages_to_scan, 100);
    const [{ ksm }] = imported.facts.snapshots;
    assert.equal([...ksm].map(([name, { value }]) => `${name}=${value}`).sort(), named.toSorted(), shape);
  }
});

test('the same input gives the same bytes', async () => {
  const hash = async (): Promise<string> =>
    createHash('sha256')
      .update((await importOf(HEAVY)).yaml)
      .digest('hex');
  assert.is(await hash(), await hash());
});

test.run();
