/** The lesser bug: pages shared by fork before anybody asks for merging; ksmd stepped, or running by itself. */
import { Controller } from '../controller.ts';
import type { Steps } from '../task.ts';
import { naturalPages } from './natural.ts';

/** det1: the child asks first, then the parent. det2: only the child. det3: two siblings do, the parent does not. */
export class LesserScripted extends Controller {
  protected override *main(): Steps {
    const { params, knobs } = this;
    const { scenario } = params;
    const pages = params.mappedPages;
    yield* this.startBallast();
    this.beginSeries();
    const worker = yield* this.spawn({ slot: 0, pages });
    yield* this.command(worker, 'fill');
    yield* knobs.run(1);
    this.markBefore();
    yield* knobs.stop();
    yield* this.command(worker, 'fork', scenario === 'lesser_det3' ? 2 : 1);
    yield* this.msleep(20);
    yield* this.mergeChild(0);
    if (scenario === 'lesser_det3') yield* this.mergeChild(1);
    if (scenario === 'lesser_det1') yield* this.command(worker, 'madvise');
    yield* this.stage('asked');
    yield* knobs.toHead();
    yield* this.stage('scan1');
    yield* knobs.batch(pages);
    yield* this.stage('first_mm_scanned_twice');
    yield* this.eachSize();
    yield* this.stage('attempted');
    for (let i = 0; i < params.number('later', 3); i++) yield* knobs.toHead();
    yield* this.stage('later_scans');
    yield* this.eachSize();
    yield* this.stage('end');
    if (scenario === 'lesser_det1') return;
    if (scenario === 'lesser_det2') yield* this.command(worker, 'rewrite');
    else yield* this.exitWorker(worker);
    yield* this.stage(scenario === 'lesser_det2' ? 'parent_rewrote' : 'parent_exited');
    yield* this.eachSize();
    yield* this.stage('end2');
  }
}

/** par=0: the parent is not mergeable; 1: it is; 2: it is, and rewrites everything after the fork. */
export class LesserNatural extends Controller {
  protected override *main(): Steps {
    const { params, knobs } = this;
    const { pages, rate } = naturalPages(params);
    const parent = params.number('par', 1);
    const scan = ((params.nkids + (parent !== 0 ? 1 : 0)) * pages) / rate;
    const random = this.seededBy(99, pages);
    random.skip();
    const delay = Math.min(14, scan * (1 + 2.2 * random.unit()));
    yield* this.startBallast();
    this.beginSeries();
    const worker = yield* this.spawn({ slot: 0, pages });
    knobs.set(params.sleepMs, params.pagesToScan);
    yield* knobs.run(1);
    this.markBefore();
    if (parent !== 0) yield* this.command(worker, 'madvise');
    yield* this.command(worker, 'fill');
    yield* this.command(worker, 'fork', params.nkids);
    yield* this.msleep(10);
    if (parent === 0) for (let i = 0; i < params.nkids; i++) yield* this.mergeChild(i);
    if (parent === 2) yield* this.command(worker, 'rewrite');
    this.note({ pages, nominal_scan_s: scan, t0: delay, t_event: this.testbed.secondsNow });
    yield* this.msleep(delay * 1e3);
    yield* this.stage('before_first');
    yield* this.untilSuccess(params.number('T', 5));
    yield* this.stage('end');
  }
}
