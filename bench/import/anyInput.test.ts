/**
 * Whatever an input holds: a workload that the plan takes, or the user's error; never another exception, never a hang.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { InputError, UsageError } from '../errors.ts';
import { suiteInScratch } from '../testing/command.ts';
import { summaryText } from './summary.ts';
import { importWorkload } from './importWorkload.ts';
import { importOf, mapping, testdata, write } from './testing.ts';

const test = suiteInScratch('any input');

const text = (...steps: readonly string[]): string => readFileSync(testdata(...steps), 'utf8');

const STATUS = 'Name:\tapp\nPid:\t11\nPPid:\t10\nVmSize:\t   2000 kB\nVmRSS:\t   1000 kB\n';
const SMAPS = gunzipSync(readFileSync(testdata('samples', 'aosp_libmeminfo_smaps.txt.gz')))
  .toString()
  .slice(0, 6000);
const MEMINFO =
  'MemTotal:         400000 kB\nMemFree:          200000 kB\nCached:  1000 kB\nAnonPages: 1000 kB\nSlab: 1 kB\n';
const VMSTAT = 'nr_free_pages 100\ncow_ksm 5\npgpgin 10\n';
const DMESG =
  '[    0.000000] cma: Reserved 16 MiB at 0x9e800000\n[  1.5] alloc_contig_range: [9e800, 9e900) PFNs busy\n';
const ZONEINFO =
  'Node 0, zone   Normal\n  pages free     100\n        min      700\n        present  131072\n  start_pfn: 0\n';

const TRACE = gunzipSync(readFileSync(testdata('raw_heavy_s20_p1000.ftrace.txt.gz')))
  .toString()
  .split('\n')
  .filter((line, at) => at < 12 || /sched_process|cma_/.test(line))
  .slice(0, 60)
  .join('\n');
const CHROME =
  '{"traceEvents":[{"name":"dma_alloc_from_contiguous 4 pages","ph":"B","ts":1.5,"pid":1,"tid":500,"args":{"area":"default","align_order":2}},\n' +
  '{"name":"dma_alloc_from_contiguous 4 pages","ph":"E","ts":9,"pid":1,"tid":500,"args":{"result":"EBUSY","pfn":"0x10"}}]}';

/** Names of files and what is in them when they are whole. */
const WHOLE: readonly (readonly [string, string])[] = [
  ['proc/meminfo', MEMINFO],
  ['proc/vmstat', VMSTAT],
  ['proc/zoneinfo', ZONEINFO],
  ['proc/pagetypeinfo', text('samples', 'aosp_incident_helper_pagetypeinfo.txt')],
  ['proc/11/smaps', SMAPS],
  ['proc/11/status', STATUS],
  ['proc/10/stat', '10 (zygote) S 1 0 0 0 -1 0\n'],
  ['proc/10/cmdline', 'zygote\0'],
  ['proc/10/smaps', mapping(0x1000, 40, '[heap]', { Rss: 100, Pss: 50, Anonymous: 100, mg: 1 })],
  ['ksm.txt', text('samples', 'node_exporter_ksm_sysfs_fixture.txt')],
  ['dmesg.txt', DMESG],
  ['procrank.txt', text('zx1800', 'procrank.txt')],
  ['dumpsys.txt', text('zx1800', 'dumpsys-meminfo.txt')],
  ['sys/kernel/debug/cma/a/count', '4096\n'],
  ['sys/kernel/debug/cma/a/base_pfn', '8192\n'],
  ['sys/module/lowmemorykiller/parameters/adj', '0,1,15\n'],
  ['sys/module/lowmemorykiller/parameters/minfree', '1024,2048,4096\n'],
  ['trace.txt', TRACE],
  ['trace.json', CHROME],
  ['capture.txt', 'cma-stress-capture 1\nhz=100\ncpus=4\npage_size=4096\n'],
];

const snippet = fc.constantFrom(
  ...['\n', '\r\n', '\0', '\u001b[2J', '\u001b]0;x\u0007', ': ', ' #', "'", '"', '- ', '{', '&a', '\u2028', 'ÿ', '-1'],
  ...['9'.repeat(15), '9'.repeat(40), '0', 'kB', '[rollup]', '00000000-ffffffffffffffff rw-p 00000000 00:00 0 x\n'],
  ...['MemTotal: 0 kB\n', 'pages_shared 999999999999\n', '../../x', '__proto__', 'constructor', 'zygote', '(pid 1)'],
);

const damaged = (whole: string): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.nat(whole.length), fc.nat(200), fc.oneof(snippet, fc.string({ maxLength: 6 }))), {
      maxLength: 5,
    })
    .map((edits) => edits.reduce((now, [at, cut, put]) => now.slice(0, at) + put + now.slice(at + cut), whole));

const files = fc
  .subarray([...WHOLE], { minLength: 1 })
  .chain((chosen) =>
    fc.tuple(...chosen.map(([name, whole]) => damaged(whole).map((content) => [name, content] as const))),
  );

/** What a terminal must never be sent. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

let folders = 0;

async function survives(path: string, replay = false): Promise<void> {
  let shown: string;
  try {
    const imported = await importWorkload([path], { as: null, device: null, replay });
    shown = summaryText(imported, 'w.yaml', 'cma-stress') + imported.yaml;
  } catch (thrown) {
    if (!(thrown instanceof InputError) && !(thrown instanceof UsageError)) throw thrown;
    assert.not.match(thrown.message, 'the imported workload', 'the plan refused what was derived');
    shown = thrown.message;
  }
  assert.not.match(shown, CONTROL);
}

test('any damage to the files of a capture is survived', async ({ dir }) => {
  await fc.assert(
    fc.asyncProperty(files, (chosen) => survives(write(join(dir, `any-${++folders}`), Object.fromEntries(chosen)))),
    { numRuns: 30 },
  );
});

test('any damage to a trace is survived, also in a replay beside a capture', async ({ dir }) => {
  const traced = fc.tuple(damaged(TRACE), fc.boolean(), fc.boolean());
  await fc.assert(
    fc.asyncProperty(traced, ([text, isCapture, replay]) => {
      const capture = isCapture ? Object.fromEntries(WHOLE) : {};
      return survives(write(join(dir, `traced-${++folders}`), { ...capture, 'trace.txt': text }), replay);
    }),
    { numRuns: 30 },
  );
});

test('any single file, cut and mutated, is survived', async ({ dir }) => {
  const single = fc.constantFrom(...WHOLE).chain(([, whole]) => damaged(whole));
  await fc.assert(
    fc.asyncProperty(single, (content) => survives(join(write(dir, { one: content }), 'one'))),
    { numRuns: 30 },
  );
});

test('any bytes are survived', async ({ dir }) => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), (bytes) => survives(join(write(dir, { bytes }), 'bytes'))),
    { numRuns: 60 },
  );
});

test('names of processes neither end a comment nor steer a terminal', async ({ dir }) => {
  const name = 'evil\u001b[31m: "x"\tgroups: none # guess';
  const path = write(join(dir, 'evil'), {
    'proc/meminfo': MEMINFO,
    'proc/5/smaps': mapping(0x1000, 400, `/data/${name}`, { Rss: 1000, Pss: 500, Anonymous: 1000, mg: 1 }),
    'proc/5/cmdline': `${name}\ninjected: true\0`,
  });
  const { yaml } = await importOf(path);
  assert.not.match(yaml, /^injected/m);
  assert.not.match(yaml, '\u001b');
  assert.match(yaml, /^ {2}evil.*:$/m);
});

test.run();
