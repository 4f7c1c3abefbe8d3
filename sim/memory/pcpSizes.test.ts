import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pcpSizes } from './pcpSizes.ts';

test('3.10: a batch of about a thousandth of a quarter of the zone, six of them', () => {
  assert.equal(pcpSizes(110_000, 600, 4, false), { batch: 31, high: 186 });
  assert.equal(pcpSizes(1000, 20, 2, false), { batch: 1, high: 6 });
});

test('later: as /proc/zoneinfo of the recorded 6.1 kernel has it', () => {
  assert.equal(pcpSizes(120_768, 680, 2, true), { batch: 31, high: 425 });
  // Its ZONE_DMA: four batches are more than half of the low watermark.
  assert.equal(pcpSizes(3840, 21, 2, true), { batch: 1, high: 13 });
  assert.equal(pcpSizes(120_768, 40, 2, true).high, 124);
});

test.run();
