/**
 * The process of a guest: one thread, whose tasks come and whose results go by IPC. This thread has nothing to do but
 * to watch, so it sees when its parent is gone and when memory runs out, whatever the other one does.
 */
import type { LostTask, GuestSettings } from './guests.ts';
import { startThreads } from './threads.ts';

/** How often memory is looked at, ms: what is filled meanwhile is a part of what is spare. */
const LOOK_MS = 100;

const { worker, workerData, heapBytes, memoryBytes, memoryExit } = JSON.parse(process.argv[2]) as GuestSettings;
const threads = startThreads<unknown, unknown>({ worker: new URL(worker), workerData, heapBytes }, 1);
const forEver = new AbortController().signal;

// Ctrl-C on a terminal reaches every process: the parent decides.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => undefined);
process.on('disconnect', () => process.exit());
process.on('message', (task) => void answer(task));
setInterval(() => {
  if (memoryBytes !== null && process.memoryUsage.rss() > memoryBytes) process.exit(memoryExit);
}, LOOK_MS);

async function answer(task: unknown): Promise<void> {
  try {
    process.send!({ value: await threads.run(task, { signal: forEver }) });
  } catch (thrown) {
    const { message, stack = '', code } = thrown as NodeJS.ErrnoException;
    process.send!({ lost: { message, stack, code } satisfies LostTask });
  }
}
