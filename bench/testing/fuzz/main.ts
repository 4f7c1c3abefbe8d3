/** `npm run fuzz`: batches of random scripts until one shows a disagreement, or the time or the runs are used up. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { messageOf } from '../../errors.ts';
import { Coverage } from './coverage.ts';
import { USAGE, fuzzOptions, type FuzzOptions } from './options.ts';
import { litmusYaml } from './report.ts';
import { fuzzBatch } from './run.ts';

const PROGRESS_MS = 5000;

process.exitCode = main();

function main(): number {
  let options: FuzzOptions | null;
  try {
    options = fuzzOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${USAGE}`);
    return 2;
  }
  if (options !== null) return run(options);
  console.log(USAGE);
  return 0;
}

function run({ seed: first, runs, seconds, strategies, coverage: isShown, out }: FuzzOptions): number {
  const begun = performance.now();
  const elapsed = (): number => performance.now() - begun;
  const coverage = isShown ? new Coverage() : null;
  let scripts = 0;
  let compared = 0;
  let shown = 0;
  const summary = (): string => {
    const rate = (compared / elapsed()) * 1000;
    return `${scripts} scripts, ${compared} actions compared, ${rate.toFixed(0)} a second`;
  };
  for (let seed = first; seed < first + runs && elapsed() < seconds * 1000; seed++) {
    const batch = fuzzBatch(seed, strategies, coverage);
    scripts += batch.scripts;
    compared += batch.compared;
    if (batch.disagreement !== null) {
      const path = out ?? join(tmpdir(), `cma-stress-fuzz-${seed}.yaml`);
      const yaml = litmusYaml(batch.disagreement, seed);
      writeFileSync(path, yaml);
      console.log(`${summary()}\nseed ${seed}: a disagreement; the script is in ${path}\n\n${yaml}`);
      return 1;
    }
    if (elapsed() - shown < PROGRESS_MS) continue;
    shown = elapsed();
    console.log(`seed ${seed}: ${summary()}`);
  }
  if (coverage !== null) console.log(coverage.lines().join('\n'));
  console.log(`no disagreement: ${summary()}`);
  return 0;
}
