/**
 * A workload with a `program`: it brings its own processes, requests and times, so that nothing else may say any. What
 * the device does by itself is left out; what the workload or `--set` says besides is refused.
 */
import { testbedKeys, TESTBED_ZONE_START } from '../../sim/index.ts';
import { mergeTrees, without } from './merge.ts';
import { nodeAt, type MapNode, type Place, type Step } from './node.ts';
import { COMMAND_LINE, placeInSet, type Override } from './override.ts';
import { parseYaml } from './parseYaml.ts';
import type { Note, Problems } from './problems.ts';
import type { Schema } from './schema.ts';
import type { WorkloadFile } from './workloadSchema.ts';

/** Keys that say something beside a program. */
export const MEANINGFUL: readonly string[] = [
  'about',
  'device',
  'kernel',
  'costs',
  'population',
  'cpus',
  'hz',
  'memory',
  'ksm',
  'program',
  'seeds',
];
/** Of the device: what keeps it busy. */
const LOAD = ['groups', 'pins', 'page_cache', 'content_epoch'];
const IDLE = 'groups: {}\npage_cache: { size: 0 pages }\nsettle_scans: 0\nwarm_up: 0 s\n';
/** What ksmd does in the scenarios that do not step it. */
const PACE = ['pages_to_scan', 'sleep_millisecs'];

/** The device without what keeps it busy. */
export function idleDevice(device: MapNode, schema: Schema<unknown>): MapNode {
  return mergeTrees(without(device, LOAD), parseYaml(IDLE, 'program'), schema) as MapNode;
}

/** `own`: the workload's file without the device below it. Notes what has no effect, or none of the kind meant. */
export function checkBesideProgram(own: MapNode, overrides: readonly Override[], problems: Problems): void {
  const said = [
    ...placesIn(own, []),
    ...overrides.map(({ steps, columns }) => ({ steps, place: placeInSet(columns[0]) })),
  ];
  if (!own.entries.has('program')) {
    for (const { steps, place } of said)
      if (steps[0] === 'program')
        problems.add(place, steps, 'this workload runs no program; its file has no `program`');
    return;
  }
  const population = nodeAt(own, ['population']);
  if (population?.kind === 'scalar' && population.text === 'device')
    problems.add(population.place, ['population'], 'beside `program` there are no processes of the device; remove it');
  const isStepped = stepsKsmd(own, overrides);
  for (const { steps, place } of said) {
    const [first, second] = steps;
    if (!MEANINGFUL.includes(String(first))) {
      if (steps.length === 1 || place.file === COMMAND_LINE)
        problems.add(
          place,
          steps,
          'has no effect beside `program`, which says itself what runs and for how long; remove it',
        );
    } else if (isStepped && first === 'ksm' && PACE.includes(String(second))) {
      problems.add(place, steps, 'has no effect: in this scenario the program steps ksmd itself; remove it');
    }
  }
}

/** Keys of the first two levels, with the place of each. */
function placesIn(node: MapNode, above: readonly Step[]): { steps: readonly Step[]; place: Place }[] {
  return [...node.entries].flatMap(([key, { keyPlace, value }]) => {
    const steps = [...above, key];
    const below = value.kind === 'map' && above.length === 0 ? placesIn(value, steps) : [];
    return [{ steps, place: keyPlace }, ...below];
  });
}

/**
 * Whether the scenario, the last `--set` of it counted, is one that does not leave ksmd to itself. An unknown one is
 * somebody else's problem.
 */
function stepsKsmd(own: MapNode, overrides: readonly Override[]): boolean {
  const set = overrides.findLast(({ path }) => path === 'program.scen');
  const node = set?.value ?? nodeAt(own, ['program', 'scen']);
  const scenario = testbedKeys.SCENARIOS.find((name) => node?.kind === 'scalar' && node.text === name);
  return scenario !== undefined && !testbedKeys.isSelfPaced(scenario);
}

/** Notes a machine that is not like the one of the recordings where the program's model needs it to be. */
export function checkMachine(file: WorkloadFile, note: Note): void {
  const { memory, ksm } = file;
  if (memory.cma.length > 1)
    note(
      ['memory', 'cma'],
      `the program knows one CMA area, found ${memory.cma.length}; \`<name>: none\` takes one away`,
    );
  if (!memory.reserved.some(({ value }) => value.at === 0 && value.size >= TESTBED_ZONE_START))
    note(
      ['memory', 'reserved'],
      'the program runs on a machine whose first 16 MB are a carve-out (ZONE_DMA), as those of the device testbed-512 are',
    );
  if (memory.lowmemorykiller.length > 0)
    note(['memory', 'lowmemorykiller'], 'there is no lowmemorykiller on the machine of the program; write []');
  if (ksm.run === 2)
    note(['ksm', 'run'], 'expected 1, or 0 for a machine without KSM: the program writes to run itself');
}
