/** Who is who on a watched device, before and after a handle is used again. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FIRST_PROCESS, Lives } from './lives.ts';

test('an mm or a pid that no process has had is nobody', () => {
  const lives = new Lives();
  assert.equal([lives.of(3), lives.pidOf(3), lives.withPid(FIRST_PROCESS)], [null, 0, null]);
});

test('an mm that is used again is the process that has it now; the other one is found by its pid', () => {
  const lives = new Lives();
  lives.forked(0, 1, 10);
  lives.exited(1, 20);
  lives.forked(0, 1, 30);
  assert.equal([lives.pidOf(1), lives.of(1)!.bornAt], [FIRST_PROCESS + 1, 30]);
  assert.equal(lives.withPid(FIRST_PROCESS)!.exitedAt, 20);
});

test.run();
