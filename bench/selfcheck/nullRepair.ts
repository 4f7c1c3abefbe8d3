/** The leftover of a merge that failed half way: who leaves none, over every interleaving of small scripts. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { strategies } from '../../sim/index.ts';
import { packageRoot } from '../plan/packageRoot.ts';
import type { Check, ScriptResult } from './check.ts';
import { ownFile } from './plan.ts';

/** Exploring runs ksmd whatever `run` says; that KSM off leaves nothing is the check `ksm-off`. */
const SKIPPED = 'ksm-off';
/** It copies a page that lies in CMA instead of upgrading it, and leaves others as they are. */
const IN_CMA_ONLY = 'ksm-outside-cma';
/** The script whose pages lie outside CMA. */
const OUTSIDE = 'b6-outside';

const asked = strategies.filter(({ name }) => name !== SKIPPED);

/** The scripts of B6 that come with the tool, and two of this check. */
function files(): string[] {
  const folder = join(packageRoot(), 'workloads', 'litmus', 'explore');
  const shipped = readdirSync(folder).filter((name) => /^b6-.*\.yaml$/.test(name));
  return [...shipped.sort().map((name) => join(folder, name)), ownFile('b6.yaml')];
}

export const nullRepair: Check = {
  id: 'null-repair',
  claim: 'every strategy leaves B6 but null-repair and those that include it',
  rule:
    'Every interleaving of b6-pagevec, b6-stale, b6-trylock, and of two more scripts in which ksmd finds nothing done. Left: a mapping is unfindable for B6 in some state of some script. ' +
    'Those that say they remove B6 (null-repair; heir-items, which never takes an upgrade back) leave it in none, all others leave it; ' +
    'ksm-outside-cma leaves it in the script whose pages lie outside CMA, and in no other. ksm-off has no merges to explore: see the check ksm-off.',
  needs: () => ({
    cells: new Map(),
    scripts: asked.flatMap(({ name }) => files().map((file) => ({ file, strategy: name }))),
  }),
  judge: ({ scripts }) => {
    const failed: string[] = [];
    const figures = asked.map(({ name, claims }) => {
      const own = scripts.filter(({ strategy }) => strategy === name);
      const left = own.filter(isLeft).map(({ script }) => script);
      for (const { script, complete } of own)
        if (!complete) failed.push(`${name}: ${script} was not explored to its end`);
      if (own.length === 0) failed.push(`${name} was not explored`);
      else if (claims.includes('B6') && left.length > 0) failed.push(`${name} leaves B6 in ${left.join(', ')}`);
      else if (!claims.includes('B6') && left.length === 0) failed.push(`${name} leaves no B6, and does not say so`);
      if (name === IN_CMA_ONLY && left.some((script) => script !== OUTSIDE))
        failed.push(`${name} leaves B6 in CMA, in ${left.join(', ')}`);
      return { strategy: name, 'B6 left in': left.length === 0 ? 'none' : left.join(' '), scripts: own.length };
    });
    return { failed, figures };
  },
};

function isLeft({ causes }: ScriptResult): boolean {
  return causes.B6 !== undefined;
}
