/** Runs suites, each in a process of its own, and puts their reports together. */
import { fileURLToPath } from 'node:url';
import { messageOf } from '../errors.ts';
import type { Asked } from './alone.ts';
import { askProcess } from './askProcess.ts';
import { benchDocument, type BenchDocument } from './document.ts';
import { describeMachine, warnIfBusy } from './machine.ts';
import type { Effort, Report, Suite } from './registry.ts';

const ALONE = fileURLToPath(new URL('alone.js', import.meta.url));

/**
 * One after the other; `say` is told of each. Throws Error when one fails: what it printed about that went to stderr.
 */
export async function runSuites(
  suites: readonly Suite[],
  effort: Effort,
  say: (text: string) => void,
): Promise<BenchDocument> {
  const machine = describeMachine();
  warnIfBusy(machine, say);
  const reports: Report[] = [];
  for (const { name, about } of suites) {
    say(`measuring ${name}: ${about}`);
    const asked: Asked = { name, effort };
    try {
      reports.push(await askProcess<Report>(ALONE, asked));
    } catch (thrown) {
      throw new Error(`suite ${name}: ${messageOf(thrown)}`, { cause: thrown });
    }
  }
  return benchDocument(machine, reports);
}
