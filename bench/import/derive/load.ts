/** What a capture without a trace cannot tell: who starts processes, who asks for contiguous memory, who pins pages. */
import { formatDuration, readSize } from '../../plan/units.ts';
import { LIMITS } from '../../plan/limits.ts';
import { appGroupOf } from './appGroup.ts';
import { rateText, sizeText, type Context } from './context.ts';
import { growthOf } from './view.ts';

/** Domain notes C6: buffers of vc4, the sizes of workload zygote-launch. Pages. */
const SIZES = [266, 1024, 2040];
/** One request every 5 s, as in Minchan Kim's test (domain notes C6). */
const REQUESTS = '12/min';
const LAUNCHES = '12/min';

/** Adds what nothing has told yet. */
export function deriveLoad(context: Context): void {
  const { base, draft } = context;
  const { replay, traced } = context;
  // What is replayed needs no rate beside it.
  if (!draft.has(['spawners']) && !(replay && traced?.facts.forks.length !== 0)) launches(context);
  if (!draft.has(['cma_clients']) && !(replay && traced?.facts.requests.length !== 0)) requests(context);
  for (const pin of base.device.load.pins) {
    if (draft.has(['pins', pin.name])) continue;
    const why = `a capture does not tell; device ${base.name} has it`;
    draft.guess(['pins', pin.name, 'rate'], rateText(pin.perSecond), why);
    draft.form(['pins', pin.name, 'size'], sizeText(pin.pages));
    draft.form(['pins', pin.name, 'hold'], formatDuration(pin.holdNs));
    draft.form(['pins', pin.name, 'target'], pin.target);
  }
}

/** Apps are launched from zygote; without a zygote nobody is known to fork. */
function launches(context: Context): void {
  const { base, draft } = context;
  const { groups } = context.population;
  if (!groups.some(({ name }) => /^zygote/.test(name))) return;
  const group = appGroupOf(groups);
  if (group === null) return;
  const count = groups.find(({ name }) => name === group)?.count ?? 1;
  const path = ['spawners', 'launcher'];
  draft.form([...path, 'group'], group);
  draft.guess([...path, 'rate'], LAUNCHES, unseen(context, 'launches'));
  draft.guess([...path, 'startup'], '2 s', 'as in workload zygote-launch');
  draft.form([...path, 'life'], 'none');
  draft.guess(
    [...path, 'max_live'],
    String(Math.min(LIMITS.processes / 2, count + 5)),
    `five more than at rest, as in workload zygote-launch on device ${base.name}`,
  );
}

function unseen({ traced }: Context, what: string): string {
  const why = traced === null ? `no trace: ${what} were not seen` : `the trace has no ${what}`;
  return `${why}; as in workload zygote-launch`;
}

function requests(context: Context): void {
  const { draft, facts } = context;
  const names = draft.names(['memory', 'cma']).filter((name) => draft.text(['memory', 'cma', name]) !== 'none');
  const area =
    names.find((name) => draft.text(['memory', 'cma', name, 'default']) === 'true') ?? names.at(0) ?? 'default';
  const size = readSize(draft.text(['memory', 'cma', area, 'size']) ?? '');
  const most = 'value' in size ? size.value : SIZES[0];
  const path = ['cma_clients', 'requests'];
  draft.form([...path, 'area'], area);
  const done = growthOf(facts, ({ vmstat }) => vmstat, 'cma_alloc_success');
  const failed = growthOf(facts, ({ vmstat }) => vmstat, 'cma_alloc_fail');
  if (done !== null && failed !== null && done.value + failed.value > 0) {
    const perSecond = Math.min(LIMITS.rate, (done.value + failed.value) / done.seconds);
    const field = `cma_alloc_success + cma_alloc_fail, ${done.value + failed.value} in ${done.seconds} s`;
    draft.set([...path, 'rate'], rateText(perSecond), { ...done.source, field });
  } else draft.guess([...path, 'rate'], REQUESTS, unseen(context, 'requests'));
  const sizes = SIZES.filter((pages) => pages <= most / 2);
  (sizes.length > 0 ? sizes : [Math.max(1, Math.floor(most / 4))]).forEach((pages, at) =>
    draft.guess([...path, 'sizes', at, 'size'], sizeText(pages), unseen(context, 'requests')),
  );
  draft.guess([...path, 'hold'], '1 s', 'as in workload zygote-launch');
}
