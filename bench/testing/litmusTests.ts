/** The litmus tests that come with the tool: the conformance suites, and the files of `workloads/litmus/`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LitmusTest } from '../../sim/litmus/types.ts';
import { readLitmusFile } from '../litmus/parse.ts';
import { packageRoot } from '../plan/packageRoot.ts';

const FOLDER = join(packageRoot(), 'workloads', 'litmus');
const SUITES = ['kernel-3.10-named.json', 'kernel-3.10-random.json'];

export function conformanceTests(): LitmusTest[] {
  return SUITES.flatMap((file) => {
    const suite = JSON.parse(readFileSync(join(FOLDER, 'conformance', file), 'utf8')) as {
      scenarios: (Omit<LitmusTest, 'config'> & Partial<LitmusTest>)[];
    };
    return suite.scenarios.map((scenario) => ({ config: {}, ...scenario }));
  });
}

export function shippedTests(): LitmusTest[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
  return files.flatMap((file) => readLitmusFile(join(FOLDER, file)).map(({ test }) => test));
}
