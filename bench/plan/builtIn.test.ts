/** The files that come with the tool: they resolve, and they are what their comments say. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CHANGED_BY_6_1, type DeviceDescription, type ProcessGroup, type Region } from '../../sim/index.ts';
import { UsageError } from '../errors.ts';
import { listCostProfiles, listDevices, listKernels, listWorkloads, loadCosts } from './catalog.ts';
import { loadWorkload } from './resolve.ts';
import { AS_IS, loadText, problemsOf } from './testing.ts';

const WORKLOADS = ['camera-burst', 'fork-free', 'fork-heavy', 'unmergeable-parent', 'zygote-launch'];

function load(name: string): DeviceDescription {
  return loadWorkload(name, AS_IS).description;
}

/** A device with nothing but its own population running. */
function deviceAlone(name: string): DeviceDescription {
  return loadText(`about: The device alone.\ndevice: ${name}\n`).description;
}

function pagesOf(regions: readonly Region[], wanted: (region: Region) => boolean): number {
  return regions.filter(wanted).reduce((total, region) => total + Math.round(region.pages * region.populated), 0);
}

function inheritedRegions(group: ProcessGroup, all: readonly ProcessGroup[]): readonly Region[] {
  const parent = all.find((other) => other.name === group.parent);
  return parent === undefined ? [] : [...parent.regions, ...inheritedRegions(parent, all)];
}

/** rmap_items ksmd will keep at boot: present anonymous ptes in mergeable regions, over all processes. */
function rmapItems(groups: readonly ProcessGroup[]): number {
  const regionsOf = (group: ProcessGroup) => [...group.regions, ...inheritedRegions(group, groups)];
  return groups.reduce(
    (total, group) => total + group.count * pagesOf(regionsOf(group), (region) => region.mergeable),
    0,
  );
}

function anonPages(groups: readonly ProcessGroup[]): number {
  const isPrivate = (region: Region) => region.kind !== 'shared-file';
  return groups.reduce((total, group) => {
    const rewritten = Math.round(group.rewriteInherited * pagesOf(inheritedRegions(group, groups), isPrivate));
    return total + group.count * (pagesOf(group.regions, isPrivate) + rewritten);
  }, 0);
}

function writesPerSecond(description: DeviceDescription): number {
  const { groups, spawners } = description.load;
  return groups.reduce((total, group) => {
    const most = Math.max(group.count, ...spawners.filter((one) => one.group === group.name).map((one) => one.maxLive));
    const own = group.regions.reduce((sum, region) => sum + region.writes.perSecond, 0);
    return total + most * (own + (group.start === 'fork' ? group.inheritedWrites.perSecond : 0));
  }, 0);
}

function near(value: number, wanted: number, share: number): void {
  assert.ok(Math.abs(value - wanted) <= wanted * share, `${value} is not within ${share * 100} % of ${wanted}`);
}

test('everything built in is listed with one sentence', () => {
  assert.equal(
    listWorkloads().map((one) => one.name),
    WORKLOADS,
  );
  assert.equal(
    listDevices().map((one) => one.name),
    ['msm8916-512', 'testbed-512', 'zx1800-512'],
  );
  assert.equal(
    listKernels().map((one) => one.name),
    ['linux-3.10.49', 'linux-6.1', 'msm-3.10.49'],
  );
  assert.equal(
    listCostProfiles().map((one) => one.name),
    ['cortex-a7', 'testbed'],
  );
  for (const one of [...listWorkloads(), ...listDevices(), ...listKernels(), ...listCostProfiles()]) {
    assert.match(one.about, /^[A-Z0-9].{20,}\.$|^zx1800 .*\.$/, one.name);
  }
});

for (const name of WORKLOADS) {
  test(`${name} resolves with the defaults of the tool`, () => {
    const resolved = loadWorkload(name, AS_IS);
    const { description } = resolved;
    assert.is(resolved.name, name);
    assert.is(resolved.seeds, 5);
    assert.is(resolved.kernel, 'msm-3.10.49');
    assert.is(description.kernel.name, 'msm-3.10.49');
    assert.is(description.costs.name, 'cortex-a7');
    // fork-heavy is measured longer: its gaps come in bursts.
    const durationNs = name === 'fork-heavy' ? 120e9 : 60e9;
    assert.equal([description.durationNs, description.warmupNs, description.settleScans], [durationNs, 10e9, 3]);
    assert.equal(description.ksm, { run: 1, pages_to_scan: 100, sleep_millisecs: 20, checksum_bits: 32 });
    assert.ok(description.load.cmaClients.length > 0);
  });

  test(`${name} stays cheap to simulate: under 2000 writes per second`, () => {
    assert.ok(writesPerSecond(load(name)) < 2000, String(writesPerSecond(load(name))));
  });
}

test('nothing in fork-free is forked, and it asks and writes like fork-heavy', () => {
  const [free, heavy] = [load('fork-free').load, load('fork-heavy').load];
  assert.ok(free.groups.every((group) => group.start === 'exec' && group.parent === null));
  assert.ok(heavy.groups.some((group) => group.start === 'fork'));
  assert.equal(free.cmaClients, heavy.cmaClients);
  const starts = (load: typeof free) =>
    load.spawners.map((one) => [one.name, one.group, one.perSecond, one.lifeNs, one.maxLive]);
  assert.equal(starts(free), starts(heavy));
  near(writesPerSecond(load('fork-free')), writesPerSecond(load('fork-heavy')), 0.02);
});

test('in unmergeable-parent only children and peers share contents of the family in mergeable memory', () => {
  const { groups } = load('unmergeable-parent').load;
  for (const group of groups) {
    const shares = group.regions.filter((one) => one.contents.pools.some(({ pool }) => pool === 'family'));
    const isParent = groups.some((other) => other.parent === group.name);
    assert.ok(shares.every((one) => one.mergeable === !isParent));
    assert.is(group.madviseInherited === true, group.start === 'fork');
  }
});

test('a group that does not madvise what it inherits is described as before', () => {
  for (const group of load('fork-heavy').load.groups) assert.not('madviseInherited' in group);
});

test('zx1800-512 is the captured device', () => {
  const { memory, load, cpus } = deviceAlone('zx1800-512');
  const reserved = memory.reserved.reduce((total, span) => total + span.pages, 0);
  assert.is((memory.frames - reserved) * 4, 443_652);
  assert.is(cpus, 4);
  assert.is(
    load.groups.reduce((total, group) => total + group.count, 0),
    54,
  );
  const forked = load.groups
    .filter((group) => group.parent === 'zygote')
    .reduce((total, group) => total + group.count, 0);
  assert.is(forked, 22);
  near(rmapItems(load.groups), 57_510, 0.01);
  near(anonPages(load.groups) * 4, 131_492 + 4 * 4600, 0.02);
});

test('msm8916-512 is the captured device', () => {
  const { memory, load } = deviceAlone('msm8916-512');
  const reserved = memory.reserved.reduce((total, span) => total + span.pages, 0);
  assert.is((memory.frames - reserved) * 4, 402_324);
  assert.equal(
    memory.cma.map((area) => [area.name, area.pages / 256, area.isDefault]),
    [
      ['default', 8, true],
      ['venus-qseecom', 8, false],
      ['audio', 4, false],
    ],
  );
  near(rmapItems(load.groups), 69_114, 0.01);
});

test('testbed-512 is the recorded machine', () => {
  const { memory, load, cpus, hz, costs } = deviceAlone('testbed-512');
  assert.is(memory.cma[0].first, 97_280);
  assert.is(memory.cma[0].pages, 32_768);
  assert.equal([cpus, hz, costs.name, costs.forkPte], [2, 250, 'testbed', 100]);
  assert.is(load.groups.find((group) => group.name === 'worker')!.regions[0].pages, 24_576);
});

for (const device of ['zx1800-512', 'msm8916-512', 'testbed-512']) {
  test(`${device}: spans lie inside memory, in whole pageblocks where CMA, and apart`, () => {
    const { memory } = deviceAlone(device);
    const spans = [...memory.reserved, ...memory.cma].sort((a, b) => a.first - b.first);
    spans.forEach((span, index) => {
      assert.ok(span.first >= 0 && span.first + span.pages <= memory.frames, span.name);
      const next = spans.at(index + 1);
      if (next !== undefined) assert.ok(span.first + span.pages <= next.first, `${span.name} and ${next.name}`);
    });
    for (const area of memory.cma) assert.equal([area.first % 1024, area.pages % 1024], [0, 0]);
    assert.is(memory.cma.filter((area) => area.isDefault).length, 1);
  });
}

test('parents stand before their children', () => {
  const { groups } = loadText(
    'about: Child first.\ndevice: zx1800-512\npopulation: own\ngroups:\n' +
      '  child: { count: 1, start: fork, parent: mother, oom_score_adj: 0, regions: {} }\n' +
      '  mother: { count: 1, start: exec, oom_score_adj: 0, regions: {} }\n',
  ).description.load;
  assert.equal(
    groups.map((group) => group.name),
    ['mother', 'child'],
  );
});

test('a workload changes, adds and removes named entries of its device', () => {
  const { load } = loadText(
    'about: Merged.\ndevice: zx1800-512\npins: { transient: none }\ngroups:\n  app: { count: 3 }\n' +
      '  tool: { count: 2, start: exec, oom_score_adj: 0, regions: {} }\n',
  ).description;
  assert.equal(load.pins, []);
  assert.is(load.groups.find((group) => group.name === 'app')!.count, 3);
  assert.is(load.groups.find((group) => group.name === 'app')!.regions.length, 4);
  assert.is(load.groups.find((group) => group.name === 'tool')!.count, 2);
  assert.is(problemsOf(() => loadText('about: X.\ndevice: zx1800-512\npins: { other: none }\n')).length, 1);
});

test('every cost has its source', () => {
  for (const { name } of listCostProfiles()) {
    const { profile, sources } = loadCosts(name);
    const keys = Object.keys(profile).filter((key) => key !== 'name');
    assert.equal(Object.keys(sources), keys);
    for (const source of Object.values(sources)) assert.match(source, /assumption|derived|cost_r0|notes/);
  }
  assert.throws(
    () => loadCosts('cortex-a8'),
    (error: unknown) => error instanceof UsageError && error.message.includes('cortex-a7'),
  );
});

test('an unknown workload names the nearest and lists them all', () => {
  assert.throws(
    () => loadWorkload('fork-heavi', AS_IS),
    (error: unknown) =>
      error instanceof UsageError && /did you mean fork-heavy\?.*zygote-launch/.test(error.hint ?? ''),
  );
});

test('linux-6.1 says what the model takes to have changed by then, and the trees of 3.10 say nothing of it', () => {
  const kernelOf = (name: string) =>
    loadText(`about: A kernel.\ndevice: msm8916-512\nkernel: ${name}\n`).description.kernel;
  assert.equal(kernelOf('linux-6.1').changes, CHANGED_BY_6_1);
  assert.ok(kernelOf('linux-6.1').cmaBitmapFirst);
  for (const name of ['linux-3.10.49', 'msm-3.10.49']) assert.not('changes' in kernelOf(name));
});

test.run();
