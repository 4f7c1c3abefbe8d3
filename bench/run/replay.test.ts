/** Which cell of a run is the worst. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cell } from '../plan/types.ts';
import type { CellRecord } from './cell.ts';
import { worstCell } from './replay.ts';

/** Three cells, of which `failures` requests each have failed; null: the cell itself has. */
function worstOf(failures: readonly (number | null)[]): { id: string; failures: number } {
  const cells = failures.map((_, i) => ({ id: `${i}` }) as Cell);
  const recordOf = ({ id }: Cell): CellRecord | undefined => {
    const count = failures[Number(id)];
    return count === null ? undefined : ({ cma: { failures: count } } as CellRecord);
  };
  const worst = worstCell({ path: 'run', cells, programs: [], recordOf });
  return { id: worst.cell.id, failures: worst.failures };
}

test('the worst cell is the one with the most failures, the first of equals', () => {
  assert.equal(worstOf([1, 3, 3]), { id: '1', failures: 3 });
  assert.equal(worstOf([null, 0, 1]), { id: '2', failures: 1 });
  assert.equal(worstOf([0, 0, null]), { id: '0', failures: 0 });
});

test.run();
