/**
 * Pictures of litmus tests: well-formed, with the bytes of the committed ones, and they say what the reverse walk
 * misses.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runLitmus } from '../../../sim/index.ts';
import { parseLitmus, readLitmusFile } from '../../litmus/parse.ts';
import type { LocatedTest } from '../../litmus/parse.ts';
import { packageRoot } from '../../plan/packageRoot.ts';
import { DIAGRAMS, DIAGRAMS_FOLDER, drawDiagram } from './diagrams.ts';
import { litmusPicture } from './picture.ts';
import { parseSteps, tellingStates } from './steps.ts';

const folder = join(packageRoot(), 'workloads', 'litmus');
const shipped = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .flatMap((name) => readLitmusFile(join(folder, name)));

function draw({ test: script }: LocatedTest, strategy = 'stock'): string {
  const { states } = runLitmus(script, { strategies: [strategy], step: true });
  return litmusPicture({ test: script, strategy, states: tellingStates(script, states) });
}

/**
 * The texts of a document whose every element is closed, in order, and whose `<` and `&` are escaped. Throws otherwise.
 */
function textsOf(document: string): string[] {
  const open: string[] = [];
  const texts: string[] = [];
  const token = /<(\/?)([a-z]+)((?: [a-zA-Z:-]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  while (token.lastIndex < document.length) {
    const at = token.lastIndex;
    const match = token.exec(document);
    assert.ok(match !== null, `not well-formed at ${at}: ${document.slice(at, at + 80)}`);
    const [all, isEnd, name, , isEmpty, text] = match as (string | undefined)[];
    assert.not.match(all!, /&(?!(?:amp|lt|gt|quot);)/, 'an & that begins nothing');
    if (text !== undefined) texts.push(text);
    else if (isEnd === '/') assert.is(open.pop(), name, `closed in another order at ${at}`);
    else if (isEmpty === '') open.push(name!);
  }
  assert.equal(open, [], 'elements are left open');
  return texts;
}

test('every shipped test is drawn, well-formed', () => {
  assert.ok(shipped.length > 20);
  for (const located of shipped) textsOf(draw(located));
});

test('a missed pte is named in the frame, at its place, and in the description; without colour', () => {
  const located = shipped.find(({ test: { id } }) => id === 'b1')!;
  const texts = textsOf(draw(located));
  assert.is(texts[0], `b1: ${located.test.title}, under stock`);
  assert.match(texts[1], 'After step 10, scan: ksmd came to parent@16; the reverse walk of shared finds 1 of 2 ptes');
  assert.ok(texts.includes('MISSED B1'));
  assert.ok(texts.includes('  the reverse walk of shared finds 1 of 2 ptes: MISSED child@16 (B1)'));
  assert.ok(texts.includes('child@16 maps shared: its walk does not come here'));
});

test('under a fix nothing is missed, and the picture says under which', () => {
  const texts = textsOf(
    draw(
      shipped.find(({ test: { id } }) => id === 'b1')!,
      'heir-items',
    ),
  );
  assert.match(texts[0], 'under heir-items');
  assert.not.match(texts.join(' '), 'MISSED');
});

test('names of any letters are escaped', () => {
  const letter = fc.constantFrom(
    '<',
    '>',
    '&',
    '"',
    "'",
    ']]>',
    '<!--',
    'é',
    '😀',
    '\u0007',
    '\uD800',
    '@',
    '#',
    ' ',
    'x',
  );
  const name = fc.array(letter, { minLength: 1, maxLength: 12 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(name, name, (process, page) => {
      const actions = [
        { op: 'proc', p: process },
        { op: 'mmap', p: process, start: 16, n: 1 },
        { op: 'write', p: process, at: 16, data: 'x', page },
        { op: 'migrate', page },
      ];
      const document = JSON.stringify({ id: 'named', title: process, actions });
      const picture = draw(parseLitmus(document, 'named.json')[0]);
      textsOf(picture);
      assert.not.match(picture, /[\u0000-\u0008\u000B-\u001F]/);
    }),
    { numRuns: 15, seed: 1 },
  );
});

test('the pictures of the handbook are as `npm run diagrams` draws them', () => {
  for (const diagram of DIAGRAMS) {
    const file = join(packageRoot(), DIAGRAMS_FOLDER, diagram.name);
    assert.is(readFileSync(file, 'utf8'), drawDiagram(diagram), `${file}: npm run diagrams`);
  }
  const files = readdirSync(join(packageRoot(), DIAGRAMS_FOLDER));
  assert.equal(files.sort(), DIAGRAMS.map(({ name }) => name).sort(), 'a picture that nothing draws');
});

test('steps are chosen by number and range', () => {
  assert.equal([...parseSteps('3,5-7')], [3, 5, 6, 7]);
  for (const text of ['', '0', '5-3', 'x', '1,', '3-', '-3']) {
    assert.throws(() => parseSteps(text), /--steps expects/, JSON.stringify(text));
  }
});

test.run();
