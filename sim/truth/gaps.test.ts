/** The books of unfindable ptes, entry by entry. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Clock } from '../clock/clock.ts';
import { Gaps, type Gap } from './gaps.ts';

const PAGE = 3;

/** mm 0 and 1 at address 16 and mm 0 at 17, all of one page, booked in that order. */
function three(): Gaps {
  const gaps = new Gaps(new Clock(), 8, 2);
  gaps.open(0, 16, PAGE, 'B1', 5);
  gaps.open(1, 16, PAGE, 'B2', 6);
  gaps.open(0, 17, PAGE, 'B3', 7);
  return gaps;
}

const shown = ({ mm, vpn, pfn, cause, since }: Readonly<Gap>) => `${mm}@${vpn} on ${pfn}: ${cause} since ${since}`;

test('gaps are found by pte, by page and by mm, the oldest booking first', () => {
  const gaps = three();
  assert.equal([...gaps.values()].map(shown), [
    '0@16 on 3: B1 since 5',
    '1@16 on 3: B2 since 6',
    '0@17 on 3: B3 since 7',
  ]);
  assert.is(gaps.at(1, 16, PAGE)!.cause, 'B2');
  assert.is(gaps.at(1, 17, PAGE), null);
  assert.is(gaps.at(1, 16, PAGE + 1), null);
  const first = gaps.firstOfFrame(PAGE)!;
  assert.is(shown(gaps.nextOfFrame(first)!), '1@16 on 3: B2 since 6');
  assert.is(shown(gaps.nextOfMm(first)!), '0@17 on 3: B3 since 7');
  assert.is(gaps.firstOfMm(1)!.vpn, 16);
});

test('a pte that is booked keeps its cause', () => {
  const gaps = three();
  gaps.open(0, 16, PAGE, 'B4', 9);
  assert.is(gaps.size, 3);
  assert.is(shown(gaps.at(0, 16, PAGE)!), '0@16 on 3: B1 since 5');
});

test('a closed gap is nowhere, and its record tells of the next one', () => {
  const gaps = three();
  const told: string[] = [];
  gaps.onOpened = (gap) => told.push(`opened ${shown(gap)}`);
  gaps.onClosed = (gap) => told.push(`closed ${shown(gap)}`);
  const closed = gaps.at(0, 16, PAGE)!;
  gaps.close(closed);
  assert.is(gaps.size, 2);
  assert.is(gaps.at(0, 16, PAGE), null);
  assert.is(gaps.firstOfFrame(PAGE)!.mm, 1);
  assert.is(gaps.firstOfMm(0)!.vpn, 17);
  gaps.open(1, 18, PAGE + 1, 'B6', 8);
  assert.is(gaps.at(1, 18, PAGE + 1), closed, 'nothing is allocated');
  assert.equal(
    [...gaps.values()].map(({ vpn }) => vpn),
    [16, 17, 18],
  );
  assert.equal(told, ['closed 0@16 on 3: B1 since 5', 'opened 1@18 on 4: B6 since 8']);
});

test.run();
