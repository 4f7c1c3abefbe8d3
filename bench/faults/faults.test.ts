/**
 * Each fault of the queue once, but for those that queue.test.ts has, and many cells through it; `npm run test:faults`
 * injects all of them, and those of one machine, often.
 */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suiteInScratch } from '../testing/command.ts';
import { needsRedis } from '../testing/redis.ts';
import { QUEUE_FAULTS } from './faults.ts';
import { injectAll } from './inject.ts';
import { loadText, loadTrouble, measureLoad } from './load.ts';
import { Site } from './site.ts';

const suite = suiteInScratch('faults');
const test = needsRedis(suite);

/** Wrong versions and passwords are tests of queue.test.ts. */
const ELSEWHERE = ['other-version', 'wrong-password'];

/** A tenth of what `npm run test:faults` takes: enough that a job has its greatest length. */
const LOAD_CELLS = 2_000;

let site: Site;

suite.before(({ dir }) => {
  site = new Site(join(dir, 'site'));
});

suite.after(() => site.end());

for (const fault of QUEUE_FAULTS.filter(({ name }) => !ELSEWHERE.includes(name))) {
  test(`${fault.name}: nothing is lost, doubled or changed`, async () => {
    const { tolls, trouble, skipped } = await injectAll(fault, site, { times: 1, say: () => undefined });
    assert.equal(trouble, []);
    if (skipped !== null) {
      console.log(`skipped: ${fault.name}: ${skipped}`);
      return;
    }
    assert.equal(tolls, [{ lost: 0, doubled: 0, equal: true }]);
  });
}

test(`${LOAD_CELLS} tiny cells: bounded memory`, async () => {
  const load = await measureLoad(site, LOAD_CELLS);
  assert.is(loadTrouble(load), null, loadText(load));
});

test.run();
