/** What is drawn before anything runs: the start of a process, its contents, its writes, its life. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Stream } from '../clock/random.ts';
import { SECOND } from '../clock/units.ts';
import { Contents } from './contents.ts';
import { planGroup } from './groupPlan.ts';
import { layOut } from './layout.ts';
import { drawLife } from './life.ts';
import { StartWork } from './startWork.ts';
import { BUSY, group, NO_WRITES, region, spawner } from './testing.ts';
import { WritePlan } from './writePlan.ts';
import { MixDraw, WriteTarget } from './writeTarget.ts';

const contents = new Contents(BUSY, 6);
const plans = layOut(BUSY).groups.map((layout) => planGroup(layout, contents));
const [, app] = plans;

function accesses(work: StartWork): { vpn: number; isWrite: boolean; content: number }[] {
  const seen = [];
  while (!work.isDone) {
    work.next();
    seen.push({ vpn: work.vpn, isWrite: work.isWrite, content: work.content });
  }
  return seen;
}

test('starting: rewrites, inherited shared pages, own pages, each once', () => {
  const seen = accesses(new StartWork(app, 7, 1, contents, 0));
  // 10 % of 300 + 32 inherited private pages; 200 of the framework; 70 % of 120.
  assert.is(seen.length, 33 + 200 + 84);
  assert.is(new Set(seen.map(({ vpn }) => vpn)).size, seen.length);
  assert.is(seen.slice(0, 33).filter(({ isWrite }) => isWrite).length, 33);
  assert.is(seen.slice(33, 233).filter(({ isWrite }) => isWrite).length, 0);
  const own = seen.slice(233);
  assert.ok(own.every(({ isWrite }) => isWrite));
  const start = app.layout.own[0].start;
  assert.ok(own.every(({ vpn }) => vpn >= start && vpn < start + 120));
  assert.equal(accesses(new StartWork(app, 7, 1, contents, 0)), seen);
  assert.not.equal(accesses(new StartWork(app, 8, 1, contents, 0)), seen);
});

test('contents of populated pages: zero, pooled and unique ones in their shares', () => {
  const [placed] = layOut({ ...BUSY, groups: [group('g', [region('r', 20_000)])] }).groups[0].own;
  const mix = new MixDraw(placed.region.contents, contents);
  const stream = new Stream(1, 'mix');
  let [zero, unique] = [0, 0];
  const pooled = new Set<number>();
  for (let i = 0; i < 20_000; i++) {
    const content = mix.first(stream, 0);
    if (content === null) unique++;
    else if (content === 0) zero++;
    else pooled.add(content);
  }
  assert.is(pooled.size, 40);
  assert.ok(Math.abs(zero / 20_000 - 0.05) < 0.01);
  assert.ok(Math.abs(unique / 20_000 - 0.45) < 0.02);
});

test('hot pages get their share of the writes, cold ones the rest, over several regions', () => {
  const { own } = layOut({ ...BUSY, groups: [group('g', [region('a', 70), region('b', 30)])] }).groups[0];
  const mixes = own.map((placed) => new MixDraw(placed.region.contents, contents));
  const target = new WriteTarget(own, mixes, { perSecond: 1, hotPages: 0.2, hotWrites: 0.9, remerge: 0 });
  const stream = new Stream(1, 'hot');
  const counts = new Map<number, number>();
  for (let i = 0; i < 50_000; i++) {
    target.pick(stream);
    counts.set(target.vpn, (counts.get(target.vpn) ?? 0) + 1);
  }
  assert.is(counts.size, 100);
  const sorted = [...counts.values()].sort((a, b) => b - a);
  const hot = sorted.slice(0, 20).reduce((sum, count) => sum + count, 0);
  assert.ok(Math.abs(hot / 50_000 - 0.9) < 0.01);
  assert.ok(sorted[19] > 10 * sorted[20]);
  const all = new Set<number>();
  for (let page = 0; page < 100; page++) {
    target.select(page);
    all.add(target.vpn);
  }
  assert.equal([...all].sort(), [...counts.keys()].sort());
});

test('planned writes: their rate, their order, and the same whoever asks when', () => {
  const draw = () => new WritePlan(app, 7, 1, contents, SECOND, 10);
  const plan = draw();
  let last = SECOND;
  let writes = 0;
  for (; plan.at < 201 * SECOND; plan.next(), writes++) {
    assert.ok(plan.at >= last);
    last = plan.at;
  }
  // 30 + 15 a second.
  assert.ok(Math.abs(writes / 200 - 45) < 1.5, `${writes / 200} writes a second`);
  const [first, second] = [draw(), draw()];
  for (let i = 0; i < 50; i++) {
    assert.equal([first.at, first.vpn, first.content], [second.at, second.vpn, second.content]);
    first.next();
    second.next();
  }
});

test('a group that never writes', () => {
  const [layout] = layOut({ ...BUSY, groups: [group('g', [region('r', 10, { writes: NO_WRITES })])] }).groups;
  assert.is(new WritePlan(planGroup(layout, contents), 0, 1, contents, 0, 0).at, Infinity);
});

test('lives: fixed, exponential, endless, and with a grandchild after a quarter', () => {
  const stream = new Stream(1, 'lives');
  const fixed = drawLife(spawner('app', { lifeNs: 4000, lifeKind: 'fixed' }), stream, 3, 100);
  assert.is(fixed.diesAt, 4100);
  assert.is(fixed.forksAt, Infinity);
  assert.is(drawLife(spawner('app', {}), stream, 3, 100).diesAt, Infinity);
  const parent = drawLife(spawner('app', { lifeNs: 4000, lifeKind: 'fixed', grandchildren: 1 }), stream, 3, 100);
  assert.equal([parent.forksAt, parent.diesAt, parent.grandchildDiesAt], [1100, Infinity, 5100]);
  let sum = 0;
  for (let i = 0; i < 5000; i++) sum += drawLife(spawner('app', { lifeNs: 4000 }), stream, 3, 0).diesAt;
  assert.ok(Math.abs(sum / 5000 - 4000) < 200);
});

test.run();
