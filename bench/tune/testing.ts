/** Made-up searches for tests of what is printed: no simulation behind them. */
import type { Finalist } from './finalist.ts';
import type { Score } from './score.ts';
import { PAGES, SLEEP } from './setting.ts';
import type { Setting } from './setting.ts';
import type { Question, Tried, Tuned } from './tuned.ts';

/** What a made-up setting came to, per cent and ms. */
export interface MadeUp {
  readonly pages: number;
  readonly sleep: number;
  /** Per cent of 200 requests. */
  readonly failed: number;
  readonly p99: number;
  /** Knobs besides the two, and strategies. */
  readonly more?: Partial<Setting>;
  /** Conditions that it does not keep. */
  readonly breaks?: readonly string[];
}

const ATTEMPTS = 200;

function madeUpSetting({ pages, sleep, more = {} }: MadeUp): Setting {
  return { values: { [PAGES]: pages, [SLEEP]: sleep, ...more.values }, strategy: more.strategy ?? 'stock' };
}

function madeUpScore({ pages, sleep, failed, p99 }: MadeUp): Score {
  return {
    seeds: 4,
    attempts: ATTEMPTS,
    failures: (failed / 100) * ATTEMPTS,
    failureRate: failed / 100,
    p50Us: 5e3,
    p99Us: p99 * 1e3,
    cpuShare: Math.min(1, pages / sleep / 100),
    savedBytes: 4096 * pages,
    wakeups: 1e3 / (sleep + 1),
    fullScans: 2,
  };
}

/** On fresh seeds; its intervals reach from half its values to half as much again. */
function madeUpFinalist(made: MadeUp): Finalist {
  const score = madeUpScore(made);
  const around = (value: number): { low: number; high: number } => ({ low: value / 2, high: value * 1.5 });
  const { breaks = [] } = made;
  return {
    setting: madeUpSetting(made),
    score,
    objectives: [score.failureRate, score.p99Us],
    violation: breaks.length,
    intervals: {
      failureRate: { low: score.failureRate / 2, high: Math.min(1, score.failureRate * 1.5 + 0.01) },
      p99Us: around(score.p99Us),
      cpuShare: around(score.cpuShare),
      savedBytes: around(score.savedBytes),
    },
    vsPresent: {
      ...{ difference: -0.04, low: -0.06, high: -0.02, p: 0.01, effect: -1, cohensH: -0.4, pairs: 4 },
      ...{ seedsNeeded: null, method: 'few-seeds' },
    },
    breaks,
  };
}

function madeUpTried(made: MadeUp): Tried {
  return { setting: madeUpSetting(made), score: madeUpScore(made), isFinalist: false };
}

const QUESTION: Question = {
  workloads: ['fork-heavy'],
  device: 'zx1800-512',
  kernel: 'msm-3.10.49',
  strategy: 'stock',
  objectives: ['failure_rate', 'p99_latency'],
  limits: [],
  target: null,
  knobs: [],
  sleep: { low: 10, high: 2000 },
  pace: { low: 128, high: 50_000 },
  budget: 60,
  seed: 1,
  grid: null,
  reproduce: 'cma-stress tune fork-heavy --budget 60s',
};

/** Of what a made-up search consists. */
export interface MadeUpSearch {
  /** On fresh seeds: the recommended one, which is alone on the front, the present one, a published one. */
  readonly recommended: MadeUp;
  readonly present: MadeUp;
  readonly published: MadeUp;
  /** More on the front, and others on fresh seeds. */
  readonly front?: readonly MadeUp[];
  readonly others?: readonly MadeUp[];
  /** On the seeds of the search alone. */
  readonly tried?: readonly MadeUp[];
  readonly question?: Partial<Question>;
  /** Who is said to have published `published`. */
  readonly publisher?: string;
}

export const TYPICAL: MadeUpSearch = {
  recommended: { pages: 100, sleep: 500, failed: 1, p99: 150 },
  present: { pages: 100, sleep: 20, failed: 8, p99: 400 },
  published: { pages: 512, sleep: 2000, failed: 5, p99: 300 },
  front: [{ pages: 2200, sleep: 700, failed: 3, p99: 120 }],
  others: [{ pages: 256, sleep: 1500, failed: 4, p99: 200 }],
  tried: [
    { pages: 10, sleep: 20, failed: 0, p99: 100 },
    { pages: 400, sleep: 10, failed: 10, p99: 800 },
  ],
};

export function madeUpTuned(search: MadeUpSearch = TYPICAL): Tuned {
  const [recommended, present, published] = [search.recommended, search.present, search.published].map(madeUpFinalist);
  const front = [recommended, ...(search.front ?? []).map(madeUpFinalist)];
  const finalists = [...front, ...(search.others ?? []).map(madeUpFinalist), published, present];
  return {
    question: { ...QUESTION, ...search.question },
    conclusion: {
      seeds: { first: 1001, count: 4 },
      finalists,
      front,
      present,
      recommended,
      why: 'on the front, 1 of 2 cannot be told apart from the best failure rate',
      isMet: recommended.violation === 0,
      isSure: true,
      keepsSaving: null,
    },
    published: [
      {
        reference: {
          name: search.publisher ?? 'CyanogenMod 512/2000',
          pagesToScan: 1,
          sleepMillisecs: 1,
          source: 'a script',
        },
        finalist: published,
        beatenBy: recommended,
      },
    ],
    tried: [
      ...finalists.map(({ setting, score }) => ({ setting, score, isFinalist: true })),
      ...(search.tried ?? []).map(madeUpTried),
    ],
    problems: [],
    cells: 60,
    spent: 59,
    apply: ['# at once, as root', 'echo 500 > /sys/kernel/mm/ksm/sleep_millisecs'],
  };
}
