/**
 * What a trace told, in lines for people: rates, and how requests ended, to be compared with the run of the workload.
 */
import { printable } from '../../plan/quote.ts';
import { count, digits3, percent, time } from '../../report/units.ts';
import type { DerivedTrace, Outcomes } from './derived.ts';

/** Clients that are told one by one. */
const MOST_CLIENTS = 10;

/** Lines without a line feed, the first at the margin. */
export function summaryLines({ file, seconds, rates, spawners, clients, outcomes }: DerivedTrace): string[] {
  const perSecond = (name: keyof DerivedTrace['rates'], what: string): string =>
    `${digits3(rates[name].value)} ${what}/s`;
  const told = [perSecond('forks', 'forks'), perSecond('execs', 'execs'), perSecond('exits', 'exits')].join(', ');
  return [
    `${printable(file)}: ${digits3(seconds)} s, ${told}, at most ${count(rates.mostAlive.value)} of the new processes at once`,
    ...spawners.map(({ name, parent, rate, life }) => {
      const lives = life.value === null ? 'none ended' : `life ${time(life.value * 1e3)}`;
      return `  ${name}: ${digits3(rate.value)}/s by ${printable(parent.comm)} (${parent.pid}), ${lives}`;
    }),
    ...(outcomes.requests === 0 ? [] : [`  contiguous memory: ${outcomeText(outcomes)}`]),
    ...(clients.length < 2 ? [] : clients.slice(0, MOST_CLIENTS)).map(
      (client) => `    ${client.name}: ${outcomeText(client.outcomes)}`,
    ),
    ...(clients.length > MOST_CLIENTS ? [`    and ${clients.length - MOST_CLIENTS} more clients`] : []),
  ];
}

function outcomeText({ requests, failed, errors, busyRetries, latencyUs }: Outcomes): string {
  const why = Object.entries(errors)
    .filter(([name]) => name !== 'unknown')
    .map(([name, times]) => `${times} ${name}`);
  const share = failed === 0 ? 'none failed' : `${count(failed)} failed (${percent(failed / requests)} %)`;
  const parts = [
    `${count(requests)} requests`,
    why.length === 0 ? share : `${share}: ${why.join(', ')}`,
    ...(busyRetries === null ? [] : [`${count(busyRetries)} busy retries`]),
  ];
  if (latencyUs === null) return parts.join(', ');
  const { p50, p90, p99, max } = latencyUs;
  const [half, ninety, most, worst] = [p50, p90, p99, max].map((us) => time(us / 1e3));
  return `${parts.join(', ')}, latency p50 ${half}, p90 ${ninety}, p99 ${most}, max ${worst}`;
}
