/** The C yardstick against the model: the same passes from the same state leave the same state behind. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compileYardstick, findCompiler } from './native/compile.ts';
import { differingSections, encodeState, stateOf } from './snapshot.ts';
import { makeRound, restingDevice } from './yardstick.ts';

const test = suite('the C yardstick');
const compiler = findCompiler();
const STRICT = ['-Wall', '-Wextra', '-Wpedantic', '-Wshadow', '-Werror'];

let folder = '';
test.before(() => void (folder = mkdtempSync(join(tmpdir(), 'cma-stress-test-'))));
test.after(() => {
  rmSync(folder, { recursive: true, force: true });
});

if (compiler === null) {
  test.skip('needs a C compiler', () => undefined);
} else {
  test('compiles without a warning, and does what the model does', () => {
    const program = compileYardstick({ ...compiler, flags: [...compiler.flags, ...STRICT] }, folder);
    const device = restingDevice(1 / 8);
    const { visits, ns } = makeRound(device, device.planChanges(2, 0.2), program, folder);
    assert.is(visits, device.mix.total);
    assert.ok(ns.c > 0 && ns.js > 0, 'a round takes time');
    const changes = device.planChanges(1, 0.2);
    const state = stateOf(device.world, changes);
    const file = encodeState(state);
    assert.equal(differingSections(state, file), []);
    device.write(changes, 0);
    device.makePass();
    const differing = differingSections(stateOf(device.world, changes), file);
    for (const name of ['passes', 'cpuTime', 'pagesScanned', 'batches', 'itemAge', 'unstableTree', 'itemChecksum']) {
      assert.ok(differing.includes(name), `a pass changes ${name}, and nobody noticed`);
    }
    const equal = device.planChanges(2, 0.2);
    equal.contents.fill(equal.contents[0]);
    assert.throws(() => makeRound(device, equal, program, folder), /status 3: two pages to merge/);
  });
}

test.run();
