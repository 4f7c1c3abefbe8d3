/** Single derivations, on small captures written for them. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suiteInScratch } from '../../testing/command.ts';
import { descriptionOf, importOf, mapping, testdata, valuesOf, write } from '../testing.ts';

const test = suiteInScratch('derivation');

const MEMINFO = `MemTotal:         400000 kB
MemFree:          200000 kB
Buffers:            4000 kB
Cached:            60000 kB
AnonPages:         20000 kB
Slab:              20000 kB
SReclaimable:       8000 kB
SUnreclaim:        12000 kB
KernelStack:        2000 kB
PageTables:         4000 kB
`;

let folders = 0;
const capture = (dir: string, files: Readonly<Record<string, string>>): string =>
  write(join(dir, `capture-${++folders}`), files);

test('kernel memory is what is named and what no counter claims', async ({ dir }) => {
  const values = valuesOf(await importOf(capture(dir, { 'proc/meminfo': MEMINFO })));
  assert.is(values.get('memory.reclaimable'), '2000 pages');
  // 400000 less 200000 + 4000 + 60000 + 20000 + 20000 + 2000 + 4000 is 90000 kB; 18000 are named.
  assert.is(values.get('memory.unmovable'), `${(18_000 + 90_000) / 4} pages`);
  assert.is(values.get('memory.size'), `${(400 * 256 * 512) / 400} pages`, 'the next size that is sold: 512 MB');
});

test('CMA areas of debugfs, with their places', async ({ dir }) => {
  const zoneinfo =
    'Node 0, zone   Normal\n  pages free     100\n        min      700\n        spanned  131072\n        present  131072\n  start_pfn:         524288\n';
  const { memory } = descriptionOf(
    await importOf(
      capture(dir, {
        'proc/meminfo': MEMINFO,
        'proc/zoneinfo': zoneinfo,
        'sys/kernel/debug/cma/linux,cma/base_pfn': `${524_288 + 98_304}\n`,
        'sys/kernel/debug/cma/linux,cma/count': '8192\n',
        'sys/kernel/debug/cma/video/base_pfn': `${524_288 + 65_536}\n`,
        'sys/kernel/debug/cma/video/count': '4096\n',
        'sys/kernel/debug/cma/video/bitmap': `${'0 '.repeat(1000)}\n`,
        'dmesg.txt': '[    0.000000] cma: Reserved 32 MiB at 0x98000000\n',
      }),
    ),
  );
  assert.equal(
    memory.cma.map(({ first, isDefault, name, pages }) => [name, first, pages, isDefault]),
    [
      ['linux-cma', 98_304, 8192, true],
      ['video', 65_536, 4096, false],
    ],
  );
});

test('lowmemorykiller: oom_adj becomes oom_score_adj', async ({ dir }) => {
  const { memory } = descriptionOf(
    await importOf(
      capture(dir, {
        'proc/meminfo': MEMINFO,
        'sys/module/lowmemorykiller/parameters/adj': '0,1,2,4,9,15\n',
        'sys/module/lowmemorykiller/parameters/minfree': '1024,2048,4096,6144,8192,10240\n',
      }),
    ),
  );
  assert.equal(memory.lowmemorykiller.adj, [0, 58, 117, 235, 529, 1000]);
  assert.equal(memory.lowmemorykiller.minfree, [1024, 2048, 4096, 6144, 8192, 10_240]);
});

/** Zygote with 1000 kB of heap, and a child that has rewritten 200 kB of it and has 400 kB of its own. */
const FAMILY = {
  'proc/10/smaps': mapping(0x1000_0000, 400, '[anon:dalvik-main space]', {
    Rss: 1000,
    Pss: 600,
    Anonymous: 1000,
    mg: 1,
  }),
  'proc/10/status': 'Name:\tmain\nPid:\t10\nPPid:\t1\n',
  'proc/10/cmdline': 'zygote\0',
  'proc/11/smaps':
    mapping(0x1000_0000, 400, '[anon:dalvik-main space]', {
      Rss: 1000,
      Pss: 600,
      Private_Dirty: 200,
      Anonymous: 1000,
      mg: 1,
    }) +
    mapping(0x2000_0000, 500, '[anon:libc_malloc]', { Rss: 400, Pss: 400, Private_Dirty: 400, Anonymous: 400, mg: 1 }),
  'proc/11/status': 'Name:\tapp\nPid:\t11\nPPid:\t10\n',
  'proc/11/oom_score_adj': '529\n',
  'proc/11/cmdline': 'com.example.app\0',
};

test('a child of zygote: what it has of its own, and what it rewrote of the inherited', async ({ dir }) => {
  const { load } = descriptionOf(await importOf(capture(dir, { 'proc/meminfo': MEMINFO, ...FAMILY })));
  const zygote = load.groups.find(({ name }) => name === 'zygote')!;
  const app = load.groups.find(({ name }) => name === 'com-example-app')!;
  assert.is(zygote.regions[0].pages, 400);
  assert.is(Math.round(zygote.regions[0].pages * zygote.regions[0].populated), 250);
  assert.is(app.parent, 'zygote');
  assert.is(app.oomScoreAdj, 529);
  assert.is(app.rewriteInherited, 0.2);
  assert.equal(
    app.regions.map(({ name, pages, populated, mergeable }) => [name, pages, Math.round(pages * populated), mergeable]),
    [['native-heap', 500, 100, true]],
  );
  assert.is(load.spawners[0].group, 'com-example-app', 'without a trace, launches are guessed');
});

test('a child that did not keep the mappings of its parent has replaced them', async ({ dir }) => {
  const execed = {
    ...FAMILY,
    'proc/10/cmdline': '/system/bin/init\0',
    'proc/11/smaps': mapping(0x2000_0000, 500, '[heap]', { Rss: 400, Pss: 400, Private_Dirty: 400, Anonymous: 400 }),
  };
  const { load } = descriptionOf(await importOf(capture(dir, { 'proc/meminfo': MEMINFO, ...execed })));
  assert.is(load.groups.find(({ name }) => name === 'com-example-app')!.start, 'exec');
});

test('no VmFlags: on Android private mappings are taken as mergeable, and that is a guess', async ({ dir }) => {
  const files = Object.fromEntries(
    Object.entries(FAMILY).map(([name, text]) => [name, text.replaceAll(/^VmFlags:.*\n/gm, '')]),
  );
  const imported = await importOf(capture(dir, { 'proc/meminfo': MEMINFO, ...files }));
  const path = 'groups.zygote.regions.dalvik-heap.mergeable';
  assert.is(valuesOf(imported).get(path), 'true');
  assert.match(imported.draft.entries().find(({ steps }) => steps.join('.') === path)!.guess!, 'no VmFlags');
});

test('rates come from what counters grew by between two moments', async ({ dir }) => {
  const vmstat = (cow: number, success: number, pgpgin: number): string =>
    `nr_free_pages 100\npgpgin ${pgpgin}\nnr_dirtied 0\ncow_ksm ${cow}\ncma_alloc_success ${success}\ncma_alloc_fail 0\n`;
  const ksm = 'pages_shared 100\npages_sharing 900\npages_unshared 100\npages_volatile 0\n';
  const values = valuesOf(
    await importOf(
      capture(dir, {
        'proc/meminfo': MEMINFO,
        ...FAMILY,
        'ksm.txt': ksm,
        'before/proc/vmstat': vmstat(0, 0, 0),
        'before/proc/uptime': '100.00 50.00\n',
        'after/proc/vmstat': vmstat(1000, 30, 8000),
        'after/proc/uptime': '110.00 55.00\n',
      }),
    ),
  );
  assert.is(values.get('cma_clients.requests.rate'), '3/s');
  assert.is(values.get('page_cache.reads'), '200/s', '8000 kB in 10 s');
  // 1000 writes in 10 s to 1000 merged pages: 0.1 a second and page.
  assert.is(values.get('groups.com-example-app.regions.native-heap.writes.rate'), '10/s');
});

test('a device that is larger than the model is scaled down, and said to be', async ({ dir }) => {
  const large = MEMINFO.replace('400000 kB', '16000000 kB');
  const imported = await importOf(capture(dir, { 'proc/meminfo': large }));
  assert.is(descriptionOf(imported).memory.frames, 1024 ** 2);
  assert.ok(imported.draft.notes.some((note) => note.includes('all sizes are scaled by')));
});

test('more than the device holds is scaled down, and said to be', async ({ dir }) => {
  const greedy = mapping(0x1000_0000, 60_000, '[heap]', { Rss: 240_000, Pss: 10, Anonymous: 240_000, mg: 1 });
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`proc/${at + 100}/smaps`, greedy]));
  const imported = await importOf(capture(dir, { 'proc/meminfo': MEMINFO, ...files }));
  assert.ok(imported.draft.notes.some((note) => note.includes('before anything is merged')));
  descriptionOf(imported);
});

test('inputs of two devices are noticed', async ({ dir }) => {
  const one = capture(dir, { meminfo: MEMINFO });
  const other = capture(dir, { meminfo: MEMINFO.replace('400000', '800000') });
  const { draft } = await importOf(one, other);
  assert.ok(draft.notes.some((sentence) => sentence.includes('of different devices')));
});

test('dmesg: busy ranges are counted', async ({ dir }) => {
  const line = '[  100.000000] alloc_contig_range: [9e800, 9e900) PFNs busy\n';
  const { facts } = await importOf(capture(dir, { 'proc/meminfo': MEMINFO, 'dmesg.txt': line.repeat(3) }));
  assert.is(facts.busy.count, 3);
  assert.equal([facts.busy.first[0].start, facts.busy.first[0].end], [0x9e800, 0x9e900]);
});

test('every value has a source or a reason, and what is a guess can be set', async () => {
  const { draft } = await importOf(testdata('raw_heavy_s20_p1000.tar.gz'));
  for (const { guess, source, steps } of draft.entries())
    if (guess !== null) assert.ok(guess.length > 0, steps.join('.'));
    else if (source !== null) assert.ok(source.file.length > 0 && source.field.length > 0, steps.join('.'));
});

test.run();
