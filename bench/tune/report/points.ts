/**
 * Every setting of a search as a point of its pictures: those run on fresh seeds as they were there, the others as
 * tried.
 */
import type { Finalist } from '../finalist.ts';
import type { Score } from '../score.ts';
import { labelOf, PAGES, shownSettings, SLEEP } from '../setting.ts';
import type { Setting } from '../setting.ts';
import { paceOf } from '../space.ts';
import type { Tuned } from '../tuned.ts';

/** What a point is in the first place; the first that holds. */
export type Kind = 'recommended' | 'present' | 'front' | 'published' | 'verified' | 'tried';

export const KINDS: readonly Kind[] = ['recommended', 'present', 'front', 'published', 'verified', 'tried'];

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  recommended: 'recommended',
  present: 'present',
  front: 'front',
  published: 'published',
  verified: 'others on fresh seeds',
  tried: 'tried, on the seeds of the search',
};

export interface Point {
  readonly kind: Kind;
  readonly isPresent: boolean;
  readonly label: string;
  readonly setting: Setting;
  readonly sleepMillisecs: number;
  /** Pages for each second of sleep. */
  readonly pace: number;
  /** No knob but these two is other than asked for. */
  readonly isPlain: boolean;
  /** Of fresh seeds where it was run on them, else of those of the search. */
  readonly score: Score;
  /** null: not run on fresh seeds. */
  readonly finalist: Finalist | null;
}

/** Those that were asked for memory at all, kind by kind. */
export function pointsOf({ conclusion, published, tried, question }: Tuned): Point[] {
  const { finalists, front, present, recommended } = conclusion;
  const kindOf = (one: Finalist): Kind => {
    if (one === recommended) return 'recommended';
    if (one === present) return 'present';
    if (front.includes(one)) return 'front';
    return published.some(({ finalist }) => finalist === one) ? 'published' : 'verified';
  };
  const point = (setting: Setting, score: Score, kind: Kind, finalist: Finalist | null): Point => {
    const { [PAGES]: pages, [SLEEP]: sleep } = setting.values;
    return {
      kind,
      isPresent: finalist === present,
      label: labelOf(setting, question.strategy),
      setting,
      sleepMillisecs: Math.max(1, Number(sleep)),
      pace: paceOf(Number(pages), Number(sleep)),
      isPlain: Object.keys(shownSettings(setting, question.strategy)).length === 2,
      score,
      finalist,
    };
  };
  return [
    ...finalists.map((one) => point(one.setting, one.score, kindOf(one), one)),
    ...tried.filter(({ isFinalist }) => !isFinalist).map(({ setting, score }) => point(setting, score, 'tried', null)),
  ]
    .filter(({ score }) => score.attempts > 0)
    .sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

/** What a mark stands for in a legend; '' where no point has it. */
export function kindWords(kind: Kind, points: readonly Point[]): string {
  const first = points.find((point) => point.kind === kind);
  if (first === undefined) return '';
  return `${KIND_WORDS[kind]}${first.isPresent && kind !== 'present' ? ', which is the present one' : ''}`;
}

/** `100/20`: pages_to_scan and sleep_millisecs, with a `~` where more is set. */
export function shortLabel({ setting, isPlain }: Point): string {
  return `${setting.values[PAGES]}/${setting.values[SLEEP]}${isPlain ? '' : '~'}`;
}

/** Those on fresh seeds. */
export function verifiedOf(points: readonly Point[]): Point[] {
  return points.filter(({ finalist }) => finalist !== null);
}

/** A pace on an axis: `500`, `50k`; of round numbers. */
export function paceLabel(pace: number): string {
  return pace < 1e3 ? `${pace}` : `${pace / 1e3}k`;
}
