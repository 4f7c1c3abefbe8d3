/** Pages that stood in the way for other reasons than a lost mapping, and kernels other than 3.10. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CellInput, DeviceDescription, LoadDescription } from '../description.ts';
import { runCell } from '../device.ts';
import { CHANGED_BY_6_1 } from '../kernelProfiles.ts';
import { cell, device } from '../load/testing.ts';
import type { Cause } from '../observations.ts';
import { explainRequest } from './explain.ts';
import { CROWDED, SECOND } from './testing.ts';
import type { Explanation } from './types.ts';

function onDevice(load: Partial<LoadDescription>, kernel: Partial<DeviceDescription['kernel']> = {}): CellInput {
  const description = device({ ...CROWDED, ...load }, { durationNs: 3 * SECOND });
  return cell({ ...description, kernel: { ...description.kernel, ...kernel } });
}

/** Of the first request in whose way a page of that cause and kind stood, that page's explanation. */
function explain(input: CellInput, cause: Cause, kind: string): Explanation {
  for (const [index, { errno }] of runCell(input).attempts.entries()) {
    if (errno === 0) continue;
    const request = { number: index + 1, cause: null, plugins: [] };
    const { tries } = explainRequest(input, { ...request, pfn: null })!.request;
    const page = tries.flatMap(({ blockers }) => blockers).findLast((one) => one.cause === cause && one.kind === kind);
    if (page !== undefined) return explainRequest(input, { ...request, pfn: page.pfn })!;
  }
  throw new Error(`no ${kind} page of cause ${cause}`);
}

test('a pinned page: who pins it and since when, and a script that pins a page, too', () => {
  const gup = { name: 'gup', perSecond: 40, pages: 6, holdNs: 2 * SECOND, target: 'anon' } as const;
  const { story, request, reproduction } = explain(onDevice({ pins: [gup] }), 'pin', 'anon');
  const { blocker, lost } = story!;
  assert.equal(lost, [], 'all its mappings were found');
  assert.is(blocker.found, blocker.mapcount);
  const [pin] = blocker.pinnedBy;
  assert.is(pin.holder, 'gup');
  assert.ok(pin.since < request.answered);
  assert.ok(reproduction!.test.actions.some(({ op }) => op === 'pin'));
  assert.ok(reproduction!.outcomes.every(({ isFound }) => isFound !== true));
});

test('where nothing is merged only pins are in the way, and the first page is told of', () => {
  const gup = { name: 'gup', perSecond: 40, pages: 6, holdNs: 2 * SECOND, target: 'anon' } as const;
  const { description } = onDevice({ pins: [gup] });
  const input = cell({ ...description, ksm: { ...description.ksm, run: 0 } });
  const failed = runCell(input).attempts.findIndex(({ errno }) => errno !== 0) + 1;
  assert.ok(failed > 0);
  const { story } = explainRequest(input, { number: failed, pfn: null, cause: null, plugins: [] })!;
  assert.is(story!.blocker.cause, 'pin');
});

test('a page of a file has no script, and nobody has lost it', () => {
  const input = onDevice(
    {
      pageCache: { pages: 2500, buffers: 0.3, readsPerSecond: 200, dirtiesPerSecond: 200, dirtyNs: SECOND / 2 },
      pins: [{ name: 'file-gup', perSecond: 60, pages: 6, holdNs: 3 * SECOND, target: 'file' }],
    },
    { pageCacheOutsideCma: false },
  );
  const { story, reproduction, notReproduced } = explain(input, 'pin', 'file');
  assert.equal([story!.blocker.kind, story!.lost.length, reproduction], ['file', 0, null]);
  assert.match(notReproduced!, /this page is of a file/);
});

test('on a device with the changes up to 6.1 the script has them, too', () => {
  const { reproduction } = explain(onDevice({}, { changes: CHANGED_BY_6_1 }), 'B1', 'ksm');
  assert.equal(reproduction!.test.config, { kernel: 'linux-6.1' });
});

test.run();
