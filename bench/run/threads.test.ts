/** Threads that outlive their tasks. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import { suiteInScratch } from '../testing/command.ts';
import { WarmThreads } from './threads.ts';

const test = suiteInScratch('threads');

/** A module whose task is done by `code`, on the thread `threadId`. */
function worker(dir: string, name: string, code: string): URL {
  const file = join(dir, `${name}.mjs`);
  writeFileSync(file, `import { threadId } from 'node:worker_threads';\nexport default (task) => ${code};\n`);
  return pathToFileURL(file);
}

const { signal } = new AbortController();

async function withWarm(use: (warm: WarmThreads) => Promise<void>): Promise<void> {
  const warm = new WarmThreads();
  try {
    await use(warm);
  } finally {
    await warm.close();
  }
}

test('tasks of another module find the thread of those before', ({ dir }) =>
  withWarm(async (warm) => {
    const first = warm.start<number, number[]>({ worker: worker(dir, 'add', '[threadId, task + 1]') }, 1);
    const [before, three] = await first.run(2, { signal });
    await first.destroy();
    const second = warm.start<number, number[]>({ worker: worker(dir, 'double', '[threadId, task * 2]') }, 1);
    const [after, four] = await second.run(2, { signal });
    assert.equal([three, four], [3, 4]);
    assert.is(after, before);
    assert.ok(after > 0, 'not on a thread of its own');
  }));

test('what still runs when its lot ends is ended, and the next lot is served', ({ dir }) =>
  withWarm(async (warm) => {
    const endless = warm.start<number, never>({ worker: worker(dir, 'endless', '{ for (;;); }') }, 1);
    const running = endless.run(0, { signal }).then(
      () => 'done',
      (error: unknown) => (error as Error).name,
    );
    await endless.destroy();
    assert.is(await running, 'AbortError');
    const next = warm.start<number, number[]>({ worker: worker(dir, 'add', '[threadId, task + 1]') }, 1);
    assert.is((await next.run(2, { signal }))[1], 3);
  }));

test('a task whose signal is aborted already is not begun', ({ dir }) =>
  withWarm(async (warm) => {
    const threads = warm.start<number, number>({ worker: worker(dir, 'same', 'task') }, 1);
    const names = await threads
      .run(0, { signal: AbortSignal.abort() })
      .catch((error: unknown) => (error as Error).name);
    assert.is(names, 'AbortError');
  }));

test('more threads than there are: as many as are asked for', ({ dir }) =>
  withWarm(async (warm) => {
    const options = {
      worker: worker(dir, 'thread', '{ for (const end = Date.now() + 300; Date.now() < end;); return threadId; }'),
    };
    const one = warm.start<number, number>(options, 1);
    await one.run(0, { signal });
    await one.destroy();
    const two = warm.start<number, number>(options, 2);
    const [a, b] = await Promise.all([two.run(0, { signal }), two.run(0, { signal })]);
    assert.is.not(a, b);
  }));

test.run();
