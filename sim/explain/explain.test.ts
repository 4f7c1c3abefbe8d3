/** Explanations against the observations of the same cell, and against what they say themselves. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CellInput, LoadDescription } from '../description.ts';
import { runCell } from '../device.ts';
import { runLitmus } from '../litmus/interpreter.ts';
import { cell, client, device } from '../load/testing.ts';
import type { Cause, CauseCounts } from '../observations.ts';
import { explainRequest } from './explain.ts';
import { Tracer } from '../watch/tracer.ts';
import { firstOpening } from './opening.ts';
import { CROWDED, SECOND } from './testing.ts';
import type { Explanation } from './types.ts';

const LOAD: LoadDescription = {
  ...CROWDED,
  cmaClients: [
    ...CROWDED.cmaClients,
    client('small', { sizes: [{ pages: 4, weight: 1 }], perSecond: 2, holdNs: SECOND / 100 }),
  ],
};
const INPUT: CellInput = cell(device(LOAD, { durationNs: 8 * SECOND }), { seed: 1 });
const SEEN = runCell(INPUT);

/** Each takes a while: told once. */
const told = new Map<number, Explanation>();

function explain(number: number): Explanation {
  const known = told.get(number) ?? explainRequest(INPUT, { number, pfn: null, cause: null, plugins: [] })!;
  told.set(number, known);
  return known;
}

/** Causes of the pages in the way in the last round, each page with its last cause. */
function blockedIn({ request }: Explanation): Partial<CauseCounts> {
  const lastRound = Math.max(...request.tries.map(({ round }) => round));
  const causes = new Map(
    request.tries
      .filter(({ round }) => round === lastRound)
      .flatMap(({ blockers }) => blockers.map(({ pfn, cause }) => [pfn, cause])),
  );
  const counts: Partial<CauseCounts> = {};
  for (const cause of causes.values()) counts[cause] = (counts[cause] ?? 0) + 1;
  return counts;
}

const failed = SEEN.attempts.flatMap(({ errno }, index) => (errno === -16 ? [index + 1] : []));

test('the device has requests that fail on KSM pages, and others', () => {
  assert.ok(failed.length > 3, `${failed.length} failed`);
  assert.ok(SEEN.attempts.some(({ errno }) => errno === 0));
});

test('every failed request is explained as it was observed', () => {
  for (const number of failed) {
    const attempt = SEEN.attempts[number - 1];
    const { request } = explain(number);
    assert.is(request.client, attempt.client);
    assert.is(request.errno, attempt.errno);
    assert.is(request.began, attempt.at, 'the clock is that of attempts');
    assert.is(request.answered - request.began, attempt.latency);
    assert.equal(blockedIn(explain(number)), attempt.blocked);
    assert.is(request.tries.at(-1)!.round, attempt.caller);
  }
});

test('of each KSM page: mapcount less mappings found is what was lost, and when and how is known', () => {
  let lostInAll = 0;
  for (const number of failed) {
    const { story, range, bootAt } = explain(number);
    const { blocker, lost } = story!;
    assert.is(blocker.mapcount - blocker.found, lost.length);
    if (blocker.kind !== 'ksm') continue;
    assert.is(blocker.mappings.length, blocker.mapcount);
    lostInAll += lost.length;
    for (const { mapping, opening, closing } of lost) {
      assert.ok(opening !== null);
      const first = firstOpening(opening);
      assert.ok(first.at <= range!.gaveUpAt && first.at >= bootAt);
      if (first.event.kind === 'item-removed') assert.ok(first.event.removal !== undefined);
      if (closing.at !== null) assert.ok(closing.at >= range!.gaveUpAt);
      else assert.ok(closing.until > range!.gaveUpAt);
      assert.not.ok(mapping.isFound);
    }
  }
  assert.ok(lostInAll > 0);
});

test('the scripts fail for the cause of the page that is told of', () => {
  let made = 0;
  for (const number of failed) {
    const { reproduction, story, notReproduced } = explain(number);
    assert.is(reproduction === null, notReproduced !== null);
    if (reproduction === null) continue;
    made++;
    assert.equal(runLitmus(reproduction.test, { strategies: ['stock'], step: false }).mismatches, []);
    if (story!.blocker.cause === 'B1') {
      const heir = reproduction.outcomes.find(({ strategy }) => strategy === 'heir-items')!;
      assert.ok(heir.isFound === true && heir.isSafe === true);
    }
  }
  assert.ok(made > 0);
});

test('another page in the way can be asked for, one that was not is refused', () => {
  const number = failed.find((one) => explain(one).request.tries.some(({ blockers }) => blockers.length > 1));
  if (number === undefined) return assert.unreachable('no request has two pages in its way');
  const pages = explain(number).request.tries.flatMap(({ blockers }) => blockers.map(({ pfn }) => pfn));
  const other = pages.find((pfn) => pfn !== explain(number).story!.blocker.pfn)!;
  assert.is(explainRequest(INPUT, { number, pfn: other, cause: null, plugins: [] })!.story!.blocker.pfn, other);
  const free = () => explainRequest(INPUT, { number, pfn: 1, cause: null, plugins: [] });
  assert.throws(free, /stood in the way of none/);
});

test('a page of a cause can be asked for', () => {
  for (const number of failed.slice(0, 2)) {
    for (const cause of Object.keys(blockedIn(explain(number))) as Cause[]) {
      const told = explainRequest(INPUT, { number, pfn: null, cause, plugins: [] })!;
      assert.is(told.story!.blocker.cause, cause);
    }
  }
});

test('a request that was had at once, and one that does not exist', () => {
  const number =
    SEEN.attempts.findIndex(({ errno, ranges, caller }) => errno === 0 && ranges === 0 && caller === 0) + 1;
  const { request, story, reproduction, notReproduced } = explain(number);
  assert.equal([request.errno, request.tries.length, story, reproduction], [0, 0, null, null]);
  assert.match(notReproduced!, /no page/);
  assert.is(explainRequest(INPUT, { number: SEEN.attempts.length + 1, pfn: null, cause: null, plugins: [] }), null);
});

test('a trace has the same processes under the same pids and names, and the gaps told of', () => {
  const processes = new Map<number, string>();
  const gaps = new Set<string>();
  runCell(
    INPUT,
    [],
    new Tracer((event) => {
      if (event.kind === 'life' && event.edge === 'begin') processes.set(event.pid, event.name);
      else if (event.kind === 'gapOpened') gaps.add(`${event.gap.pid} ${event.gap.vpn} ${event.gap.at}`);
    }),
  );
  assert.ok([...processes.values()].some((name) => name.endsWith("'s child")));
  for (const number of failed) {
    const { story, bootAt } = explain(number);
    for (const { mapping, opening } of story!.lost) {
      const { process, forkedFrom, vpn } = mapping;
      assert.is(processes.get(process.pid), process.name);
      if (forkedFrom !== null) assert.is(processes.get(forkedFrom.pid), forkedFrom.name);
      assert.ok(
        gaps.has(`${process.pid} ${vpn} ${opening!.at - bootAt}`),
        `pid ${process.pid}, ${vpn} of request ${number}`,
      );
    }
  }
});

test('the same explanation each time', () => {
  assert.equal(explainRequest(INPUT, { number: failed[0], pfn: null, cause: null, plugins: [] }), explain(failed[0]));
});

test.run();
