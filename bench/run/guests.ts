/**
 * Threads for code that is not ours, each in a process of its own. V8 ends a whole process when one allocation does not
 * fit into a thread's heap by far, and nothing limits the buffers of a thread: here it is the guest alone that is gone.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { entryModule } from '../plan/packageRoot.ts';
import { HEAP_FULL, MEMORY_FULL } from './threads.ts';
import type { ThreadOptions, Threads } from './threads.ts';

const GUEST = fileURLToPath(entryModule('bench/run/guest'));
/** Exit code of a guest whose memory is full: one that Node does not use. */
const MEMORY_EXIT = 99;
/** For Node itself, the young generation, and what is not collected yet. */
const SPARE_BYTES = 256 * 1024 ** 2;
/** Of what a guest that dies has to say, characters: V8's report is about 3000. */
const MOST_SAID = 8_000;
/** How V8's report of a heap that is full begins, and what else is in it. */
const LAST_WORDS = /<--- Last few GCs --->|FATAL ERROR/;
const HEAP_WORDS = 'heap out of memory';

/** What a guest is told when it is started. */
export interface GuestSettings {
  readonly worker: string;
  readonly workerData: unknown;
  readonly heapBytes: number | undefined;
  /** Memory of the whole process at most, and the exit code when it is more; null without a limit. */
  readonly memoryBytes: number | null;
  readonly memoryExit: number;
}

/** Why a thread of a guest gave no result. */
export interface LostTask {
  readonly message: string;
  readonly stack: string;
  readonly code: string | undefined;
}

interface Guest {
  readonly child: ChildProcess;
  /** Its last words. */
  readonly said: () => string;
}

export class Guests<T, R> implements Threads<T, R> {
  readonly #settings: GuestSettings;
  readonly #idle: Guest[] = [];
  readonly #alive = new Set<ChildProcess>();

  /** Started when there is a task for them. Buffers of each may have as much as its heap. */
  constructor({ worker, workerData, heapBytes }: ThreadOptions) {
    const memoryBytes = heapBytes === undefined ? null : 2 * heapBytes + SPARE_BYTES;
    this.#settings = { worker: worker.href, workerData, heapBytes, memoryBytes, memoryExit: MEMORY_EXIT };
  }

  run(task: T, { signal }: { readonly signal: AbortSignal }): Promise<R> {
    const guest = this.#idle.pop() ?? this.#start();
    const { child } = guest;
    return new Promise<R>((resolve, reject) => {
      const kill = (): void => void child.kill('SIGKILL');
      const finish = (settle: () => void): void => {
        signal.removeEventListener('abort', kill);
        child.off('message', onMessage).off('exit', onExit);
        settle();
      };
      const onMessage = (reply: unknown): void =>
        finish(() => {
          this.#idle.push(guest);
          const answer = reply as { readonly value: R } | { readonly lost: LostTask };
          if ('lost' in answer) reject(Object.assign(new Error(answer.lost.message), answer.lost));
          else resolve(answer.value);
        });
      const onExit = (code: number | null, by: string | null): void => finish(() => reject(deathOf(code, by, guest)));
      signal.addEventListener('abort', kill);
      child.on('message', onMessage).on('exit', onExit);
      // That it cannot be sent is known by its exit.
      child.send(task as object, () => undefined);
      if (signal.aborted) kill();
    });
  }

  async destroy(): Promise<void> {
    await Promise.all(
      [...this.#alive].map((child) => {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        return gone;
      }),
    );
  }

  #start(): Guest {
    const child = fork(GUEST, [JSON.stringify(this.#settings)], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      if (said === '' && !LAST_WORDS.test(text)) process.stderr.write(text);
      else said = (said + text).slice(0, MOST_SAID);
    });
    const guest = { child, said: () => said };
    this.#alive.add(child);
    child.on('error', () => undefined);
    child.on('exit', () => {
      this.#alive.delete(child);
      const at = this.#idle.indexOf(guest);
      if (at >= 0) this.#idle.splice(at, 1);
    });
    return guest;
  }
}

function deathOf(code: number | null, by: string | null, { said }: Guest): Error {
  const what = by === null ? `exited with code: ${code}` : `was ended by ${by}`;
  const error = new Error(`its process ${what}`);
  const isHeap = said().includes(HEAP_WORDS);
  const reason = code === MEMORY_EXIT ? MEMORY_FULL : isHeap ? HEAP_FULL : undefined;
  return Object.assign(error, { code: reason, stack: said() === '' ? error.stack : said() });
}
