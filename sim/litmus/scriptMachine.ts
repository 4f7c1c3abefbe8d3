/* temporary flat memory */
import type { CostProfile, KernelProfile } from '../description.ts';
import { Kernel } from '../kernel.ts';
import { Frames, KIND, NONE, PG } from '../memory/frames.ts';
import type { StrategyHooks } from '../strategies/strategy.ts';

const zeroCosts = new Proxy({}, { get: () => 0 }) as CostProfile;
const profile: KernelProfile = {
  name: 'litmus',
  about: '',
  cmaFirstForAnon: false,
  pageCacheOutsideCma: false,
  cmaFreeBypassesPcp: true,
  migrationFaultDelayNs: 0,
  cmaRetries: 0,
  cmaRetrySleepNs: 0,
  cmaBitmapFirst: false,
};

export class ScriptMachine {
  readonly kernel: Kernel;
  onNewPage: ((mm: number, vpn: number, pfn: number, label: string | null) => void) | null = null;
  onAttempt: ((pfn: number) => void) | null = null;
  readonly frames: Frames;
  #cma = false;
  #label: string | null = null;
  readonly #area: readonly [number, number];
  #pagevec: number[] = [];
  #usePagevec: boolean;

  constructor(config: { cma?: readonly [number, number]; pagevec?: boolean }, hooks: StrategyHooks) {
    const frames = new Frames(4096);
    this.frames = frames;
    this.#area = config.cma ?? [256, 320];
    this.#usePagevec = config.pagevec !== false;
    const put = (_cpu: number, pfn: number) => {
      if (--frames.count[pfn] === 0) this.#free(pfn);
    };
    const alloc = (cma: boolean) => {
      const [a, b] = this.#area;
      const from = cma ? a : 0;
      const to = cma ? b : 4096;
      for (let p = from; p < to; p++) {
        if (!cma && p >= a && p < b) continue;
        if (frames.kind[p] === KIND.free && frames.count[p] === 0) {
          frames.count[p] = 1;
          frames.kind[p] = KIND.kernel;
          return p;
        }
      }
      return NONE;
    };
    const addLru = (_c: number, pfn: number) => {
      if (!this.#usePagevec) {
        frames.flags[pfn] |= PG.lru;
        return;
      }
      if (this.#pagevec.length === 14) this.drainAll();
      frames.count[pfn]++;
      frames.pagevecRefs[pfn]++;
      this.#pagevec.push(pfn);
    };
    const pages = {
      alloc: () => alloc(this.#cma),
      allocTarget: () => alloc(false),
      addToLru: addLru,
      put,
      drain: () => {},
      lookup: () => NONE,
      isolate: (pfn: number) => {
        if (!(frames.flags[pfn] & PG.lru)) return false;
        frames.flags[pfn] &= ~PG.lru;
        frames.flags[pfn] |= PG.isolated;
        frames.count[pfn]++;
        return true;
      },
      putback: (c: number, pfn: number) => {
        frames.flags[pfn] &= ~PG.isolated;
        addLru(c, pfn);
        put(c, pfn);
      },
      putbackTarget: (c: number, pfn: number) => {
        addLru(c, pfn);
        put(c, pfn);
      },
      moveInCache: () => {},
      startIsolate: () => true,
      undoIsolate: () => {},
      setCmaAlloc: () => {},
      lruAddDrainAll: () => this.drainAll(),
      drainAllPages: () => {},
      firstBusy: (a: number, b: number) => {
        for (let p = a; p < b; p++) if (frames.count[p] !== 0) return p;
        return NONE;
      },
      takeRange: (a: number, b: number) => {
        for (let p = a; p < b; p++) {
          frames.count[p] = 1;
          frames.kind[p] = KIND.contiguous;
        }
        return true;
      },
      freeRange: () => {},
      discardClean: () => false,
    };
    this.kernel = new Kernel({
      limits: {
        mms: 64,
        vmas: 1024,
        anonVmas: 1024,
        chains: 4096,
        leaves: 256,
        files: 1,
        rmapItems: 4096,
        stableNodes: 1024,
      },
      frames,
      userPages: pages,
      migrationPages: pages,
      contigMemory: pages,
      profile,
      costs: zeroCosts,
      ksm: { run: 1, pages_to_scan: 100, sleep_millisecs: 20, checksum_bits: 32 },
      hz: 100,
      hooks,
      now: () => 0,
      attempted: (pfn) => this.onAttempt?.(pfn),
    });
    this.kernel.faults.onNewPage = (mm, vpn, pfn) => {
      this.onNewPage?.(mm, vpn, pfn, this.#label);
      this.#label = null;
    };
  }
  #free(pfn: number): void {
    const f = this.frames;
    f.kind[pfn] = KIND.free;
    f.mapping[pfn] = NONE;
    f.flags[pfn] = 0;
  }
  nextPage(label: string | null, cma: boolean): void {
    this.#label = label;
    this.#cma = cma;
  }
  drainAll(): void {
    const list = this.#pagevec;
    this.#pagevec = [];
    for (const p of list) {
      this.frames.flags[p] |= PG.lru;
      this.frames.pagevecRefs[p]--;
      if (--this.frames.count[p] === 0) this.#free(p);
    }
  }
  pin(p: number): void {
    this.frames.count[p]++;
    this.frames.pins[p]++;
  }
  unpin(p: number): void {
    this.frames.pins[p]--;
    if (--this.frames.count[p] === 0) this.#free(p);
  }
  isolate(p: number): boolean {
    if (!(this.frames.flags[p] & PG.lru)) return false;
    this.frames.flags[p] &= ~PG.lru;
    this.frames.flags[p] |= PG.isolated;
    this.frames.count[p]++;
    return true;
  }
  putback(p: number): void {
    this.frames.flags[p] &= ~PG.isolated;
    this.frames.pagevecRefs[p]++;
    this.#pagevec.push(p);
  }
  isInCma(s: number, n: number): boolean {
    return s >= this.#area[0] && s + n <= this.#area[1];
  }
  freeRange(s: number, n: number): void {
    for (let p = s; p < s + n; p++) {
      this.frames.count[p] = 0;
      this.#free(p);
    }
  }
}
