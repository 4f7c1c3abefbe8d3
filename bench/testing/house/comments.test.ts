/** Comments are at most 120 columns wide: the formatter leaves them as they are. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../plan/packageRoot.ts';

const MOST_COLUMNS = 120;
/** A line of a comment, or one behind code; a place on the Web may be as long as it is. */
const COMMENT = /^\s*(?:\/\/|\/?\*)|[\s;,{}()[\]]\/\/ [^'"`]*$/;
const URL = /https?:\/\//;

function tooWide(text: string): number[] {
  return text.split('\n').flatMap((line, index) => {
    const isTooWide = line.length > MOST_COLUMNS && COMMENT.test(line) && !URL.test(line);
    return isTooWide ? [index + 1] : [];
  });
}

test('no comment of the sources is too wide', () => {
  const root = packageRoot();
  const found = ['sim', 'bench', 'docs/examples'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:ts|m?js)$/.test(name))
      .map((name) => `${folder}/${name}`)
      .flatMap((file) => tooWide(readFileSync(join(root, file), 'utf8')).map((line) => `${file}:${line}`)),
  );
  assert.equal(found, []);
});

test('comments of every form are seen', () => {
  const long = 'word '.repeat(30);
  const lines = [
    `// ${long}`,
    `/** ${long} */`,
    '/*',
    ` * ${long}`,
    ' */',
    `call(); // ${long}`,
    `const text = '${long}';`,
    `// https://example.org/${'x'.repeat(120)}`,
    `const link = 'a // ${long}';`,
  ];
  assert.equal(tooWide(lines.join('\n')), [1, 2, 4, 6]);
});

test.run();
