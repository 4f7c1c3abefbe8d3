/**
 * What the cost of a cell grows with: simulated time, mapped pages, frames of the CMA area, mappings of a page. CPU
 * time, lines and power laws fitted through it; and entries of blocks of code (steps.ts), which do not depend on the
 * machine.
 */
import { runCellBySeconds, startCell } from '../../../sim/index.ts';
import type { CellInput } from '../../../sim/index.ts';
import { medianLimits } from '../../stats/medianLimits.ts';
import { cpuMs } from '../cpuTime.ts';
import type { Report } from '../registry.ts';
import type { Figure } from '../wall.ts';
import { powerLaw, straightLine, type Fit, type Point } from './fit.ts';
import { allocateAndFree, cellOf, emptyDevice, mappedPtes, ofSize, sharedPage, walkTwice } from './scenes.ts';
import type { Sharing } from './scenes.ts';
import { allSteps, countSteps } from './steps.ts';

const WORKLOAD = 'zygote-launch';
/** s of simulated time that are measured; the youngest spawned apps live until the 20th is there, after 100 s. */
const SECONDS = [30, 60, 120, 240, 480];
const QUICK_SECONDS = [5, 10, 20];
/** Parts of the device's processes. */
const FACTORS = [1 / 8, 1 / 4, 1 / 2, 1];
const FACTOR_SECONDS = 20;
/** Frames: 16, 32, 64 and 128 MB. */
const AREAS = [4096, 8192, 16_384, 32_768];
const REQUESTS = [1, 16];
const MAPPINGS = [1, 10, 25, 50, 100];
/** Calls that are timed together: of some 20 us each, and of some us. */
const REQUESTS_A_CALL = 200;
const WALKS_A_CALL = 500;

/** A cost against what it is supposed to grow with. */
interface Growth {
  readonly name: string;
  readonly points: readonly Point[];
  readonly line: Fit;
  readonly law: Fit;
}

/** All `subjects` in turn, `iterations` times, after one turn that does not count. y: CPU ms. */
function growth(name: string, subjects: readonly { x: number; run: () => number }[], iterations: number): Growth {
  const points: Point[] = [];
  for (let turn = 0; turn <= iterations; turn++) {
    for (const { x, run } of subjects) {
      const y = run();
      if (turn > 0) points.push({ x, y });
    }
  }
  return { name, points, line: straightLine(points), law: powerLaw(points) };
}

/** From the booted device on. */
function withTime(iterations: number, quick: boolean): Growth {
  const subjects = (quick ? QUICK_SECONDS : SECONDS).map((seconds) => ({
    x: seconds,
    run: () => {
      const run = runCellBySeconds(cellOf(WORKLOAD, ['warm_up=0s'], seconds));
      run.next();
      return cpuMs(() => {
        while (run.next().done !== true);
      });
    },
  }));
  return growth(`a cell of ${WORKLOAD} with its simulated seconds`, subjects, iterations);
}

/** Boot and settling included: both walk every page. */
function withPages(iterations: number): Growth {
  const whole = cellOf(WORKLOAD, ['warm_up=0s', 'ksm.pages_to_scan=1000'], FACTOR_SECONDS);
  const subjects = FACTORS.map((factor) => {
    const input = ofSize(whole, factor);
    return {
      x: mappedPtes(startCell(input)),
      run: () =>
        cpuMs(() => {
          wholeCell(input);
        }),
    };
  });
  return growth(`a cell of ${WORKLOAD} with its mapped pages`, subjects, iterations);
}

function wholeCell(input: CellInput): void {
  const run = runCellBySeconds(input);
  while (run.next().done !== true);
}

function withArea(pages: number, iterations: number): Growth {
  const subjects = AREAS.map((area) => {
    const world = emptyDevice(area);
    const run = (): void => {
      for (let i = 0; i < REQUESTS_A_CALL; i++) allocateAndFree(world, pages);
    };
    return { x: area, run: () => cpuMs(run) / REQUESTS_A_CALL };
  });
  return growth(`a request of ${pages} page${pages === 1 ? '' : 's'} with the area`, subjects, iterations);
}

function withMappings(how: Sharing, iterations: number): Growth {
  const subjects = MAPPINGS.map((mappings) => {
    const page = sharedPage(mappings, how);
    const run = (): void => {
      for (let i = 0; i < WALKS_A_CALL; i++) walkTwice(page);
    };
    return { x: mappings, run: () => cpuMs(run) / WALKS_A_CALL };
  });
  const what = how === 'fork' ? 'shared since a fork' : 'merged by ksmd';
  return growth(`both reverse walks of a page ${what} with its mappings`, subjects, iterations);
}

/** The suite of `npm run bench`. */
export async function growthSuite(iterations: number, quick: boolean): Promise<Report> {
  const time = withTime(Math.min(iterations, 3), quick);
  const pages = withPages(Math.min(iterations, 3));
  const areas = REQUESTS.map((request) => withArea(request, iterations));
  const walks = (['fork', 'ksm'] as const).map((how) => withMappings(how, iterations));
  const steps = await countSteps(
    REQUESTS.flatMap((request) => AREAS.map((area) => ({ kind: 'request', area, pages: request }) as const)),
  );
  const figures: Figure[] = [
    ...lineFigures(time, 'ms', 'simulated second', 1),
    exponent(time),
    ...lineFigures(pages, 'us', 'mapped page', 1e3),
    exponent(pages),
    ...areas.flatMap((area) => areaFigures(area)),
    ...walks.flatMap((walk) => lineFigures(walk, 'ns', 'mapping', 1e6)),
  ];
  const counts = steps.map(allSteps);
  const about = 'CPU time against what it grows with: slope, fit of a straight line (R2), exponent of a power law';
  return {
    suite: { name: 'growth', about, timings: [], figures },
    growth: [time, pages, ...areas, ...walks],
    notes: REQUESTS.map((request, i) => {
      const seen = counts.slice(i * AREAS.length, (i + 1) * AREAS.length);
      const pages = request === 1 ? '1 page' : `${request} pages`;
      return `A request of ${pages}, all free, enters ${[...new Set(seen)].join(', ')} blocks of the model's code in areas of ${AREAS.join(', ')} frames.`;
    }),
  };
}

function lineFigures({ name, points, line }: Growth, unit: string, per: string, scale: number): Figure[] {
  const { slope, low, high } = line;
  const scaled = { value: slope * scale, low: low * scale, high: high * scale };
  return [
    { name, ...scaled, unit: `${unit}/${per}`, better: 'less', samples: points.length },
    { name: `${name}, R2`, value: line.r2, unit: '', better: 'more', samples: points.length },
  ];
}

/** Of what is not to grow at all. */
function areaFigures(area: Growth): Figure[] {
  const { name, points } = area;
  const { median, low, high } = medianLimits(points.map(({ y }) => y * 1e3));
  return [{ name, value: median, low, high, unit: 'us', better: 'less', samples: points.length }, exponent(area)];
}

function exponent({ name, points, law }: Growth): Figure {
  const { slope, low, high } = law;
  return { name: `${name}, exponent`, value: slope, low, high, unit: '', better: 'less', samples: points.length };
}
