/** docs/reference/sources.md has every section of the notes that a file cites, and none that nothing cites. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../plan/packageRoot.ts';

const root = packageRoot();
const PAGE = 'docs/reference/sources.md';

/** A way to cite a section. */
interface Citation {
  /** Heading of the notes in PAGE. */
  readonly notes: string;
  /** Files that name the notes this way ... */
  readonly where: RegExp;
  /** ... have texts of this kind, in which ... */
  readonly text: RegExp;
  /** ... the sections are these. */
  readonly section: RegExp;
}

const LETTERED = /\b[A-G]\d\b/g;
const NUMBERED = /(?<![\d.])\d\.\d(?!\.?\d)/g;
const CITATIONS: readonly Citation[] = [
  { notes: 'Domain notes', where: /./, text: /domain notes,? [A-G]\d\b/gi, section: LETTERED },
  { notes: 'kernel-3.10 notes', where: /./, text: /kernel-3\.10 notes,? \d\.\d.*/g, section: NUMBERED },
  // Profiles name the notes once and then the sections alone: "cpus: 4 # C1", "cma_retries: 0 # 6.5: ...".
  { notes: 'Domain notes', where: /# .* sections of the domain notes/, text: /# .*/g, section: LETTERED },
  {
    notes: 'kernel-3.10 notes',
    where: /# Source of every line: .*kernel-3\.10 notes/,
    text: /# \d\.\d\b/g,
    section: NUMBERED,
  },
];

function cited(text: string): string[] {
  return CITATIONS.filter(({ where }) => where.test(text)).flatMap(({ notes, text: kind, section }) =>
    (text.match(kind) ?? []).flatMap((found) => (found.match(section) ?? []).map((name) => `${notes} ${name}`)),
  );
}

function headed(page: string): string[] {
  let notes = '';
  return page.split('\n').flatMap((line) => {
    notes = /^## (.+)/.exec(line)?.[1] ?? notes;
    const section = /^### ([A-G]\d|\d\.\d) /.exec(line)?.[1];
    return section === undefined ? [] : [`${notes} ${section}`];
  });
}

/** Who cites what. */
const citations = ['sim', 'bench', 'workloads', 'docs'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((file) => /\.(?:ts|ya?ml|md)$/.test(file) && !file.startsWith('docs/reference/api/'))
    .filter((file) => file !== PAGE && !file.endsWith('house/sources.test.ts'))
    .flatMap((file) => cited(readFileSync(join(root, file), 'utf8')).map((section) => ({ file, section }))),
);
const sections = headed(readFileSync(join(root, PAGE), 'utf8'));

test('every section that a file cites has a heading', () => {
  assert.equal(
    [
      ...new Set(
        citations
          .filter(({ section }) => !sections.includes(section))
          .map(({ file, section }) => `${file}: ${section}`),
      ),
    ],
    [],
  );
});

test('every heading is of a section that a file cites', () => {
  const names = citations.map(({ section }) => section);
  assert.equal(
    sections.filter((section) => !names.includes(section)),
    [],
  );
});

test('citations are found in all their forms', () => {
  assert.equal(cited('rate: 1/s # Domain notes C6: buffers'), ['Domain notes C6']);
  assert.equal(cited("source: 'kernel-3.10 notes 7.3: 5 us (an estimate)'"), ['kernel-3.10 notes 7.3']);
  assert.equal(cited('# "C1" is one of the sections of the domain notes\ncpus: 4 # C2\n'), [
    'Domain notes C1',
    'Domain notes C2',
  ]);
  assert.equal(
    cited('# Source of every line: kernel-3.10 notes 6.2 (paths), 6.3.\na: 1 # 6.5: in 3.10.49\nb: 2 # in 5.8'),
    ['kernel-3.10 notes 6.2', 'kernel-3.10 notes 6.3', 'kernel-3.10 notes 6.5'],
  );
  assert.equal(cited('scale: 3.5 # C1 of Linux 6.1'), []);
});

test.run();
