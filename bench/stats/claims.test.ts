/** Whether what strategies claim held: what is counted for which cause. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cause, StrategyInfo } from '../../sim/index.ts';
import { madeUpRecord } from '../testing/records.ts';
import { checkClaims } from './claims.ts';
import { cellsIn, summarize } from './summarize.ts';

const info = (name: string, claims: Cause[]): StrategyInfo => ({
  name,
  group: 'ksm',
  about: '',
  origin: '',
  claims,
  costs: '',
});

/** A cell of the strategy in which so many mappings became unfindable by B1 and so many pages blocked by a pin. */
function cell(strategy: string, b1: number, pins: number) {
  const record = madeUpRecord('w', strategy, 1, 100, 0);
  const { unfindable, cma } = record;
  return {
    ...record,
    unfindable: { ...unfindable, openedByCause: { ...unfindable.openedByCause, B1: b1 } },
    cma: { ...cma, blockedByCause: { ...cma.blockedByCause, pin: pins } },
  };
}

function verdicts(records: ReturnType<typeof cell>[], infos: StrategyInfo[]): string[] {
  return checkClaims(summarize(records), cellsIn(records), infos).map(
    ({ strategy, cause, of, baseline, left, verdict }) => `${strategy} ${cause} ${of} ${baseline}->${left} ${verdict}`,
  );
}

test('KSM claims count mappings, others the pages in the way of failed requests', () => {
  const infos = [info('stock', []), info('fix', ['B1', 'pin'])];
  assert.equal(verdicts([cell('stock', 7, 3), cell('fix', 0, 1)], infos), [
    'fix B1 mappings 7->0 held',
    'fix pin requests 3->1 broken',
  ]);
});

test('what the baseline does not show is not tested; strategies that act together claim together', () => {
  const infos = [info('stock', []), info('a', ['B1']), info('b', ['B2', 'B1'])];
  assert.equal(verdicts([cell('stock', 5, 0), cell('a+b', 0, 0)], infos), [
    'a+b B1 mappings 5->0 held',
    'a+b B2 mappings 0->0 untested',
  ]);
});

test.run();
