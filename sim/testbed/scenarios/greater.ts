/** The greater bug: a merged parent forks, then rewrites all its pages or exits; ksmd stepped, or running by itself. */
import { Controller } from '../controller.ts';
import type { Steps } from '../task.ts';
import { naturalPages } from './natural.ts';

abstract class Greater extends Controller {
  protected get byExit(): boolean {
    return this.params.scenario === 'greater_exit_det' || this.params.scenario === 'greater_exit_nat';
  }
}

export class GreaterScripted extends Greater {
  protected override *main(): Steps {
    const { params, knobs, byExit } = this;
    const area = this.testbed.area.pages;
    const pages = params.mappedPages;
    const control = params.number('control', 0);
    yield* this.startBallast();
    this.beginSeries();
    const worker = yield* this.spawn({ slot: 0, pages });
    yield* this.command(worker, 'fill');
    yield* this.command(worker, 'madvise');
    yield* knobs.settle(3, 60);
    yield* knobs.toHead();
    yield* knobs.toHead();
    this.markBefore();
    yield* this.stage('settled');
    yield* this.command(worker, 'fork', params.nkids);
    yield* this.stage('forked');
    if (control === 1) {
      yield* this.attemptAndFree(area);
      yield* this.stage('control_attempt_after_fork');
    }
    if (byExit) yield* this.exitWorker(worker);
    else yield* this.command(worker, 'rewrite');
    yield* this.stage(byExit ? 'parent_exited' : 'parent_rewrote');
    if (control === 2) {
      yield* this.attemptAndFree(area);
      yield* this.stage('control_attempt_before_scan');
    }
    yield* knobs.batch(byExit ? 1 : pages);
    yield* this.stage('parent_scanned');
    yield* this.eachSize();
    yield* this.stage('attempted');
    yield* knobs.batch(pages * params.nkids);
    yield* knobs.toHead();
    yield* this.stage('child_scanned');
    yield* this.eachSize();
    yield* this.stage('end');
  }
}

export class GreaterNatural extends Greater {
  protected override *main(): Steps {
    const { params, knobs } = this;
    const { pages, rate } = naturalPages(params);
    let longest = params.longestDelay;
    if (longest <= 0) longest = Math.min(12, Math.max(0.5, (2.5 * pages) / rate));
    const random = this.seededBy(77, pages);
    random.skip();
    const delay = random.unit() * longest;
    yield* this.startBallast();
    this.beginSeries();
    const worker = yield* this.spawn({ slot: 0, pages });
    yield* this.command(worker, 'fill');
    yield* this.command(worker, 'madvise');
    yield* knobs.settle(3, 60);
    knobs.set(params.sleepMs, params.pagesToScan);
    yield* knobs.run(1);
    this.markBefore();
    yield* this.msleep(random.unit() * Math.min(3, pages / rate) * 1e3);
    yield* this.stage('settled');
    yield* this.command(worker, 'fork', params.nkids);
    if (this.byExit) yield* this.exitWorker(worker);
    else yield* this.command(worker, 'rewrite');
    this.note({ pages, nominal_zscan_s: pages / rate, t0: delay, t_event: this.testbed.secondsNow });
    yield* this.msleep(delay * 1e3);
    yield* this.stage('before_first');
    yield* this.untilSuccess(params.number('T', 6));
    yield* this.stage('end');
  }
}
