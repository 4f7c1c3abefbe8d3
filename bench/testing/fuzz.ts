/**
 * `npm run fuzz -- --seconds N --seed S --out FILE`: random scripts on the model and on the reference, compared after every
 * action. Exit 1 with a short script, printed and written to FILE, when they disagree.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { Disagreement } from './fuzzCompare.ts';
import { litmusYaml } from './fuzzReport.ts';
import { fuzzBatch } from './fuzzRun.ts';

const PROGRESS_MS = 5000;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const firstSeed = Number(values.seed);
if (!(seconds > 0) || !Number.isInteger(firstSeed)) {
  console.error('usage: npm run fuzz -- [--seconds N] [--seed S] [--out FILE]');
  process.exit(2);
}
process.exitCode = run(seconds, firstSeed, values.out);

function run(duration: number, start: number, out: string | undefined): number {
  const begun = performance.now();
  const elapsed = (): number => performance.now() - begun;
  let scripts = 0;
  let compared = 0;
  let shown = 0;
  const summary = (): string => {
    const rate = (compared / elapsed()) * 1000;
    return `${scripts} scripts, ${compared} actions compared, ${rate.toFixed(0)} a second`;
  };
  for (let seed = start; elapsed() < duration * 1000; seed++) {
    const batch = fuzzBatch(seed);
    scripts += batch.scripts;
    compared += batch.compared;
    if (batch.disagreement !== null) {
      console.log(summary());
      report(seed, batch.disagreement, out ?? join(tmpdir(), `cma-stress-fuzz-${seed}.yaml`));
      return 1;
    }
    if (elapsed() - shown < PROGRESS_MS) continue;
    shown = elapsed();
    console.log(`seed ${seed}: ${summary()}`);
  }
  console.log(`no disagreement: ${summary()}`);
  return 0;
}

function report(seed: number, disagreement: Disagreement, path: string): void {
  const yaml = litmusYaml(disagreement, seed);
  writeFileSync(path, yaml);
  console.log(`seed ${seed}: the models disagree; the script is in ${path}\n\n${yaml}`);
}
