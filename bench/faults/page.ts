/** The table of docs/reliability.md: each fault, how often it was injected, and what it cost. */
import { markdownTable } from '../report/markdownTable.ts';
import type { Fault, Toll } from './fault.ts';

/** What came of all injections of a fault. */
export interface Tally {
  readonly fault: Fault;
  readonly tolls: readonly Toll[];
  /** What was not as expected: one for each injection that went wrong. */
  readonly trouble: readonly string[];
  /** Why it was not injected at all. */
  readonly skipped: string | null;
}

export function isClean({ tolls, trouble }: Tally): boolean {
  return trouble.length === 0 && tolls.every(({ lost, doubled, equal }) => lost === 0 && doubled === 0 && equal);
}

const sum = (tolls: readonly Toll[], of: 'lost' | 'doubled'): number => tolls.reduce((all, toll) => all + toll[of], 0);

export function tallyRow({ fault, tolls, trouble, skipped }: Tally): string[] {
  if (skipped !== null) return [fault.done, '0', '-', '-', '-', `not injected: ${skipped}`];
  const equal = tolls.filter((toll) => toll.equal).length;
  const injected = tolls.length + trouble.length;
  return [
    fault.done,
    String(injected),
    String(sum(tolls, 'lost')),
    String(sum(tolls, 'doubled')),
    equal === injected ? 'yes' : `${equal} of ${injected}`,
    trouble.length === 0 ? fault.outcome : `not as expected ${trouble.length} times`,
  ];
}

export function faultTable(tallies: readonly Tally[]): string {
  return markdownTable(
    ['fault', 'times injected', 'cells lost', 'cells doubled', 'result equal', 'what happened'],
    ['left', 'right', 'right', 'right', 'left', 'left'],
    tallies.map(tallyRow),
  );
}
