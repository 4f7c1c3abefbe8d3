/**
 * Who may import whom: the import rules of the house, checked by `npm run lint`. docs/architecture.md has the map that
 * goes with them. A rule's comment is what a developer reads who broke it. bench/testing/house/importRules.test.ts
 * breaks each.
 *
 * `export type` and `import type` count, too: a type is knowledge. Where they do not, a rule says so.
 */
import { readFileSync } from 'node:fs';

const { bin, exports, files, scripts } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/** Tests, and what only tests use. */
const TESTS = ['\\.test\\.ts$', '(^|/)(testing|[a-z]+Cases)(/|\\.ts$)'];
/** Development only: tests, and the rooms that package.json keeps out of the package. */
const NOT_SHIPPED = [
  ...TESTS,
  ...files.filter((file) => /^!dist\/bench\/\w+$/.test(file)).map((file) => `^${file.slice('!dist/'.length)}/`),
];
/** What starts by itself: what package.json names, modules of worker threads and processes, the script of a page. */
const ENTRIES = [
  ...Array.from(
    JSON.stringify({ bin, exports, scripts }).matchAll(/dist\/(?:bundles\/)?([\w/]+)\.js/g),
    ([, path]) => `^${path}\\.ts$`,
  ),
  '(^|/)(w|[a-z]+W)orker\\.ts$',
  '^bench/run/guest\\.ts$',
  '^bench/suites/(askProcess|peakMemoryCell|scaling/cellsInTurn)\\.ts$',
  '^bench/report/html/client/frameMap\\.ts$',
];
/** The kernel: rooms that know only what the kernel knows. */
const KERNEL = '^sim/(memory|process|ksm|migrate|cma)/';
/** Rooms of bench/ that do one command's work, each on top of the rooms that all share. */
const COMMAND_ROOMS = 'compare|explain|faults|import|litmus|query|queue|selfcheck|suites|trace|tune|validate';
/**
 * Where types of two rooms name each other; nothing of it is left when they are compiled. Hooks are given the kernel,
 * which calls them (strategy.ts). A watch is shown the world, which tells it (watch.ts).
 */
const KNOTS = ['^sim/strategies/strategy\\.ts$', '^sim/watch/watch\\.ts$'];

/** A direction among the rooms of sim/: what stands first never imports what stands later. Their types it may name. */
const upwards = (room, above) => ({
  name: `${room}-below-${above.replaceAll('|', '-')}`,
  severity: 'error',
  comment: 'The kernel is a stack: memory < process < ksm < migrate < cma. Take what you need as a parameter.',
  from: { path: `^sim/${room}/`, pathNot: TESTS },
  to: { path: `^sim/(${above})/`, dependencyTypesNot: ['type-only'] },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'sim-stands-alone',
      severity: 'error',
      comment: 'The model is pure: sim/ imports nothing but sim/, no package and no Node API.',
      from: { path: '^sim/', pathNot: TESTS },
      to: { pathNot: '^sim/' },
    },
    {
      name: 'sim-tests-stand-alone',
      severity: 'error',
      comment: 'A test of the model needs no harness; what needs both stands in bench/.',
      from: { path: '^sim/' },
      to: { path: '^(bench|docs)/' },
    },
    {
      name: 'sim-by-its-face',
      severity: 'error',
      comment: 'bench/ reaches sim/ through sim/index.ts only. The fuzzer of bench/testing compares what is inside.',
      from: { path: '^(bench|docs)/', pathNot: '^bench/testing/' },
      to: { path: '^sim/', pathNot: '^sim/index\\.ts$' },
    },
    {
      name: 'kernel-knows-the-kernel',
      severity: 'error',
      comment: 'Kernel rooms never see the truth, the load, or who watches. What they tell goes through sim/events.ts.',
      from: { path: [KERNEL, '^sim/clock/'], pathNot: TESTS },
      to: {
        path: [
          '^sim/(truth|watch|explain|load|litmus|testbed)/',
          '^sim/(device|deviceMemory|idleDevice|index|observations|scheduledKernel|startCell|steppedDevice|version)\\.ts$',
        ],
      },
    },
    {
      name: 'kernel-knows-hooks-not-fixes',
      severity: 'error',
      comment: 'The kernel calls the hooks of sim/strategies/strategy.ts. Which fix is behind them it never knows.',
      from: { path: KERNEL, pathNot: TESTS },
      to: { path: '^sim/strategies/', pathNot: '^sim/strategies/strategy\\.ts$' },
    },
    upwards('memory', 'process|ksm|migrate|cma'),
    upwards('process', 'ksm|migrate|cma'),
    upwards('ksm', 'migrate|cma'),
    upwards('migrate', 'cma'),
    {
      name: 'truth-steers-nothing',
      severity: 'error',
      comment:
        'The ledger is wired up (kernel.ts), recounted, recorded and explained; no actor, fix or kernel room reads it.',
      from: {
        path: '^sim/',
        pathNot: [
          ...TESTS,
          '^sim/kernel\\.ts$',
          '^sim/(truth|litmus|watch|explain)/',
          '^sim/load/(audit|observe)\\.ts$',
        ],
      },
      to: { path: '^sim/truth/' },
    },
    {
      name: 'nothing-rests-on-tools',
      severity: 'error',
      comment: 'Scripts, explanations and the testbed are built on the model; nothing of it rests on them.',
      from: { path: '^sim/(clock|memory|process|ksm|migrate|cma|strategies|truth|load|watch)/', pathNot: TESTS },
      to: { path: '^sim/(explain|litmus|testbed)/' },
    },
    {
      name: 'command-line-on-top',
      severity: 'error',
      comment:
        'bench/cli parses and exits; the work is done below it. What describes or tests it stands outside of the package.',
      from: { path: '^(bench|docs)/', pathNot: [...NOT_SHIPPED, '^bench/cli/'] },
      to: { path: '^bench/cli/' },
    },
    {
      name: 'library-for-others',
      severity: 'error',
      comment: 'bench/api is for users. What the command line and the library share stands below both.',
      from: { path: '^(sim|bench)/', pathNot: [...NOT_SHIPPED, '^bench/api/'] },
      to: { path: '^bench/api/' },
    },
    {
      name: 'plan-at-the-bottom',
      severity: 'error',
      comment: 'Reading files and plug-ins needs no run, no statistics and no report.',
      from: { path: '^bench/(plan|plugin)/', pathNot: TESTS },
      to: { path: '^bench/', pathNot: '^bench/(plan/|plugin/|errors\\.ts$)' },
    },
    {
      name: 'stats-compute',
      severity: 'error',
      comment: 'bench/stats knows what a cell leaves (bench/run) and what was planned, not who shows or asks.',
      from: { path: '^bench/stats/', pathNot: TESTS },
      to: {
        path: '^bench/',
        pathNot: '^bench/(stats/|errors\\.ts$|plan/types\\.ts$|run/(cell|cellStore|folder|histogram|rounds)\\.ts$)',
      },
    },
    {
      name: 'run-below-reports',
      severity: 'error',
      comment: 'Of bench/report a run uses only what draws its progress on a terminal.',
      from: { path: '^bench/run/', pathNot: TESTS },
      to: { path: '^bench/report/', pathNot: '^bench/report/(live|redraw|table|terminal|units)\\.ts$' },
    },
    {
      name: 'shared-rooms-below-commands',
      severity: 'error',
      comment: 'What all commands share knows none of them, but for scripts as files and the types of what it shows.',
      from: { path: '^bench/(run|report)/', pathNot: TESTS },
      to: {
        path: `^bench/(${COMMAND_ROOMS})/`,
        pathNot: ['^bench/litmus/(parse|writeYaml)\\.ts$'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'commands-apart',
      severity: 'error',
      comment:
        'What two commands need stands in a room that both share, but for reading scripts (litmus) and recordings (validate). ' +
        'Suites and faults measure all of them.',
      from: { path: `^bench/(${COMMAND_ROOMS})/`, pathNot: [...TESTS, '^bench/(faults|suites)/'] },
      to: {
        path: `^bench/(${COMMAND_ROOMS})/`,
        pathNot: ['^bench/$1/', '^bench/litmus/', '^bench/validate/(groups|rec)'],
      },
    },
    {
      name: 'tests-stay-tests',
      severity: 'error',
      comment: 'What is shipped runs without tests and what they use.',
      from: { pathNot: NOT_SHIPPED },
      to: { path: NOT_SHIPPED },
    },
    {
      name: 'shipped-with-its-packages',
      severity: 'error',
      comment: 'What is shipped imports no devDependency: it is not there for users.',
      from: { pathNot: [...NOT_SHIPPED, '^bench/build\\.js$'] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'examples-as-users-write-them',
      severity: 'error',
      comment: "An example imports from 'cma-stress' what a user can, and nothing else.",
      from: { path: '^docs/examples/', pathNot: TESTS },
      to: { pathNot: ['^cma-stress$', '^dist/', '^docs/examples/'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle has no bottom to start reading at, and loads in an order that nobody chose.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-knots',
      severity: 'error',
      comment:
        'Types of two rooms that name each other are one thing in two places. Within a room a part may name the type of ' +
        'its whole. Name a knot that must be in this file, with its reason.',
      from: { path: '^(sim|bench)/([^/]+)/' },
      to: { circular: true, via: { pathNot: '^$1/$2/' }, viaNot: KNOTS },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment:
        'Nobody imports it and it imports nothing: nobody would miss it. A declaration of types is found by tsc.',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '^bench/build\\.js$', ...ENTRIES, '\\.test\\.ts$'] },
      to: {},
    },
    {
      name: 'no-dead-modules',
      severity: 'error',
      comment: 'No program, worker or page reaches it: delete it, or name it among the entries of this file.',
      from: { path: ENTRIES },
      to: {
        path: '^(sim|bench)/',
        pathNot: ['\\.d\\.ts$', '^bench/build\\.js$', ...TESTS, ...ENTRIES],
        reachable: false,
      },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '^dist/'] },
    enhancedResolveOptions: { conditionNames: ['import', 'node', 'default'], exportsFields: ['exports'] },
    skipAnalysisNotInRules: true,
  },
};
