/** What the suites of the harness measure is what a run does: threads, journal, statistics and summary. */
import * as assert from 'uvu/assert';
import { runCell } from '../../../sim/index.ts';
import { groupKey, loadWorkload } from '../../plan/index.ts';
import { reduceCell } from '../../run/reduce.ts';
import { suiteInScratch } from '../../testing/command.ts';
import { writeTinyWorkload } from '../../testing/smallWorkloads.ts';
import { SWEPT_STRATEGIES, withSweep } from './sweep.ts';
import { emptyCells } from './threads.ts';

const test = suiteInScratch('suites of the harness');

test('cells of a sweep are those that were observed, each without some requests', async ({ dir }) => {
  const workload = loadWorkload(writeTinyWorkload(dir), { set: [], durationNs: null, quick: false });
  const input = { description: workload.description, seed: 1, auditEveryNs: 0 };
  const observed = new Map(
    SWEPT_STRATEGIES.map((strategy) => [
      groupKey({ workload: workload.name, strategy }),
      runCell({ ...input, strategies: [strategy] }),
    ]),
  );
  await withSweep({ workloads: [workload], observed, modelMs: 0 }, 3, 1, ({ plan, run, summary }) => {
    const records = [...run.records];
    assert.equal([plan.count, records.length], [6, 6]);
    const cells = [...plan];
    for (const [index, { migration, ksm, cma }] of records.entries()) {
      const seen = observed.get(groupKey(cells[index]))!;
      const whole = reduceCell(cells[index], seen);
      assert.equal([migration, ksm], [whole.migration, whole.ksm]);
      assert.ok(cma.attempts < whole.cma.attempts && cma.attempts > 0.9 * whole.cma.attempts, `${cma.attempts}`);
    }
    assert.match(summary(), workload.name);
  });
});

test('a thread starts, and cells that are not run come back', async () => {
  const { timings } = (await emptyCells(1)).suite;
  assert.equal(
    timings.map(({ perUnit }) => perUnit?.unit),
    [undefined, 'cell'],
  );
});

test.run();
