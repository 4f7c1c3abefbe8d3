/**
 * Every decision has the same short form and stands in the list; decision 3 has the dependencies of package.json, and
 * no other.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../plan/packageRoot.ts';

const folder = join(packageRoot(), 'docs', 'decisions');
const pages = readdirSync(folder).filter((name) => /^\d{4}-.*\.md$/.test(name));
const PARTS = ['Context', 'Decision', 'What else was looked at', 'Consequences'];
/** Of a page that is read at one go; entries of the list of dependencies are looked up. */
const MOST_WORDS = 700;

const manifest = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as Record<
  'dependencies' | 'devDependencies' | 'optionalDependencies',
  Readonly<Record<string, string>>
>;

function textOf(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

for (const [index, name] of pages.sort().entries()) {
  test(name, () => {
    const text = textOf(name);
    assert.match(text, new RegExp(`^# ${index + 1}\\. `), 'decisions are numbered without a gap');
    assert.equal(
      [...text.matchAll(/^## (.*)$/gm)].map(([, head]) => head),
      PARTS,
    );
    const words = text
      .replaceAll(/^- `.*$/gm, '')
      .split(/\s+/)
      .filter((word) => /\w/.test(word)).length;
    assert.ok(words <= MOST_WORDS, `${words} words`);
    assert.ok(textOf('README.md').includes(`](${name})`), 'it is not in the list of decisions');
  });
}

test('every dependency is in decision 3 with its reason, and no other', () => {
  const sections = textOf('0003-dependencies.md').split(/^### /m);
  const listed = (head: string): string[] => {
    const section = sections.find((one) => one.startsWith(`${head}\n`)) ?? '';
    const entries = [...section.matchAll(/^- ((?:`[^`]+`(?:, )?)+): \S/gm)];
    return entries.flatMap(([, names]) => [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name)).sort();
  };
  assert.equal(listed('For users'), Object.keys(manifest.dependencies).sort());
  assert.equal(listed('For users, optional'), Object.keys(manifest.optionalDependencies).sort());
  assert.equal(listed('For development'), Object.keys(manifest.devDependencies).sort());
});

test('versions are pinned', () => {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }))
    assert.match(version, /^(npm:[\w@/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/, name);
});

test.run();
