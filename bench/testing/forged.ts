/** Entries of the registry as a worker and a coordinator of another version would make them. */
import type { RunInfo, Version, WorkerInfo } from '../queue/registry.ts';

const OTHER: Version = { tool: '9.9.9', model: 'feedfeedfeedfeed' };

export function forgedWorker(id: string): WorkerInfo {
  const counts = { done: 0, failed: 0, running: 0, age: 1 };
  return { ...OTHER, ...counts, id, host: 'elsewhere', pid: 7, threads: 4, allowPlugins: true };
}

export function forgedRun(key: string): RunInfo {
  const counts = { cells: 1, done: 0, failed: 0, outstanding: 0, duplicates: 0, refused: 0, lost: 0, again: 0 };
  return { ...OTHER, ...counts, key, name: 'theirs', plan: 'p', priority: 50, plugins: false };
}
