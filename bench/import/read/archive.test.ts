/** Archives that are broken, hostile or odd: what can be read is read, the rest is said. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import * as assert from 'uvu/assert';
import { InputError } from '../../errors.ts';
import { suiteInScratch } from '../../testing/command.ts';
import { importOf, write } from '../testing.ts';

const test = suiteInScratch('archives');

const MEMINFO = 'MemTotal:         400000 kB\nMemFree:          200000 kB\n';

interface Entry {
  readonly path: string;
  readonly type?: 'File' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'Directory' | 'FIFO';
  readonly text?: string;
  readonly linkpath?: string;
}

/** An archive of these entries; nothing about them is checked. */
function tarOf(entries: readonly Entry[]): Buffer {
  const blocks: Buffer[] = [];
  for (const { path, text = '', type = 'File', linkpath } of entries) {
    const content = Buffer.from(text);
    const header = new Header({
      path,
      type,
      size: content.length,
      mode: 0o644,
      mtime: new Date(0),
      ...(linkpath === undefined ? {} : { linkpath }),
    });
    const block = Buffer.alloc(512);
    header.encode(block);
    blocks.push(block, content, Buffer.alloc((512 - (content.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

async function refused(...paths: readonly string[]): Promise<string> {
  try {
    await importOf(...paths);
  } catch (thrown) {
    assert.instance(thrown, InputError);
    return (thrown as Error).message;
  }
  throw new Error('was not refused');
}

const file = (dir: string, name: string, content: Uint8Array): string => join(write(dir, { [name]: content }), name);

test('links, devices and paths that lead out are read over', async ({ dir }) => {
  const tar = tarOf([
    { path: '../../../../etc/meminfo', text: MEMINFO },
    { path: 'c/proc/link', type: 'SymbolicLink', linkpath: '/etc/passwd' },
    { path: 'c/proc/hard', type: 'Link', linkpath: 'c/proc/meminfo' },
    { path: 'c/dev/zero', type: 'CharacterDevice' },
    { path: 'c/pipe', type: 'FIFO' },
    { path: '/proc/1/status', text: 'Name:\tinit\nPid:\t1\nPPid:\t0\n' },
  ]);
  const { facts } = await importOf(file(dir, 'odd.tar', tar));
  assert.ok(
    facts.partial.some((sentence) => sentence.includes('4 entries are no regular files')),
    facts.partial.join(),
  );
  assert.is(facts.inputs.length, 2);
});

test('an archive that breaks off gives what was read, and says so', async ({ dir }) => {
  const tar = tarOf([
    { path: 'c/proc/meminfo', text: MEMINFO },
    { path: 'c/proc/vmstat', text: 'nr_free_pages 1\n'.repeat(5000) },
  ]);
  for (const [name, bytes] of [
    ['short.tar', tar.subarray(0, 20_000)],
    ['short.tar.gz', gzipSync(tar, { level: 0 }).subarray(0, 20_000)],
  ] as const) {
    const { facts } = await importOf(file(dir, name, bytes));
    assert.ok(facts.snapshots[0].meminfo.has('MemTotal'), name);
    assert.ok(facts.partial.length > 0, `${name} was not complete`);
  }
});

test('an archive whose middle is damaged', async ({ dir }) => {
  const tar = tarOf([
    { path: 'c/proc/meminfo', text: MEMINFO },
    { path: 'c/proc/vmstat', text: 'nr_free_pages 1\n' },
  ]);
  tar.fill(0xff, 1030, 1200);
  const { facts } = await importOf(file(dir, 'damaged.tar', tar));
  assert.ok(
    facts.partial.some((sentence) => sentence.includes('is damaged')),
    facts.partial.join('\n'),
  );
});

test('a bomb is left where it is', async ({ dir }) => {
  const tar = tarOf([{ path: 'c/proc/meminfo', text: MEMINFO }]).subarray(0, 1024);
  const header = Buffer.alloc(512);
  new Header({ path: 'c/proc/vmstat', type: 'File', size: 200 * 1024 ** 2, mode: 0o644, mtime: new Date(0) }).encode(
    header,
  );
  const bomb = gzipSync(Buffer.concat([tar, header, Buffer.alloc(200 * 1024 ** 2)]));
  assert.ok(bomb.length < 300_000);
  const { facts } = await importOf(file(dir, 'bomb.tar.gz', bomb));
  assert.ok(
    facts.partial.some((sentence) => sentence.includes('expands to more than')),
    facts.partial.join('\n'),
  );
});

test('an extended header of some hundred MB is not read into memory', async ({ dir }) => {
  const header = Buffer.alloc(512);
  new Header({
    path: 'PaxHeader/x',
    type: 'ExtendedHeader',
    size: 50 * 1024 ** 2,
    mode: 0o644,
    mtime: new Date(0),
  }).encode(header);
  const bytes = Buffer.concat([
    header,
    Buffer.alloc(50 * 1024 ** 2, 0x20),
    tarOf([{ path: 'c/proc/meminfo', text: MEMINFO }]),
  ]);
  const before = process.memoryUsage().heapUsed;
  const { facts } = await importOf(file(dir, 'pax.tar', bytes));
  assert.ok(facts.snapshots[0].meminfo.has('MemTotal'));
  assert.ok(process.memoryUsage().heapUsed - before < 40 * 1024 ** 2);
});

test('many small files in one chunk come in order', async ({ dir }) => {
  const entries = Array.from({ length: 200 }, (_, at) => ({
    path: `c/proc/${at + 1}/status`,
    text: `Name:\tp${at}\nPid:\t${at + 1}\nPPid:\t0\n`,
  }));
  const { facts } = await importOf(file(dir, 'many.tar.gz', gzipSync(tarOf(entries))));
  assert.equal(
    facts.snapshots[0].processes.map(({ name }) => name),
    entries.map((_, at) => `p${at}`),
  );
});

test('no archive, an empty one, and one of unknown files are refused with their name', async ({ dir }) => {
  assert.match(await refused(file(dir, 'noise.gz', gzipSync('noise'))), 'noise.gz: of no known kind');
  assert.match(await refused(file(dir, 'empty', Buffer.alloc(0))), 'empty: is empty');
  assert.match(
    await refused(file(dir, 'cut.gz', gzipSync(MEMINFO).subarray(0, 12))),
    'cut.gz: the gzip data breaks off',
  );
  assert.match(
    await refused(file(dir, 'unknown.tar', tarOf([{ path: 'a', text: 'b\n' }]))),
    /unknown.tar: an archive, but none of its 1 files is of a known kind/,
  );
  assert.match(await refused(join(dir, 'nowhere')), 'nowhere: cannot be read: there is no such file');
});

test.run();
