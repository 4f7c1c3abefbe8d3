/** The lines that put a setting into force: for a shell, for Android's init, for the kernel's command line. */
import { addedStrategies, PAGES, SLEEP } from './setting.ts';
import type { Setting } from './setting.ts';

const KSM = '/sys/kernel/mm/ksm';

/** A write to sysfs, and a remark where not every kernel has the file. */
interface Write {
  readonly file: string;
  readonly value: number | string;
  readonly needs: string | null;
}

const FILES: Readonly<Record<string, { readonly file: string; readonly needs: string | null }>> = {
  [PAGES]: { file: 'pages_to_scan', needs: null },
  [SLEEP]: { file: 'sleep_millisecs', needs: null },
  'ksm.max_page_sharing': { file: 'max_page_sharing', needs: 'Linux 4.13 or later, before anything is merged' },
  'ksm.advisor_target_scan_time': { file: 'advisor_target_scan_time', needs: 'Linux 6.8 or later' },
};

/** What strategies of the knobs are on a device. */
const STRATEGIES: Readonly<Record<string, Write | string>> = {
  'scan-time-advisor': {
    file: 'advisor_mode',
    value: 'scan-time',
    needs: 'Linux 6.8 or later; it sets pages_to_scan itself',
  },
  'smart-scan': { file: 'smart_scan', value: 1, needs: 'Linux 6.7 or later' },
  'deferred-timer': { file: 'deferred_timer', value: 1, needs: 'a Qualcomm kernel' },
};

/** `base`: the strategy that was asked for, which is there already. Lines that begin with # are for people. */
export function applyLines(setting: Setting, base: string): string[] {
  const { values } = setting;
  const known = addedStrategies(setting, base).map((name) =>
    Object.hasOwn(STRATEGIES, name)
      ? STRATEGIES[name]
      : `# ${name}: a change of the kernel or of the caller (cma-stress list)`,
  );
  // advisor_mode comes last: it begins with what the advisor's other files say.
  const writes = [
    ...Object.entries(values).flatMap(([path, value]): Write[] =>
      Object.hasOwn(FILES, path) ? [{ ...FILES[path], value }] : [],
    ),
    ...known.filter((one): one is Write => typeof one !== 'string'),
  ];
  const areas = Object.entries(values).filter(([path]) => /^memory\.cma\..*\.size$/.test(path));
  return [
    '# at once, as root',
    ...writes.map(({ file, value, needs }) => `echo ${value} > ${KSM}/${file}${needs === null ? '' : `  # ${needs}`}`),
    '# at each boot, in init.rc',
    ...writes.map(({ file, value }) => `write ${KSM}/${file} ${value}`),
    ...areas.flatMap(([, size]) => [
      "# on the kernel's command line, or as the size of the area's node in the device tree",
      cmaParameter(size),
    ]),
    ...known.filter((one): one is string => typeof one === 'string'),
  ];
}

/** `cma=24M`, from `24 MB`. */
export function cmaParameter(size: number | string): string {
  return `cma=${String(size).replace(/ MB$/, 'M')}`;
}
