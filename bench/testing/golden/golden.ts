/**
 * Cells whose observations are known by their digest (`golden.json`): every shipped workload at two speeds of ksmd,
 * every strategy on a small device, audits, the recorded program on two kernels, a replayed trace. They are short, so
 * that all take a few seconds of CPU time; what they observe differs as soon as the model does in nearly anything.
 *
 * A cell's id names its input and the version of the model: two digests of one id are a change of the model that
 * MODEL_VERSION does not tell of.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCell, strategies } from '../../../sim/index.ts';
import { importWorkload } from '../../import/importWorkload.ts';
import { canonicalJson, listWorkloads, loadWorkload, loadWorkloadText, planCells } from '../../plan/index.ts';
import { packageRoot } from '../../plan/packageRoot.ts';
import type { Cell, ResolvedWorkload } from '../../plan/types.ts';
import { scratchDirectory } from '../command.ts';
import { writeTinyWorkload } from '../smallWorkloads.ts';

export const GOLDEN_FILE = join(packageRoot(), 'bench', 'testing', 'golden', 'golden.json');

export interface Golden {
  /** Of the cell: its input and the model's version. */
  readonly id: string;
  /** Of what the model observed: 16 hex digits. */
  readonly digest: string;
}

/** By the name of the cell; undefined for one that is new. */
export type Goldens = Readonly<Record<string, Golden | undefined>>;

const SECOND = 1_000_000_000;
/** Measured time of a cell of a shipped workload, ns: settling and warm-up before it are most of the work. */
const SHORT_NS = 3 * SECOND;
/** pages_to_scan/sleep_millisecs: the pace of the devices, and one at which ksmd hardly sleeps. */
const PACES = ['100/20', '1000/20'];

/** Few servers and much forking, so that the program is over in seconds. */
const PROGRAM = `about: The recorded program, made short.
device: testbed-512
program: { scen: fork_heavy, ballast: 0, mb: 8, T: 5, warm: 1, sizes: [1, 256, 1024], frate: 4, life: 500 }
`;

/** Reads `golden.json`. */
export function readGoldens(): Goldens {
  return JSON.parse(readFileSync(GOLDEN_FILE, 'utf8')) as Goldens;
}

/** Makes the cells by name, in the order of the file. */
export async function goldenCells(): Promise<ReadonlyMap<string, Cell>> {
  return new Map([...shippedCells(), ...strategyCells(), ...programCells(), ...(await replayedCells())]);
}

export function goldenOf(cell: Cell): Golden {
  const observed = canonicalJson(runCell(cell.input));
  return { id: cell.id, digest: createHash('sha256').update(observed).digest('hex').slice(0, 16) };
}

/** The names of cells whose observations became others although neither their input nor the model's version did. */
export function untold(before: Goldens, now: Goldens): string[] {
  return Object.keys(now).filter((name) => {
    const known = before[name];
    return known?.id === now[name]?.id && known?.digest !== now[name]?.digest;
  });
}

function* shippedCells(): Generator<[string, Cell]> {
  for (const { name } of listWorkloads())
    for (const pace of PACES) yield [`${name} ${pace}`, cellOf(loadWorkload(name, short(paced(pace))), 'stock')];
  const audited = cellOf(loadWorkload('zygote-launch', short(paced('2000/5'))), 'heir-items', 2 * SECOND);
  yield ['zygote-launch 2000/5 heir-items, audited', audited];
}

function* strategyCells(): Generator<[string, Cell]> {
  const scratch = scratchDirectory();
  try {
    const tiny = loadWorkload(writeTinyWorkload(scratch.path), { set: [], durationNs: null, quick: false });
    for (const { name } of strategies) yield [`small device, ${name}`, cellOf(tiny, name, SECOND)];
  } finally {
    scratch.remove();
  }
}

function* programCells(): Generator<[string, Cell]> {
  for (const kernel of ['linux-3.10.49', 'linux-6.1']) {
    const program = loadWorkloadText(PROGRAM, 'program', { set: [`kernel=${kernel}`], durationNs: null, quick: false });
    yield [`recorded program, ${kernel}`, cellOf(program, 'stock')];
  }
}

async function replayedCells(): Promise<[string, Cell][]> {
  const trace = join(packageRoot(), 'bench', 'import', 'testdata', 'raw_heavy_small_full.ftrace.txt.gz');
  const { yaml } = await importWorkload([trace], { as: null, device: null, replay: true });
  return [['replayed trace', cellOf(loadWorkloadText(yaml, 'replayed', short([])), 'stock')]];
}

function paced(pace: string): string[] {
  const [pages, sleep] = pace.split('/');
  return [`ksm.pages_to_scan=${pages}`, `ksm.sleep_millisecs=${sleep}`];
}

function short(set: readonly string[]): { set: readonly string[]; durationNs: number; quick: boolean } {
  return { set, durationNs: SHORT_NS, quick: false };
}

function cellOf(workload: ResolvedWorkload, strategy: string, auditEveryNs = 0): Cell {
  const [cell] = planCells({ workloads: [workload], strategies: [strategy], seeds: 1, firstSeed: 1, auditEveryNs });
  return cell;
}
