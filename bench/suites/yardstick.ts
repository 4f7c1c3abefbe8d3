/**
 * ksmd's page visits in JavaScript and in C on the same state of the same device, in turn: how far the model is from
 * what the machine can do. Both make the same passes from the same state and must leave the same state behind.
 *
 * JavaScript takes the way that a cell takes: ksmd is stepped by the scheduler. CPU time is compared, not wall time.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { medianLimits, type MedianEstimate } from '../stats/medianLimits.ts';
import { compileYardstick, findCompiler, type Compiler } from './native/compile.ts';
import { RestingDevice, type VisitMix } from './restingDevice.ts';
import type { Report } from './registry.ts';
import { cellOf, ofSize } from './scaling/scenes.ts';
import { differingSections, encodeState, stateOf, type Changes } from './snapshot.ts';
import type { Figure } from './wall.ts';

/** Passes of one measurement, the first of which does not count: some 500,000 visits. */
const PASSES = 10;
/** Rounds before the first that counts, while the JavaScript is compiled and optimised. */
const WARM_UP = 3;
/**
 * Of the pages with one mapping and no partner, those written between two passes. Of a quick cell of zygote-launch at
 * 100/20: while ksmd makes a pass, 5,060 of its 27,700 unshared pages turn volatile.
 */
const WRITTEN = 0.18;
/**
 * One JavaScript round and one C round are two looks at the same thing: the interval of their ratio wants more than a
 * few.
 */
const ROUNDS_PER_ITERATION = 3;

/** One round: ns of CPU time per visit. */
export interface Round {
  readonly js: number;
  readonly c: number;
}

export interface Yardstick {
  readonly compiler: Compiler | null;
  readonly mix: VisitMix;
  /** Pages written between two passes, as a mean. */
  readonly writtenPerPass: number;
  readonly visitsPerRound: number;
  readonly rounds: readonly Round[];
  /** JavaScript over C; null without a compiler. */
  readonly jsOverC: MedianEstimate | null;
  readonly jsNs: MedianEstimate;
  readonly cNs: MedianEstimate | null;
}

/** The suite of `npm run bench`. */
export function yardstickSuite(iterations: number): Promise<Report> {
  const { compiler, mix, writtenPerPass, visitsPerRound, rounds, jsOverC, jsNs, cNs } = yardstick(
    ROUNDS_PER_ITERATION * iterations,
  );
  const share = (part: number): string => `${Math.round((100 * part) / mix.total)} %`;
  const about =
    `${visitsPerRound} page visits of a device at rest a round, ${rounds.length} rounds, CPU time: ` +
    `${share(mix.linked)} linked, ${share(mix.forkShared)} met again since a fork, ${share(mix.unique)} unique, ` +
    `${share(writtenPerPass)} written before each pass`;
  const figures: Figure[] = [figure('JavaScript', jsNs, 'ns/visit', rounds.length)];
  if (cNs !== null) figures.push(figure('C', cNs, 'ns/visit', rounds.length));
  if (jsOverC !== null) figures.push(figure('JavaScript / C', jsOverC, 'x', rounds.length));
  return Promise.resolve({
    suite: { name: 'yardstick', about, timings: [], figures },
    visitsJsOverC: jsOverC?.median ?? null,
    yardstick: { compiler, mix, writtenPerPass, visitsPerRound, rounds },
    notes: [
      compiler === null
        ? 'visitsJsOverC is null: no C compiler answers to cc (or to what CC names).'
        : `The C yardstick was built with ${[compiler.command, ...compiler.flags].join(' ')} (${compiler.version}); both left the same state behind in every round.`,
    ],
  });
}

function figure(name: string, { median, low, high }: MedianEstimate, unit: string, samples: number): Figure {
  return { name, value: median, low, high, unit, better: 'less', samples };
}

/** `rounds`: how often both are measured, at least 6 for an interval. Throws Error when they do not do the same. */
export function yardstick(rounds: number): Yardstick {
  const compiler = findCompiler();
  const device = restingDevice();
  const folder = mkdtempSync(join(tmpdir(), 'cma-stress-yardstick-'));
  try {
    const program = compiler === null ? null : compileYardstick(compiler, folder);
    const measured: Round[] = [];
    let visits = 0;
    let written = 0;
    for (let round = 0; round < WARM_UP + rounds; round++) {
      const changes = device.planChanges(PASSES, WRITTEN);
      const { ns, ...counts } = makeRound(device, changes, program, folder);
      visits = counts.visits;
      written = changes.ptes.length / PASSES;
      if (round >= WARM_UP) measured.push({ js: ns.js / visits, c: ns.c / visits });
    }
    return {
      compiler,
      mix: device.mix,
      writtenPerPass: written,
      visitsPerRound: visits,
      ...summary(measured, program),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A pass is one batch, which nothing interrupts, and ksmd sleeps ten seconds after it. */
const ONE_BATCH = ['ksm.pages_to_scan=1000000', 'ksm.sleep_millisecs=10000'];

/** The device both run on, `factor` of it. */
export function restingDevice(factor = 1): RestingDevice {
  return new RestingDevice(ofSize(cellOf('zygote-launch', ONE_BATCH, 1), factor));
}

/** C first, on the state as it is now, then JavaScript. Throws Error when their states differ afterwards. */
export function makeRound(device: RestingDevice, changes: Changes, program: string | null, folder: string) {
  const before = join(folder, 'before');
  const after = join(folder, 'after');
  let c = NaN;
  let visitsOfC = NaN;
  if (program !== null) {
    writeFileSync(before, encodeState(stateOf(device.world, changes)));
    ({ visits: visitsOfC, cpuNs: c } = runProgram(program, [before, after]));
  }
  const { ksmd } = device.world.kernel;
  // The states are tens of MB, which would be collected, on other threads, while the passes are measured.
  collectGarbage();
  let js = 0;
  let visits = 0;
  for (let pass = 0; pass < changes.from.length - 1; pass++) {
    device.write(changes, pass);
    const scanned = ksmd.measures.pagesScanned;
    const began = process.cpuUsage();
    device.makePass();
    const { user, system } = process.cpuUsage(began);
    // The first one finds cold caches, here as in C.
    if (pass === 0) continue;
    js += (user + system) * 1e3;
    visits += ksmd.measures.pagesScanned - scanned;
  }
  if (program !== null) {
    const differing = differingSections(stateOf(device.world, changes), readFileSync(after));
    if (visits !== visitsOfC) differing.push('visits');
    if (differing.length > 0) throw new Error(`the C yardstick did not do the same: ${differing.join(', ')} differ`);
  }
  return { ns: { js, c }, visits };
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

function runProgram(program: string, parameters: readonly string[]): { visits: number; cpuNs: number } {
  const { status, stdout, stderr } = spawnSync(program, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the C yardstick ended with status ${status}: ${stderr.trim()}`);
  return JSON.parse(stdout) as { visits: number; cpuNs: number };
}

function summary(rounds: readonly Round[], program: string | null) {
  const jsNs = medianLimits(rounds.map(({ js }) => js));
  if (program === null) return { rounds, jsOverC: null, jsNs, cNs: null };
  return {
    rounds,
    jsOverC: medianLimits(rounds.map(({ js, c }) => js / c)),
    jsNs,
    cNs: medianLimits(rounds.map(({ c }) => c)),
  };
}
