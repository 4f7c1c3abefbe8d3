/** The lines that put a setting into force. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyLines } from './apply.ts';

test('a shell, init.rc', () => {
  const lines = applyLines(
    { values: { 'ksm.pages_to_scan': 256, 'ksm.sleep_millisecs': 1500 }, strategy: 'stock' },
    'stock',
  );
  assert.equal(
    lines.filter((line) => !line.startsWith('#')),
    [
      'echo 256 > /sys/kernel/mm/ksm/pages_to_scan',
      'echo 1500 > /sys/kernel/mm/ksm/sleep_millisecs',
      'write /sys/kernel/mm/ksm/pages_to_scan 256',
      'write /sys/kernel/mm/ksm/sleep_millisecs 1500',
    ],
  );
});

test('an area is for the kernel, a strategy that was asked for is there already, others are named', () => {
  const setting = {
    values: { 'ksm.sleep_millisecs': 20, 'memory.cma.default.size': '24 MB' },
    strategy: 'heir-items+retry-100ms',
  };
  const lines = applyLines(setting, 'heir-items');
  assert.ok(lines.includes('cma=24M'));
  assert.is(lines.filter((line) => line.includes('heir-items')).length, 0);
  assert.is(lines.filter((line) => line.startsWith('# retry-100ms')).length, 1);
});

test("the advisor's mode is written behind its other files", () => {
  const setting = { values: { 'ksm.advisor_target_scan_time': 5 }, strategy: 'scan-time-advisor' };
  const echoes = applyLines(setting, 'stock').filter((line) => line.startsWith('echo'));
  assert.match(echoes[0], /^echo 5 > .*advisor_target_scan_time/);
  assert.match(echoes[1], /^echo scan-time > .*advisor_mode/);
});

test.run();
