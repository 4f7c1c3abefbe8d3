/** cost: what single operations take, with ksmd stepped. Everything is reported in notes, as the program does. */
import { Controller } from '../controller.ts';
import type { HeldRange } from '../requester.ts';
import type { Steps } from '../task.ts';
import { Copier, FaultTimer, ForkTimer, Grabber, type Waiting } from './costProcesses.ts';

const SIZES = [1, 16, 256, 1024, 4096] as const;
/** Requests of each size: with free or anonymous pages, and with KSM pages, of which there are fewer. */
const COUNTS = [60, 30, 6, 3, 2] as const;
const KSM_COUNTS = [60, 20, 3, 1, 1] as const;
const SCAN_PAGES = 16384;
const SCAN_KINDS = ['unique_unchanged', 'copies2', 'unique_rewritten'] as const;
const US = 1e3;
/** Mappings of each KSM page, and frames of the area that the pages may lie in, by way of sharing. */
const KSM_RANGES = [
  { mappings: 2, by: 'copies', keep: 14000 },
  { mappings: 4, by: 'copies', keep: 10000 },
  { mappings: 8, by: 'copies', keep: 7000 },
  { mappings: 4, by: 'fork', keep: 12000 },
  { mappings: 8, by: 'fork', keep: 12000 },
] as const;

export class Cost extends Controller {
  protected override *main(): Steps {
    this.beginSeries();
    this.markBefore();
    yield* this.knobs.stop();
    yield* this.#forks();
    yield* this.#faults();
    for (const kind of SCAN_KINDS) yield* this.#scans(kind);
    yield* this.observer.takeOccupancy(true);
    yield* this.#requests('free', COUNTS);
    yield* this.#anonymous();
    for (const range of KSM_RANGES) yield* this.#ksmPages(range);
  }

  *#forks(): Steps {
    const results: ForkTimer[] = [];
    for (const pages of [8192, 32768]) {
      const timer = new ForkTimer(this.testbed, pages);
      yield* this.#runHelper(timer);
      yield* this.#end([timer]);
      results.push(timer);
    }
    const [small, large] = results;
    this.note({
      cost: 'fork',
      us_8192p: small.withPages,
      us_32768p: large.withPages,
      us_0p: (small.without + large.without) / 2,
      us_per_page: (large.withPages - small.withPages) / 24576,
    });
  }

  *#faults(): Steps {
    const timer = new FaultTimer(this.testbed);
    yield* this.#runHelper(timer);
    yield* this.#end([timer]);
    const { firstTouch, writeAgain, cowBreak, cowReuse } = timer;
    this.note({
      cost: 'fault',
      first_touch_us: firstTouch,
      write_again_us: writeAgain,
      cow_break_us: cowBreak,
      cow_reuse_us: cowReuse,
    });
  }

  *#scans(kind: (typeof SCAN_KINDS)[number]): Steps {
    const { kernel, contents } = this.testbed;
    contents.restart(SCAN_PAGES / 2, kind === 'copies2' ? 100 : 0);
    const worker = yield* this.spawn({ slot: 0, pages: SCAN_PAGES });
    yield* this.command(worker, 'fill');
    yield* this.command(worker, 'madvise');
    for (let pass = 0; pass < 4; pass++) {
      if (kind === 'unique_rewritten') yield* this.command(worker, 'rewrite');
      const cpu = yield* this.#scanCpu();
      this.note({
        cost: 'ksmd_scan',
        kind,
        pass,
        pages: SCAN_PAGES,
        cpu_us_per_page: cpu / SCAN_PAGES,
        shared: kernel.objects.pagesShared,
        sharing: kernel.objects.pagesSharing,
        unshared: kernel.objects.pagesUnshared,
      });
    }
    if (kind === 'copies2') {
      yield* this.command(worker, 'fork', 1);
      const cpu = yield* this.#scanCpu();
      this.note({
        cost: 'ksmd_scan',
        kind: 'fork_copy_attach',
        pages: SCAN_PAGES,
        cpu_us_per_page_both: cpu / SCAN_PAGES / 2,
      });
      yield* this.#end([...this.testbed.children]);
      const first = yield* this.#timed(this.command(worker, 'rewrite'));
      const again = yield* this.#timed(this.command(worker, 'rewrite'));
      this.note({
        cost: 'ksm_cow_break',
        us_per_page: first / SCAN_PAGES,
        rewrite_only_us_per_page: again / SCAN_PAGES,
      });
    }
    this.#unmergeAll();
    worker.kill();
    yield* this.#end([worker]);
  }

  /** ksmd's CPU time up to the end of the scan, us. */
  *#scanCpu(): Steps<number> {
    const { ksmd } = this.testbed.kernel;
    const before = ksmd.cpuTime;
    yield* this.knobs.toHead();
    return (ksmd.cpuTime - before) / US;
  }

  *#timed(steps: Steps): Steps<number> {
    const began = this.now;
    yield* steps;
    return (this.now - began) / US;
  }

  *#anonymous(): Steps {
    const grabber = new Grabber(this.testbed, this.testbed.area.pages);
    yield* this.#runHelper(grabber);
    yield* this.observer.takeOccupancy(true);
    this.note({ grab: 'anon', pages: grabber.kept.length, occ_idx: this.observer.occupancy.length - 1 });
    yield* this.#requests('anon', COUNTS);
    yield* this.#end([grabber]);
  }

  /**
   * A copy of each page in one process, the pages themselves in the area, and further copies or forked relatives:
   * scanned in that order, the pages in the area become the KSM pages.
   *
   * Forked relatives are mappings whether ksmd has been at them or not, and are found through their parent. How many of
   * them have rmap_items, and count in `sharing`, depends on how far ksmd comes before it is stopped. In the recording
   * it reaches no child of the four mappings (sharing is 1 a page), and has one more batch of 50,000 visits at eight
   * (3.3).
   */
  *#ksmPages(range: (typeof KSM_RANGES)[number]): Steps {
    const { testbed } = this;
    const { mappings, by } = range;
    this.#unmergeAll();
    const grabber = new Grabber(testbed, range.keep);
    yield* this.#runHelper(grabber);
    const first = new Copier(testbed, grabber, 1);
    yield* this.#runHelper(first);
    grabber.askToMerge();
    yield* this.#until(grabber);
    const helpers: (Grabber | Copier | Waiting)[] = [grabber, first];
    let copies = first.pages;
    if (by === 'copies' && mappings > 2) {
      const more = new Copier(testbed, grabber, mappings - 2);
      yield* this.#runHelper(more);
      helpers.push(more);
      copies += more.pages;
    }
    yield* this.knobs.settle(3, 60);
    if (by === 'fork') {
      grabber.askToFork(mappings - 2);
      yield* this.#until(grabber);
      helpers.push(...grabber.children);
    }
    yield* this.knobs.stop();
    yield* this.observer.takeOccupancy(true);
    yield* this.census();
    const { pagesShared, pagesSharing } = testbed.kernel.objects;
    this.note({
      grab: 'ksm',
      k: mappings,
      via: by,
      kept: grabber.kept.length,
      copies,
      occ_idx: this.observer.occupancy.length - 1,
      shared: pagesShared,
      sharing: pagesSharing,
    });
    yield* this.#requests(`ksm_k${mappings}_${by}`, KSM_COUNTS);
    yield* this.#end(helpers);
    this.#unmergeAll();
  }

  *#requests(label: string, counts: readonly number[]): Steps {
    const held: HeldRange[] = [];
    for (const [i, size] of SIZES.entries()) {
      const before = this.requester.attempts.length;
      for (let k = 0; k < counts[i]; k++) {
        const got = yield* this.attempt(size);
        if (got !== null) held.push(got);
      }
      const done = this.requester.attempts.slice(before);
      const ok = done.filter((attempt) => attempt.outcome === 'ok');
      const sum = (of: 'lat_us' | 'mig_ok') => ok.reduce((total, attempt) => total + attempt[of], 0);
      this.note({
        cost: 'cma_alloc',
        range: label,
        size,
        n: ok.length,
        fail: done.length - ok.length,
        mean_us: ok.length > 0 ? sum('lat_us') / ok.length : -1,
        max_us: Math.max(0, ...ok.map((attempt) => attempt.lat_us)),
        migrated_per_alloc: ok.length > 0 ? sum('mig_ok') / ok.length : 0,
      });
    }
    for (const range of held) yield* this.requester.free(range, this.clock);
  }

  *#runHelper(helper: ForkTimer | FaultTimer | Grabber | Copier): Steps {
    helper.begin(this.now);
    yield* this.#until(helper);
  }

  *#until(helper: { readonly isDone: boolean }): Steps {
    while (!helper.isDone) yield* this.msleep(1);
  }

  *#end(tasks: readonly { kill(): void; readonly mm: number }[]): Steps {
    for (const task of tasks) task.kill();
    for (const task of tasks) while (task.mm >= 0) yield* this.msleep(1);
  }

  /** Writes 2 and then 0 to run. */
  #unmergeAll(): void {
    const { control } = this.testbed.kernel;
    control.setRun(2, this.cpu, this.who);
    control.setRun(0, this.cpu, this.who);
  }
}
