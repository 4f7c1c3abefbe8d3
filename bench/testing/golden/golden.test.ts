/** The model observes what it did when `golden.json` was written, to the bit. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MODEL_VERSION } from '../../../sim/index.ts';
import { goldenCells, goldenOf, readGoldens, untold } from './golden.ts';

const goldens = readGoldens();
const cells = await goldenCells();

test('every cell has its digest', () => {
  assert.equal([...cells.keys()], Object.keys(goldens), 'other cells than in golden.json: npm run golden');
});

for (const [name, cell] of cells) {
  test(name, () => {
    const known = goldens[name];
    assert.is(cell.id, known?.id, `the input of '${name}' changed, or MODEL_VERSION: npm run golden`);
    const now = goldenOf(cell).digest;
    assert.is(
      now,
      known?.digest,
      `'${name}' observes other things than it did. If that is meant: change MODEL_VERSION, now ${MODEL_VERSION}, then npm run golden`,
    );
  });
}

test('a cell that observes other things is told apart from one that has another input', () => {
  const before = { same: { id: '1', digest: 'a' }, input: { id: '2', digest: 'b' }, model: { id: '3', digest: 'c' } };
  const now = {
    same: before.same,
    input: { id: '4', digest: 'd' },
    model: { id: '3', digest: 'e' },
    new: { id: '5', digest: 'f' },
  };
  assert.equal(untold(before, now), ['model']);
});

test.run();
