/** The pictures of a search in lines: where each mark stands, and that they fit any terminal. */
import pc from 'picocolors';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { visibleLength } from '../../report/table.ts';
import { PLAIN } from '../../report/terminal.ts';
import type { Terminal } from '../../report/terminal.ts';
import { madeUpTuned, TYPICAL } from '../testing.ts';
import type { MadeUpSearch } from '../testing.ts';
import { tunePicture } from './picture.ts';
import { tuneText } from './text.ts';

const NARROW: Terminal = { ...PLAIN, width: 80 };
const UNICODE: Terminal = { ...NARROW, unicode: true };

/** Lines of the front and of the map, without title and legend. */
function fields(search: MadeUpSearch, terminal = NARROW): { front: string[]; map: string[] } {
  const lines = tunePicture(madeUpTuned(search), terminal).split('\n');
  const map = lines.findIndex((line) => line.startsWith('failed % over'));
  return { front: lines.slice(1, 16), map: lines.slice(map + 1, map + 14) };
}

/** Without its line breaks. */
function flowing(text: string): string {
  return text.replaceAll('\n', ' ');
}

/** Where a letter stands below the axis; the row counts from the bottom. */
function placeOf(letter: string, [, ...rows]: readonly string[]): { row: number; column: number } {
  const at = rows.findIndex((line) => line.includes(letter));
  assert.ok(at >= 0, `no ${letter} in\n${rows.join('\n')}`);
  return { row: rows.length - 1 - at, column: rows[at].indexOf(letter) };
}

/** Row whose label is that, counted from the bottom. */
function rowAt(label: string, [, ...rows]: readonly string[]): number {
  return rows.length - 1 - rows.findIndex((line) => line.trimStart().split(/[ :]/)[0] === label);
}

test('front: a mark stands at the failure rate and the p99 latency of its setting', () => {
  const { front } = fields({
    ...TYPICAL,
    recommended: { pages: 100, sleep: 500, failed: 0, p99: 100 },
    present: { pages: 100, sleep: 20, failed: 10, p99: 1000 },
  });
  const [axis] = front;
  const recommended = placeOf('R', front);
  const present = placeOf('P', front);
  assert.is(recommended.column, axis.indexOf('100 ms'), front.join('\n'));
  assert.is(recommended.row, rowAt('0', front), front.join('\n'));
  assert.is(present.row, rowAt('10', front), front.join('\n'));
  assert.ok(present.column >= axis.indexOf('1 s'), front.join('\n'));
});

test('front: the kinds of settings have their own marks, labels, and a legend of those that occur', () => {
  const all = tunePicture(madeUpTuned(), NARROW);
  const { front } = fields(TYPICAL);
  for (const [mark, label] of [
    ['R', '100/500'],
    ['P', '100/20'],
    ['*', '2200/700'],
    ['o', '512/2000'],
  ]) {
    const line = front.find((one) => one.includes(mark) && one.includes(label));
    assert.ok(line !== undefined, `${mark} ${label} in\n${front.join('\n')}`);
  }
  assert.match(all, 'R recommended (100/500), P present (100/20), * front, o published');
  const { tried, others, ...less } = TYPICAL;
  assert.ok(tried !== undefined && others !== undefined);
  assert.not.match(tunePicture(madeUpTuned(less), NARROW), 'others on fresh seeds');
});

test('map: a field is at its sleep and pace, and shows the level of its rate', () => {
  const { map } = fields({
    ...TYPICAL,
    recommended: { pages: 100, sleep: 1000, failed: 0, p99: 100 },
    present: { pages: 100, sleep: 100, failed: 8, p99: 400 },
  });
  const recommended = placeOf('R', map);
  const present = placeOf('P', map);
  assert.is(map[13 - 1 - recommended.row].slice(recommended.column - 2, recommended.column + 1), '00R', map.join('\n'));
  assert.match(map[13 - 1 - present.row].slice(present.column - 2, present.column + 1), /^[34]{2}P$/, map.join('\n'));
  // A pace of 100 and of 1000 pages for each second of sleep.
  assert.is(recommended.row, rowAt('100', map), map.join('\n'));
  assert.is(present.row, rowAt('1k', map), map.join('\n'));
  assert.ok(Math.abs(recommended.column - map[0].indexOf('1 s')) <= 2, map.join('\n'));
  assert.ok(Math.abs(present.column - map[0].indexOf('100 ms')) <= 2, map.join('\n'));
});

test('map: settings in one field count by their requests, and what was not tried is blank', () => {
  const here = { pages: 1000, sleep: 1000, p99: 100 };
  const search: MadeUpSearch = {
    recommended: { ...here, failed: 0 },
    present: { pages: 100, sleep: 20, failed: 40, p99: 100 },
    published: { ...here, pages: 1001, failed: 40 },
  };
  const { map } = fields(search);
  // The mean of 0 and 40 % is level 2 of 4.
  assert.match(map.join('\n'), '22R');
  // Two fields in all, each with its mark.
  const fieldsOnly = map.slice(1).map((line) => line.replace(/^ *\d*k?/, ''));
  assert.is(fieldsOnly.join('').replaceAll(/[ :]/g, '').length, 6, map.join('\n'));
  assert.is(fieldsOnly.join('').match(/[0-4]{2}[RP]/g)?.length, 2, map.join('\n'));
});

test('nothing failed: one level, and the marks at the bottom', () => {
  const still = { failed: 0, p99: 100 };
  const search: MadeUpSearch = {
    recommended: { pages: 100, sleep: 500, ...still },
    present: { pages: 100, sleep: 20, ...still },
    published: { pages: 512, sleep: 2000, ...still },
  };
  const { front } = fields(search);
  assert.is(placeOf('R', front).row, 0, front.join('\n'));
  assert.match(tunePicture(madeUpTuned(search), NARROW), '00 none, blank: not tried');
});

test('the recommended setting is the present one: drawn once', () => {
  const tuned = madeUpTuned();
  const same = { ...tuned, conclusion: { ...tuned.conclusion, present: tuned.conclusion.recommended } };
  const text = tunePicture(same, NARROW);
  assert.match(text, 'R recommended, which is the present one (100/500)');
  assert.not.match(text, 'P present');
});

test('settings that change other knobs are left out of the map, and said to be', () => {
  const more = { values: { 'memory.cma.default.size': '24 MB' }, strategy: 'retry-100ms' };
  const text = tunePicture(
    madeUpTuned({ ...TYPICAL, others: [{ pages: 300, sleep: 300, failed: 60, p99: 150, more }] }),
    NARROW,
  );
  assert.match(flowing(text), 'Left out of the map: 1 of 7 settings, which change other knobs too.');
  assert.match(text, '44 7.5 to 10');
});

test('other objectives than the axes are said', () => {
  assert.not.match(tunePicture(madeUpTuned(), NARROW), 'not of these axes');
  const costs = madeUpTuned({ ...TYPICAL, question: { objectives: ['cpu_share', 'saved_bytes'] } });
  assert.match(flowing(tunePicture(costs, NARROW)), 'The front is that of cpu_share, saved_bytes, not of these axes.');
});

test('nobody asked for memory: no picture, and no error', () => {
  const tuned = madeUpTuned();
  const silent = <T extends { readonly score: object }>(one: T): T => ({
    ...one,
    score: { ...one.score, attempts: 0 },
  });
  const finalists = tuned.conclusion.finalists.map(silent);
  const text = tunePicture(
    { ...tuned, tried: tuned.tried.map(silent), conclusion: { ...tuned.conclusion, finalists } },
    NARROW,
  );
  assert.is(text, 'No picture: nobody asked for contiguous memory.');
});

test('fits 80 to 120 columns without trailing blanks, and is ASCII unless it may be more', () => {
  const many: MadeUpSearch = {
    ...TYPICAL,
    front: Array.from({ length: 12 }, (_, i) => ({ pages: 10 + 700 * i, sleep: 10 + 150 * i, failed: i, p99: 90 + i })),
    tried: Array.from({ length: 60 }, (_, i) => ({
      pages: 1 + 160 * i,
      sleep: 10 + 33 * i,
      failed: i,
      p99: 10 ** (i / 9),
    })),
  };
  for (const search of [TYPICAL, many])
    for (let width = 80; width <= 120; width++)
      for (const unicode of [false, true])
        for (const line of tunePicture(madeUpTuned(search), { ...PLAIN, width, unicode }).split('\n')) {
          assert.ok(line.length <= width, `${width}: ${line}`);
          assert.is(line, line.trimEnd());
          if (!unicode) assert.match(line, /^[\x20-\x7E]*$/);
        }
});

test('colour changes no width, and a terminal with blocks has blocks', () => {
  const plain = tunePicture(madeUpTuned(), UNICODE).split('\n');
  const painted = tunePicture(madeUpTuned(), { ...UNICODE, paint: pc.createColors(true) }).split('\n');
  assert.equal(painted.map(visibleLength), plain.map(visibleLength));
  assert.match(painted.join('\n'), '\u001B[32mR');
  assert.match(plain.join('\n'), '█');
  assert.match(plain.join('\n'), '●');
});

test('the picture stands between the tables and the recommendation', () => {
  const tuned = madeUpTuned();
  const text = tuneText(tuned, PLAIN, tunePicture(tuned, PLAIN));
  assert.ok(text.indexOf('a mark a setting') > text.indexOf('Not on the front'));
  assert.ok(text.indexOf('a mark a setting') < text.indexOf('Recommended: 100 / 500 ms'));
  assert.not.match(tuneText(tuned, PLAIN, ''), 'a mark a setting');
});

test.run();
