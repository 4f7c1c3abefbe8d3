/** Runs a suite in a process of its own (alone.ts) and hands back its report. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Asked } from './alone.ts';
import type { Effort, Report, Suite } from './registry.ts';

const ALONE = fileURLToPath(new URL('alone.js', import.meta.url));

/** Rejects when the process ends without a report; what it printed about that went to stderr. */
export function runAlone({ name }: Suite, effort: Effort): Promise<Report> {
  return new Promise((resolve, reject) => {
    const child = fork(ALONE, [], { stdio: ['ignore', process.stderr, process.stderr, 'ipc'], serialization: 'json' });
    let report: Report | null = null;
    child.once('message', (message) => (report = message as Report));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (report !== null && code === 0) resolve(report);
      else reject(new Error(`suite ${name} ended with ${signal ?? `exit code ${code}`} and no result`));
    });
    const asked: Asked = { name, effort };
    child.send(asked);
  });
}
