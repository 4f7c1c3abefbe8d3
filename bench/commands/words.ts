/** What is said once for all commands, in the reference and in the man page. */
export interface ValueForm {
  readonly forms: readonly string[];
  readonly about: string;
}

export const VALUES: readonly ValueForm[] = [
  {
    forms: ['500ms', '20s', '10min', '2h'],
    about: 'a time, simulated or real as the option says; limits, budgets and time-outs take 10m for ten minutes too',
  },
  { forms: ['16MB', '112pages', '1GB'], about: 'a size; kB, MB and GB are multiples of 1024, a page has 4 kB' },
  { forms: ['2%', '0.02'], about: 'a share' },
  {
    forms: ['stock,heir-items', 'page-anon-vma+root-search'],
    about:
      'strategies, each by itself, and two that act together; ./my-fix.ts is a plug-in, all every built-in strategy',
  },
  {
    forms: ['ksm.sleep_millisecs=500'],
    about: 'a knob: the path of a value in a workload file, and the value as it is written there',
  },
];

export const EVERY_COMMAND =
  'Every command has `-h, --help`. An option with a value can be written `--seeds 5` and `--seeds=5`; behind `--` nothing is an option. Documents of `--json` and other results go to stdout, progress and advice to stderr. `NO_COLOR` and pipes are respected.';
