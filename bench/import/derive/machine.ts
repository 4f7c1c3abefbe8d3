/** CPUs, HZ, and the kernel and cost profiles. */
import { sourceOf } from '../draft.ts';
import type { Context } from './context.ts';

const HZ = [100, 250, 300, 1000];
const MOST_CPUS = 64;

export function deriveMachine(context: Context): void {
  const { base, draft, view } = context;
  kernel(context);
  draft.guess(
    ['costs'],
    base.device.costs.name,
    `no capture tells what steps of the kernel cost; device ${base.name} has this`,
  );
  const cpus = view.system.get('cpus');
  if (cpus !== undefined && cpus.value >= 1)
    draft.set(['cpus'], String(Math.min(MOST_CPUS, cpus.value)), sourceOf(cpus.place, cpus.field));
  else draft.guess(['cpus'], String(base.device.cpus), `device ${base.name} has it`);
  if (cpus !== undefined && cpus.value > MOST_CPUS)
    draft.notes.push(`cpus: ${cpus.value} of the device are taken as ${MOST_CPUS}, the most the model has`);
  const hz = view.system.get('hz');
  if (hz !== undefined && HZ.includes(hz.value)) draft.set(['hz'], String(hz.value), sourceOf(hz.place, hz.field));
  else draft.guess(['hz'], String(base.device.hz), `device ${base.name} has it`);
}

/** The nearest profile: 3.x kernels are like 3.10, with Qualcomm's changes where the version names Qualcomm. */
function kernel({ base, draft, facts }: Context): void {
  const { version } = facts;
  const match = version === null ? null : /^Linux version (\d{1,3})\.(\d{1,4})\S*/.exec(version.text);
  if (version === null || match === null) {
    draft.guess(['kernel'], base.device.kernel.name, `device ${base.name} has it`);
    return;
  }
  const isOld = Number(match[1]) < 4;
  const isQualcomm = /qcom|msm|codeaurora|-perf/i.test(version.text);
  const profile = !isOld ? 'linux-6.1' : isQualcomm ? 'msm-3.10.49' : 'linux-3.10.49';
  const source = sourceOf(version.place, `Linux version ${match[1]}.${match[2]}`);
  const isThis = match[1] === '3' ? match[2] === '10' : match[1] === '6' && match[2] === '1';
  if (isThis) draft.set(['kernel'], profile, source);
  else draft.guess(['kernel'], profile, 'the nearest profile', source);
}
