/** Bundles: the same workload comes out, and nothing of the machine's own files goes in. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { InputError } from '../errors.ts';
import { suiteInScratch } from '../testing/command.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';
import { bundleWorkload, checkBundle, loadBundle, type WorkloadBundle } from './bundle.ts';
import { cellPicker, planCells } from './cells.ts';
import { AS_IS } from './testing.ts';

const test = suiteInScratch('bundle');
const HERE = { document: 'bundle', path: '' };
const travelled = (bundle: WorkloadBundle): WorkloadBundle => checkBundle(JSON.parse(JSON.stringify(bundle)), HERE);

test('a workload with its own device, after a journey as JSON: the same description', ({ dir }) => {
  const options = { set: ['ksm.pages_to_scan=200'], durationNs: 2e9, quick: true };
  const { workload, bundle } = bundleWorkload(writeTinyWorkload(dir), options);
  assert.equal(
    bundle.files.map(({ kind }) => kind),
    ['workload', 'device'],
  );
  // Only the bundle counts by now.
  writeFileSync(join(dir, 'small.yaml'), 'about: something else');
  assert.equal(loadBundle(travelled(bundle)), workload);
});

test('a built-in workload travels by name', () => {
  const { workload, bundle } = bundleWorkload('fork-heavy', AS_IS);
  assert.equal(bundle.files, []);
  assert.equal(loadBundle(travelled(bundle)), workload);
});

test('no file of this machine is read because a bundle says so', ({ dir }) => {
  const path = writeTinyWorkload(dir);
  const { bundle } = bundleWorkload(path, AS_IS);
  const without = { ...bundle, files: bundle.files.filter(({ kind }) => kind !== 'device') };
  assert.throws(() => loadBundle(travelled(without)), /small\.yaml: the bundle of the workload has no such file/);
  const bare = { ...bundle, files: [] };
  assert.throws(() => loadBundle(travelled(bare)), /the bundle of the workload has no such file/);
  const elsewhere = { ...bundle, set: ['device=/etc/passwd'] };
  assert.throws(() => loadBundle(travelled(elsewhere)), /\/etc\/passwd: the bundle of the workload has no such file/);
});

test('files in a bundle get the checks of files', ({ dir }) => {
  const { bundle } = bundleWorkload(writeTinyWorkload(dir), AS_IS);
  const spoilt = bundle.files.map((file) => ({ ...file, text: file.text.replace('cpus: 2', 'cpus: 2000') }));
  assert.throws(() => loadBundle(travelled({ ...bundle, files: spoilt })), /small\.yaml:\d+:\d+: cpus: /);
});

test('what is no bundle is refused with its place', () => {
  const { bundle } = bundleWorkload('fork-heavy', AS_IS);
  const cases: [unknown, RegExp][] = [
    [null, /expected a map/],
    [{ ...bundle, more: 1 }, /more: unknown key/],
    [{ ...bundle, quick: 'yes' }, /quick: expected true or false/],
    [{ ...bundle, durationNs: 0.5 }, /durationNs: expected a whole number/],
    [{ ...bundle, workload: undefined }, /workload: expected a text/],
    [{ ...bundle, set: [7] }, /set\[0\]: expected a text/],
    [{ ...bundle, files: [{ kind: 'poem', path: 'x', text: '' }] }, /files\[0\]\.kind: expected 'workload' or/],
    [
      { ...bundle, files: [{ kind: 'device', path: 'x', text: 'x'.repeat(9e6) }] },
      /files\[0\]\.text: is 9000000 letters/,
    ],
  ];
  for (const [value, expected] of cases) {
    try {
      checkBundle(value, HERE);
      assert.unreachable(`taken: ${JSON.stringify(value).slice(0, 100)}`);
    } catch (thrown) {
      assert.instance(thrown, InputError);
      assert.match((thrown as Error).message, expected);
    }
  }
});

test('single cells are those of the plan', () => {
  const workloads = ['fork-heavy', 'fork-free'].map((name) => bundleWorkload(name, AS_IS).workload);
  const strategies = ['stock', 'root-search+retry-100ms'];
  const plan = planCells({ workloads, strategies, seeds: 2, firstSeed: 7, auditEveryNs: 0 });
  const pick = cellPicker({ workloads, strategies, auditEveryNs: 0 });
  const made = [0, 1].flatMap((workload) =>
    [0, 1].flatMap((strategy) => [7, 8].map((seed) => pick({ workload, strategy, seed }))),
  );
  assert.equal(made, plan);
  assert.throws(() => pick({ workload: 2, strategy: 0, seed: 1 }), /the plan has no workload 2/);
});

test.run();
