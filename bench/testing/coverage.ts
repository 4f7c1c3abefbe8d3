/**
 * The last step of `npm run coverage`: what the tests ran of the model, room by room, from the summary that c8 left.
 * Prints the table, writes it into docs/testing.md, and exits with 1 when less than LIMIT percent of a room's branches
 * were taken.
 */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { packageRoot } from '../plan/packageRoot.ts';
import { rewriteDocs } from '../report/generatedPart.ts';
import { markdownTable } from '../report/markdownTable.ts';

/** Of a room's branches, in percent: what issue trackers call high, and what leaves room for no whole function. */
const LIMIT = 95;
const SUMMARY = 'results/coverage/coverage-summary.json';
const PAGE = 'docs/testing.md';

interface Count {
  readonly total: number;
  readonly covered: number;
}

type Kind = 'branches' | 'functions' | 'lines';

/** Of a file, or of all files of a room. */
type Coverage = Readonly<Record<Kind, Count>>;

/** By file (an absolute path), and the `total` of them. */
type Summary = Readonly<Record<string, Coverage>>;

const NOTHING: Coverage = { branches: zero(), functions: zero(), lines: zero() };

function zero(): Count {
  return { total: 0, covered: 0 };
}

function sum(a: Coverage, b: Coverage): Coverage {
  const add = (kind: Kind): Count => ({
    total: a[kind].total + b[kind].total,
    covered: a[kind].covered + b[kind].covered,
  });
  return { branches: add('branches'), functions: add('functions'), lines: add('lines') };
}

/** `sim/ksm` of `.../sim/ksm/rmap.ts`; `sim` of a file that stands in no room. */
function roomOf(file: string): string {
  return relative(packageRoot(), file).split('/').slice(0, -1).slice(0, 2).join('/');
}

function percent({ total, covered }: Count): string {
  return (total === 0 ? 100 : (100 * covered) / total).toFixed(1);
}

const { total, ...files } = JSON.parse(readFileSync(join(packageRoot(), SUMMARY), 'utf8')) as Summary;
const rooms = new Map<string, Coverage>();
for (const [file, coverage] of Object.entries(files))
  rooms.set(roomOf(file), sum(rooms.get(roomOf(file)) ?? NOTHING, coverage));

const rows = [...[...rooms].sort(([a], [b]) => (a < b ? -1 : 1)), ['all', total] as const].map(([name, coverage]) => [
  name,
  String(coverage.branches.total),
  percent(coverage.branches),
  percent(coverage.functions),
  percent(coverage.lines),
]);
const table = markdownTable(
  ['room', 'branches', 'taken, %', 'functions, %', 'lines, %'],
  ['left', 'right', 'right', 'right', 'right'],
  rows,
);
console.log(`\n${table}`);
rewriteDocs(join(packageRoot(), PAGE), 'coverage', table);

for (const [room, { branches }] of rooms) {
  if (branches.covered * 100 >= branches.total * LIMIT) continue;
  console.error(`${room}: ${percent(branches)} % of the branches are taken, less than ${LIMIT} %`);
  process.exitCode = 1;
}
