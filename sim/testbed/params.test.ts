import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Params } from './params.ts';

test('defaults are those of the program', () => {
  const params = new Params({ scen: 'fork_heavy' });
  assert.is(params.sleepMs, 20);
  assert.is(params.pagesToScan, 100);
  assert.is(params.mappedPages, 96 * 256);
  assert.is(new Params({ scen: 'greater_det' }).mappedPages, 32 * 256);
  assert.equal(params.sizes(32768), [1, 16, 256, 1024, 4096, 16384]);
});

test('whole is the area', () => {
  assert.equal(new Params({ scen: 'cost', sizes: '1,whole' }).sizes(4096), [1, 4096]);
});

const BAD: readonly [Record<string, string>, (params: Params) => unknown, RegExp][] = [
  [{ scen: 'cost', sleep: 'x' }, (p) => p.sleepMs, /sleep=x: expected a number/],
  [{ scen: 'cost', scan: '0' }, (p) => p.pagesToScan, /scan=0: expected a number from 1/],
  [{ scen: 'cost', mb: '99999' }, (p) => p.mappedPages, /mb=99999/],
  [{ scen: 'cost', sizes: '1,-4' }, (p) => p.sizes(1), /found '-4'/],
  [{ scen: 'cost', sizes: '1,'.repeat(40) }, (p) => p.sizes(1), /more than 32/],
];

for (const [keys, read, message] of BAD) {
  test(`refused: ${JSON.stringify(keys).slice(0, 60)}`, () => {
    assert.throws(
      () => read(new Params(keys)),
      (error: unknown) => error instanceof RangeError && message.test(error.message),
    );
  });
}

test('an unknown scenario, and a name that every object has, are refused', () => {
  assert.throws(() => new Params({ scen: 'nope' }), /scen 'nope' is no scenario/);
  assert.is(new Params({ scen: 'cost' }).has('constructor'), false);
});

test.run();
