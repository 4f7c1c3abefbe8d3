/**
 * `--set` and `--duration`: what they change, which of several is stronger, and messages for paths that lead nowhere.
 */
import { join, relative } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Problem } from '../errors.ts';
import { packageRoot } from './packageRoot.ts';
import { parseOverride } from './override.ts';
import { loadWorkload, type LoadOptions } from './resolve.ts';
import { AS_IS, GOOD, loadText, problemsOf } from './testing.ts';

function load(...set: string[]) {
  return loadWorkload('zygote-launch', { ...AS_IS, set });
}

/** The only problem of an override. */
function problemOf(text: string): Problem {
  const problems = problemsOf(() => load(text));
  assert.is(problems.length, 1, text);
  return problems[0];
}

test('a text is a path and a value, each with its column', () => {
  const override = parseOverride('cma_clients.test-loop.sizes[0].weight = 3');
  assert.equal(override.steps, ['cma_clients', 'test-loop', 'sizes', 0, 'weight']);
  assert.equal(override.columns, [1, 13, 23, 28, 32]);
  assert.is(override.value.text, '3');
  assert.is(override.value.place.column, 41);
});

test('values of the workload, of its device, and values that are nowhere written', () => {
  const { description } = load(
    'ksm.sleep_millisecs=500',
    'duration=30s',
    'cma_clients.camera.rate=1/s',
    'cma_clients.test-loop.sizes[1].size=4 MB',
    'groups.app.count=10',
    'memory.cma.default.size=32 MB',
    'groups.app.regions.dalvik-heap.populated=25 %',
    'settle_scans=0',
  );
  assert.is(description.ksm.sleep_millisecs, 500);
  assert.is(description.ksm.pages_to_scan, 100);
  assert.is(description.durationNs, 30e9);
  assert.is(description.load.cmaClients[1].perSecond, 1);
  assert.is(description.load.cmaClients[0].sizes[1].pages, 1024);
  const app = description.load.groups.find((group) => group.name === 'app')!;
  assert.is(app.count, 10);
  assert.is(app.regions[0].populated, 0.25);
  assert.is(description.memory.cma[0].pages, 8192);
  assert.is(description.settleScans, 0);
});

test('another device, kernel and cost profile', () => {
  const resolved = load('kernel=linux-3.10.49', 'costs=testbed');
  assert.is(resolved.kernel, 'linux-3.10.49');
  assert.is(resolved.description.costs.name, 'testbed');
  assert.is(load('device=msm8916-512').device, 'msm8916-512');
});

test('the last of two wins, and both kinds of settings are recorded', () => {
  const { settings } = load(
    'ksm.pages_to_scan=1',
    'ksm.pages_to_scan=200',
    'groups.app.count=3',
    'cma_clients.camera.hold=1 s',
  );
  assert.equal(settings, {
    'ksm.run': 1,
    'ksm.pages_to_scan': 200,
    'ksm.sleep_millisecs': 20,
    warm_up: '10 s',
    duration: '60 s',
    'groups.app.count': 3,
    'cma_clients.camera.hold': '1 s',
  });
});

test('a path that is set starts where the command is given, not where the workload lies', () => {
  const path = join(relative('.', packageRoot()), 'workloads', 'kernels', 'linux-3.10.49.yaml');
  assert.is(load(`kernel=${path}`).kernel, 'linux-3.10.49');
  assert.is(loadText(GOOD, { ...AS_IS, set: [`kernel=${path}`] }).kernel, 'linux-3.10.49');
});

test('files of KSM that not every kernel has: described and recorded when they are said, and only then', () => {
  const none = load();
  assert.equal(Object.keys(none.description.ksm), ['run', 'pages_to_scan', 'sleep_millisecs', 'checksum_bits']);
  const set = load('ksm.max_page_sharing=64', 'ksm.advisor_target_scan_time=30');
  const said = { max_page_sharing: 64, advisor_target_scan_time: 30 };
  assert.equal(set.description.ksm, { ...none.description.ksm, ...said });
  const recorded = { 'ksm.max_page_sharing': 64, 'ksm.advisor_target_scan_time': 30 };
  assert.equal(set.settings, { ...none.settings, ...recorded });
  const written = loadText(`${GOOD}ksm: { max_page_sharing: 64, advisor_target_scan_time: 30 }\n`);
  assert.equal(written.description.ksm, set.description.ksm);
  for (const [path, value] of Object.entries(recorded)) assert.is(written.settings[path], value);
});

test('wrong paths name the nearest right one and the column', () => {
  const cases: readonly [string, number, string, string][] = [
    ['ksm.pages_to_scam=1', 5, 'ksm.pages_to_scam', 'did you mean `pages_to_scan`?'],
    ['kms.run=1', 1, 'kms', 'did you mean `ksm`?'],
    ['groups.ap.count=1', 8, 'groups.ap', 'there is no group `ap`; did you mean `app`?'],
    ['cma_clients.camera.sizes[4].size=4 kB', 25, 'cma_clients.camera.sizes[4]', 'has no entry [4]'],
    ['cma_clients.camera.sizes.size=4 kB', 26, 'cma_clients.camera.sizes.size', 'expected an index such as `[0]`'],
    ['ksm[0]=1', 4, 'ksm[0]', 'expected a name, found the index 0'],
    ['duration.s=1', 10, 'duration.s', 'nothing lies below it'],
    ['device.cpus=1', 8, 'device.cpus', 'nothing lies below it'],
    ['ksm=1', 1, 'ksm', 'is a map, not a single value; set one of its values: ksm.run'],
    ['cma_clients.camera.sizes=1', 1, 'cma_clients.camera.sizes', 'is a list, not a single value'],
  ];
  for (const [text, column, path, message] of cases) {
    const problem = problemOf(text);
    assert.is(problem.file, '--set');
    assert.is(`${problem.line}:${problem.column}`, `1:${column}`, text);
    assert.is(problem.path, path);
    assert.match(problem.message, message);
  }
});

test('wrong values are refused like those of a file, at their column', () => {
  const cases: readonly [string, number, string][] = [
    ['ksm.sleep_millisecs=20 ms', 21, 'expected a whole number'],
    ['duration=  5 MB', 12, 'expected a duration'],
    ['groups.app.count=-1', 18, 'from 0 to 512'],
    ['device=zx1800', 8, 'did you mean `zx1800-512`?'],
    ['cma_clients.camera.area=venus', 25, 'unknown CMA area `venus`'],
    ['cma_clients.camera.sizes[0].size=20 MB', 34, 'has 4096'],
  ];
  for (const [text, column, message] of cases) {
    const problem = problemOf(text);
    assert.is(`${problem.file}:${problem.line}:${problem.column}`, `--set:1:${column}`, text);
    assert.match(problem.message, message);
  }
});

test('texts that are no override', () => {
  for (const text of [
    '',
    'ksm.run',
    '=1',
    'ksm..run=1',
    '.ksm=1',
    '[0]=1',
    'ksm.run=',
    'a b=1',
    'x'.repeat(600) + '=1',
  ]) {
    assert.ok(problemsOf(() => parseOverride(text)).length > 0, text);
  }
});

test('a duration of the command line is stronger than a file and --set; quick gives way to --set', () => {
  const base: LoadOptions = { set: [], durationNs: null, quick: true };
  const times = (options: LoadOptions) => {
    const { warmupNs, durationNs } = loadWorkload('fork-heavy', options).description;
    return [warmupNs / 1e9, durationNs / 1e9];
  };
  assert.equal(times(base), [5, 20]);
  assert.equal(times({ ...base, set: ['duration=60 s'] }), [5, 60]);
  assert.equal(times({ ...base, set: ['warm_up=1 s', 'duration=60 s'], durationNs: 7e9 }), [1, 7]);
  assert.equal(times({ ...base, quick: false }), [10, 120]);
  assert.throws(() => times({ ...base, durationNs: 0 }), /between 1 ms and 24 h/);
});

test.run();
