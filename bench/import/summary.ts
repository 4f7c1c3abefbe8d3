/** What an import says on stderr: what it read, what it made of it, what is missing, and every guess. */
import { withoutControls } from '../plan/quote.ts';
import { commandLine } from '../report/commandLine.ts';
import { decidingGuess, guessesOf, sortsOf } from './guesses.ts';
import type { Imported } from './importWorkload.ts';
import { summaryLines } from './trace/index.ts';

/** `path`: of the workload that was written, null for stdout. `invoked`: how the command is called. */
export function summaryText({ base, draft, facts, traces }: Imported, path: string | null, invoked: string): string {
  const lines = [
    `read ${facts.inputs.length} files: ${kindsText(facts.inputs)}`,
    `base for what is not known: device ${base.name}, ${base.why}`,
  ];
  const groups = draft.names(['groups']);
  const count = (name: string): number => Number(draft.text(['groups', name, 'count']) ?? 0);
  if (draft.text(['population']) === 'own') {
    const forked = groups.filter((name) => draft.text(['groups', name, 'start']) === 'fork');
    const total = groups.reduce((sum, name) => sum + count(name), 0);
    const children = forked.reduce((sum, name) => sum + count(name), 0);
    lines.push(`${total} processes in ${groups.length} groups, ${children} of them forked without exec`);
  }
  lines.push(...traces.flatMap((trace) => ['', ...summaryLines(trace)]));
  if (facts.busy.count > 0) {
    const [{ file, line }] = facts.busy.first;
    lines.push(`${facts.busy.count} ranges of CMA were busy when asked for (${file}:${line ?? 1} is the first)`);
  }
  const missing = [...facts.partial, ...draft.notes];
  if (missing.length > 0) lines.push('', 'not complete:', ...missing.map((sentence) => `  ${sentence}`));
  const guesses = guessesOf(draft);
  if (guesses.length > 0) {
    lines.push('', `${guesses.length} values are guesses (# guess: in the file, guesses in --json):`);
    for (const { count: values, first, pattern, why } of sortsOf(draft)) {
      lines.push(values === 1 ? `  ${first.path}=${first.value}` : `  ${pattern}  ${values} values`, `      ${why}`);
      if (values > 1) lines.push(`      ${first.vary}`);
    }
  }
  lines.push('', ...nextSteps(path, decidingGuess(guesses)?.vary ?? null, invoked));
  return `${lines.map(withoutControls).join('\n')}\n`;
}

function kindsText(inputs: readonly { readonly kind: string }[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of inputs) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`)).join(', ');
}

function nextSteps(path: string | null, vary: string | null, invoked: string): string[] {
  if (path === null) return [];
  const name = /[/.]/.test(path) && /\.(?:ya?ml|json)$/.test(path) ? path : `./${path}`;
  const run = commandLine(invoked, ['run', name]);
  const other = ['Vary a guess, with half and twice the value for instance:', `  ${run} ${vary}`];
  return [`${path} is written. Run it:`, `  ${run}`, ...(vary === null ? [] : other)];
}
