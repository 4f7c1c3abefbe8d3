/** The one JSON document of `cma-stress tune --json`, schema `cma-stress/tune/1` (docs/reference/tune.md). */
import { MODEL_HASH, TOOL_VERSION } from '../../run/tool.ts';
import type { Finalist, Interval } from '../finalist.ts';
import type { Score } from '../score.ts';
import { shownSettings } from '../setting.ts';
import type { Tuned } from '../tuned.ts';

/** One setting on fresh seeds; shares in 0..1. */
export interface TunePoint {
  readonly settings: Readonly<Record<string, number | string>>;
  readonly failureRate: number;
  readonly p99Us: number;
  readonly cpuShare: number;
  readonly savedBytes: number;
  readonly attempts: number;
  readonly failures: number;
  readonly wakeupsPerSecond: number;
  readonly fullScans: number;
  /** 95 %. */
  readonly intervals: Readonly<Record<'failureRate' | 'p99Us' | 'cpuShare' | 'savedBytes', Interval>>;
  /** Difference of failure rates, seed by seed. */
  readonly vsPresent: { readonly difference: number; readonly low: number; readonly high: number; readonly p: number };
  /** Limits and target that its estimates do not meet. */
  readonly breaks: readonly string[];
}

export function tuneDocument(tuned: Tuned): string {
  const { question, conclusion, published, tried, problems, cells, spent, apply } = tuned;
  const { front, recommended, present, keepsSaving, why, isMet, isSure, seeds } = conclusion;
  const point = (one: Finalist): TunePoint => pointOf(one, question.strategy);
  return `${JSON.stringify({
    schema: 'cma-stress/tune/1',
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    ...question,
    cells,
    spent,
    freshSeeds: seeds,
    front: front.map(point),
    recommended: point(recommended),
    why,
    isMet,
    isSure,
    keepsSaving: keepsSaving === null ? null : point(keepsSaving),
    present: point(present),
    published: published.map(({ reference, finalist, beatenBy }) => ({
      name: reference.name,
      source: reference.source,
      ...point(finalist),
      beatenBy: beatenBy === null ? null : shownSettings(beatenBy.setting, question.strategy),
    })),
    tried: tried.map(({ setting, score, isFinalist }) => ({
      settings: shownSettings(setting, question.strategy),
      ...metricsOf(score),
      seeds: score.seeds,
      isFinalist,
    })),
    problems: problems.map(({ setting, message }) => ({
      settings: shownSettings(setting, question.strategy),
      message,
    })),
    apply,
  })}\n`;
}

function metricsOf(score: Score) {
  const { failureRate, p99Us, cpuShare, savedBytes, attempts, failures, wakeups, fullScans } = score;
  return { failureRate, p99Us, cpuShare, savedBytes, attempts, failures, wakeupsPerSecond: wakeups, fullScans };
}

function pointOf({ setting, score, intervals, vsPresent, breaks }: Finalist, strategy: string): TunePoint {
  const { difference, low, high, p } = vsPresent;
  return {
    settings: shownSettings(setting, strategy),
    ...metricsOf(score),
    intervals,
    vsPresent: { difference, low, high, p },
    breaks,
  };
}
