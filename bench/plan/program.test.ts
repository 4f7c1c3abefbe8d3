/** Workloads with a `program`: what reaches the model, what may not stand beside it, and where a mistake is. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../errors.ts';
import { planCells } from './cells.ts';
import { AS_IS, loadText, problemsOf, refused } from './testing.ts';

const HEAVY = `about: A test.
device: testbed-512
ksm: { pages_to_scan: 1000 }
program: { scen: fork_heavy, mb: 32, frate: 0.5, T: 30, sizes: [1, 256, whole], ballast: 96, seeds: [3, 4] }
`;
const SCRIPTED = `about: A test.
device: testbed-512
program: { scen: greater_det, control: 1 }
`;

test('what the file says and nothing else reaches the program, and the load is empty', () => {
  const { description, settings } = loadText(HEAVY);
  assert.equal(description.program, {
    params: { scen: 'fork_heavy', ballast: '96', sizes: '1,256,whole', mb: '32', frate: '0.5', T: '30' },
    seeds: [3, 4],
  });
  const { groups, spawners, cmaClients, pins, pageCache } = description.load;
  assert.equal([groups, spawners, cmaClients, pins, pageCache.pages], [[], [], [], [], 0]);
  assert.is(settings['program.scen'], 'fork_heavy');
  assert.is(settings['ksm.pages_to_scan'], 1000);
  assert.is(settings['duration'], undefined);
  assert.equal(loadText(SCRIPTED).description.program!.seeds, [1]);
});

test('other workloads are described without one, so that the ids of their cells stay', () => {
  assert.not('program' in loadText('about: A test.\ndevice: testbed-512\n').description);
});

test('--set reaches its keys and the settings of ksmd, and makes another cell', () => {
  const set = ['program.T=5', 'program.seeds[0]=9', 'ksm.sleep_millisecs=500'];
  const changed = loadText(HEAVY, { ...AS_IS, set });
  assert.is(changed.description.program!.params['T'], '5');
  assert.equal(changed.description.program!.seeds, [9, 4]);
  assert.is(changed.description.ksm.sleep_millisecs, 500);
  const options = { strategies: ['stock'], seeds: 1, firstSeed: 1, auditEveryNs: 0 };
  const ids = planCells({ ...options, workloads: [loadText(HEAVY), { ...changed, name: 'other' }] }).map(
    ({ id }) => id,
  );
  assert.is.not(ids[0], ids[1]);
});

test('--quick shortens T alone; a duration is refused', () => {
  const quick = { ...AS_IS, quick: true };
  assert.is(loadText(HEAVY, quick).description.program!.params['T'], '20');
  assert.is(loadText(HEAVY, { ...quick, set: ['program.T=25'] }).description.program!.params['T'], '25');
  assert.is(loadText(SCRIPTED, quick).description.program!.params['T'], undefined);
  assert.throws(
    () => loadText(HEAVY, { ...AS_IS, durationNs: 5e9 }),
    (thrown: unknown) => thrown instanceof UsageError && /--set program\.T/.test(thrown.hint ?? ''),
  );
});

const BESIDE: readonly [string, string][] = [
  ['▸duration: 3 s', 'duration'],
  ['▸warm_up: 3 s', 'warm_up'],
  ['▸settle_scans: 1', 'settle_scans'],
  ['▸groups: {}', 'groups'],
  ['▸spawners: {}', 'spawners'],
  ['▸cma_clients: {}', 'cma_clients'],
  ['▸pins: {}', 'pins'],
  ['▸page_cache: { size: 4 MB }', 'page_cache'],
  ['▸content_epoch: 4 s', 'content_epoch'],
];

for (const [line, path] of BESIDE) {
  test(`beside a program: ${path}`, () => refused(`${HEAVY}${line}\n`, path, /has no effect beside `program`/));
}

test('its own population goes without saying, that of the device is refused', () => {
  assert.equal(
    problemsOf(() => loadText(`${HEAVY}population: own\n`)),
    [],
  );
  refused(`${HEAVY}population: ▸device\n`, 'population', /no processes of the device/);
});

test('ksmd has no pace of its own where the program steps it', () => {
  refused(`${SCRIPTED}ksm: { ▸pages_to_scan: 100 }\n`, 'ksm.pages_to_scan', /steps ksmd itself/);
  const [problem] = problemsOf(() => loadText(SCRIPTED, { ...AS_IS, set: ['ksm.sleep_millisecs=5'] }));
  assert.is(problem.file, '--set');
  assert.match(problem.message, /steps ksmd itself/);
  assert.equal(
    problemsOf(() => loadText(`${SCRIPTED}ksm: { run: 0 }\n`)),
    [],
  );
});

const WRONG: readonly [string, string, string, RegExp][] = [
  ['mb: 32', 'mb: ▸385', 'program.mb', /from 1 to 384, found `385`/],
  ['mb: 32', 'mb: ▸32 MB', 'program.mb', /expected a whole number/],
  ['frate: 0.5', 'frate: ▸-1', 'program.frate', /expected a number from 0 to 1000/],
  ['ballast: 96', 'ballast: ▸lead', 'program.ballast', /`aged`, `auto` or a whole number from 0 to 480/],
  ['sizes: [1, 256, whole]', 'sizes: [1, ▸half]', 'program.sizes[1]', /`whole` or a whole number/],
  ['sizes: [1, 256, whole]', 'sizes: ▸[]', 'program.sizes', /1 to 32 entries/],
  ['scen: fork_heavy', 'scen: ▸fork_hevy', 'program.scen', /did you mean `fork_heavy`/],
  ['frate: 0.5', '▸frat: 0.5', 'program.frat', /did you mean `frate`/],
  ['frate: 0.5', '▸sleep: 20', 'program.sleep', /unknown key/],
  ['seeds: [3, 4]', 'seeds: [▸-3]', 'program.seeds[0]', /whole number from 0/],
];

for (const [from, to, path, message] of WRONG) {
  test(`wrong: ${to}`, () => refused(HEAVY.replace(from, to), path, message));
}

test('a machine that is not like that of the recordings is refused', () => {
  const problems = (text: string) => problemsOf(() => loadText(text)).map(({ path, message }) => `${path}: ${message}`);
  const other = problems(HEAVY.replace('testbed-512', 'zx1800-512'));
  assert.ok(other.some((line) => /^memory\.reserved: .*first 16 MB/.test(line)));
  assert.ok(other.some((line) => line.startsWith('memory.lowmemorykiller: ')));
  const second = problems(`${HEAVY}memory: { cma: { other: { size: 4 MB } } }\n`);
  assert.ok(second.some((line) => line.startsWith('memory.cma: the program knows one CMA area')));
  const unmerging = problems(HEAVY.replace('ksm: { ', 'ksm: { run: 2, '));
  assert.ok(unmerging.some((line) => line.startsWith('ksm.run: expected 1, or 0')));
});

test('a workload without one is not made to run one', () => {
  const problems = problemsOf(() => loadText('about: A.\ndevice: testbed-512\n', { ...AS_IS, set: ['program.T=5'] }));
  assert.ok(problems.some(({ file, message }) => file === '--set' && /runs no program/.test(message)));
});

test.run();
