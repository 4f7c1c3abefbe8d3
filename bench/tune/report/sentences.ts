/** What text and page of a search say alike, sentence by sentence. */
import { pText, pointsText, rateText } from '../../report/estimates.ts';
import { bytes, digits3, duration, percent, time } from '../../report/units.ts';
import type { Finalist } from '../finalist.ts';
import { labelOf } from '../setting.ts';
import type { Question, Tuned } from '../tuned.ts';

/** `lowest failure rate and p99 latency`. */
export function wantedText({ target, objectives }: Question): string {
  return target === null
    ? `lowest ${objectives.map((name) => name.replaceAll('_', ' ')).join(' and ')}`
    : `cheapest with ${target}`;
}

/** How much was searched, within which limits. */
export function howText({ question, tried, cells, spent, problems }: Tuned): string {
  const limits = question.limits.length === 0 ? '' : `; limits: ${question.limits.join(', ')}`;
  const failed =
    problems.length === 0 ? '' : `; ${problems.length} could not be run: ${problems[0].message.split('\n')[0]}`;
  const searched = question.grid === null ? 'settings tried' : `settings of a full grid`;
  return `${tried.length} ${searched}, ${cells} cells, ${duration(spent)} of a machine with two cores (budget ${duration(question.budget)})${limits}${failed}`;
}

/** What a setting is: `present`, `kernel`. */
export function namesOf(one: Finalist, { conclusion, published }: Tuned): string[] {
  return [
    ...(one === conclusion.recommended ? ['recommended'] : []),
    ...(one === conclusion.present ? ['present'] : []),
    ...published.filter(({ finalist }) => finalist === one).map(({ reference }) => reference.name),
  ];
}

/** Which conditions it breaks: `not saved >= 20MB`. */
export function brokenTexts({ breaks }: Finalist): string[] {
  return breaks.map((text) => `not ${text}`);
}

/** Whether the conditions are kept beyond doubt; nothing where there are none, or where they are not kept at all. */
export function sureText({ question, conclusion: { isMet, isSure } }: Tuned): string[] {
  if (!isMet || (question.limits.length === 0 && question.target === null)) return [];
  return [
    isSure
      ? 'Sure: the 95 % intervals keep every condition.'
      : 'Not sure: an interval reaches beyond a condition; more budget narrows it.',
  ];
}

/** Whether fewer requests fail than under the present setting. */
export function differenceText(one: Finalist, present: Finalist, { strategy }: Question): string {
  const { vsPresent } = one;
  const told =
    vsPresent.high < 0
      ? 'fewer failures'
      : vsPresent.low > 0
        ? 'more failures'
        : 'no difference in failures that these seeds can tell';
  const needed = vsPresent.seedsNeeded === null ? '' : `; about ${vsPresent.seedsNeeded} seeds would tell`;
  return `Against the present ${labelOf(present.setting, strategy)}: ${told}, ${pointsText(vsPresent)} points over ${vsPresent.pairs} seeds (signed-rank p ${pText(vsPresent.p)}${needed}).`;
}

/** What it costs against the present setting. */
export function costText(one: Finalist, present: Finalist): string {
  const from = (then: string, now: string): string => `${then} (present: ${now})`;
  return `It costs: ksmd CPU ${from(`${percent(one.score.cpuShare)} %`, `${percent(present.score.cpuShare)} %`)}, saves ${from(bytes(one.score.savedBytes), bytes(present.score.savedBytes))}, p99 ${from(time(one.score.p99Us / 1e3), time(present.score.p99Us / 1e3))}, ${from(digits3(one.score.wakeups), digits3(present.score.wakeups))} wake-ups a second.`;
}

/** The search in three sentences: what to take, what it costs against the present setting, how sure that is. */
export function verdict(tuned: Tuned): readonly [string, string, string] {
  const { question, conclusion } = tuned;
  const { recommended, present, isMet, seeds } = conclusion;
  const { score, intervals } = recommended;
  const rate = rateText({ mean: score.failureRate, ...intervals.failureRate });
  const label = labelOf(recommended.setting, question.strategy);
  const broken = isMet ? '' : `, but ${brokenTexts(recommended).join(', ')}`;
  return [
    `${isMet ? 'Recommended' : 'Nothing meets what was asked for; nearest'}: pages_to_scan / sleep_millisecs ${label}, under which ${rate} % of ${score.attempts} requests fail and p99 is ${time(score.p99Us / 1e3)}${broken}.`,
    recommended === present ? 'It is the present setting, so it costs nothing.' : costText(recommended, present),
    [
      ...(recommended === present ? [] : [differenceText(recommended, present, question)]),
      ...sureText(tuned),
      `All of this comes from a model of the device, not from a phone, with ${seeds.count} seeds that the search did not see.`,
    ].join(' '),
  ];
}

/** Published settings: which of them are beaten by what, which are not. */
export function beatenTexts(published: Tuned['published'], { strategy }: Question): string[] {
  const lost = published.filter(({ beatenBy }) => beatenBy !== null);
  const kept = published.filter(({ beatenBy }) => beatenBy === null).map(({ reference }) => reference.name);
  return [
    ...lost.map(({ reference, beatenBy, finalist }) => {
      const broken =
        finalist.breaks.length > 0 && beatenBy!.breaks.length === 0 ? `: ${brokenTexts(finalist).join(', ')}` : '';
      return `${reference.name} (${labelOf(finalist.setting, strategy)}) is beaten by ${labelOf(beatenBy!.setting, strategy)}${broken}.`;
    }),
    ...(kept.length === 0 ? [] : [`On the front themselves: ${kept.join(', ')}.`]),
  ];
}

/** What to take where the recommended setting gives up too much of what KSM saves. */
export function keepTexts({ question: { strategy }, conclusion }: Tuned): string[] {
  const { keepsSaving: kept, recommended, present } = conclusion;
  if (kept === null) return [];
  const { score, intervals } = kept;
  const lost = bytes(present.score.savedBytes - recommended.score.savedBytes);
  const rate = rateText({ mean: score.failureRate, ...intervals.failureRate });
  return [
    `It gives up ${lost} of what KSM saves. Where that is too much: ${labelOf(kept.setting, strategy)} saves ${bytes(score.savedBytes)}, fails ${rate} %, p99 ${time(score.p99Us / 1e3)}, ksmd CPU ${percent(score.cpuShare)} %; or set --min-saved.`,
  ];
}

/** A run that holds less than a scan says little about what comes after it. */
export function scanRemark({ score }: Finalist): string[] {
  return score.fullScans >= 1
    ? []
    : [
        `A run held ${digits3(score.fullScans)} full scans under it: what it does in the long run is not seen; --duration takes longer ones.`,
      ];
}
